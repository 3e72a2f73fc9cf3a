/* What was seen of lines that several threads used, added to the suspects that are there. */
#ifndef PARPROF_SHARING_SEEN_H
#define PARPROF_SHARING_SEEN_H

#include "profiler/store.h"

/* Tables reading_sharing and reading_sharing_part have their rows. */
void sharing_add_seen(struct store *, int64_t line_bytes);

#endif
