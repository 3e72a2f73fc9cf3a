/* What a recording could not see, in words: rows of table unseen from forks, execs and notes. */
#ifndef PARPROF_FINISH_UNSEEN_H
#define PARPROF_FINISH_UNSEEN_H

#include "collectors/log.h"

struct store;

/* SQL for a column preload: the new image was not given our library. All reasons but the three. */
#define PRELOAD_DROPPED "NOT IN (0, 1, 5)"
_Static_assert(PRELOAD_INHERITED == 0 && PRELOAD_KEPT == 1 && PRELOAD_UNKNOWN == 5,
	       "the numbers above");

int unseen_make(struct store *); /* once for a recording */

#endif
