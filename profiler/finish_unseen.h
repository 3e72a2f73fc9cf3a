/* What a recording could not see, in words: rows of table unseen from forks, execs and notes. */
#ifndef PARPROF_FINISH_UNSEEN_H
#define PARPROF_FINISH_UNSEEN_H

struct store;

int unseen_make(struct store *); /* once for a recording */

#endif
