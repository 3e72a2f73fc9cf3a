/*
 * The next path: the one that would be the longest if those before were mended, taking a part of
 * their time, or none. One pass over the stops, the earliest first: of each thread the length of
 * the longest path to it. Where a thread's own time up to a wait makes the longer path than its
 * waker's, the stop gets the mark `own`: a path passes over it.
 *
 * Why not the path with the least slack that is not the critical one: that goes around one short
 * wait of it and is otherwise the same, so mending it would gain as little.
 */
#ifndef PARPROF_DETOUR_H
#define PARPROF_DETOUR_H

#include "reports/path/path.h"

/* worth: what a ns of an earlier path counts, against DETOUR_WORTH of any other one. Returns the
 * thread in which the path ends, and its length so counted; NOBODY: all is on the earlier ones.
 * Sets and clears the own mark, a bit of stop.own, of all stops. */
#define DETOUR_WORTH 4
uint32_t detour_find(struct precedence *, const struct path *earlier, size_t count, unsigned own,
		     int64_t worth, int64_t *length);
/* The next path after those: path[count]. false: there is none. */
bool detour_next(struct precedence *, struct path *path, size_t count);
/* The critical path, then up to two more, the longer one first. Returns how many. */
size_t paths_find(struct precedence *, struct path path[PATHS]);

#endif
