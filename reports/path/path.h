/*
 * A path through a run, from the end of a thread back to the begin: which thread was what counted,
 * from when to when. Only the changes are kept; segment.h makes the parts of it.
 *
 * The critical path (path 1) leaves a thread where it was woken, for the thread that woke it: its
 * legs cover the time from 0 to the last thread's end, one behind the other. On another path a
 * thread may be followed through its own wait (see detour.h): what it waited until it was woken is
 * left out.
 *
 * Invariants
 *  - Legs are in order of time and do not overlap; the first one begins at 0.
 *  - A leg lies in one thread's life, but for what comes before it: from the act that made the
 *    thread until its begin.
 */
#ifndef PARPROF_PATH_H
#define PARPROF_PATH_H

#include "reports/path/precedence.h"

#define PATHS 3

struct path {
	/* Places among the stops: at them it left a thread, or passed over a wait. The latest
	 * first; the last one is a thread's begin. PATH_OWN: passed over. */
	uint32_t *stop;
	size_t count, room;
	int64_t end; /* of the thread it ends in */
	int64_t ns;  /* sum of its legs */
};
#define PATH_OWN 0x80000000u

struct leg {
	const struct stop *stop; /* it begins with what this had caused, in its thread */
	int64_t from, to;
	const struct stop
	    *next; /* that it ends for, in another thread or passing over; NULL: none */
	bool passes;
};

/* From the end of that thread back. own: a bit of stop.own, 0: waits are never passed over. */
void path_trace(struct path *, const struct precedence *, uint32_t thread, unsigned own);
void path_free(struct path *);

/* Legs count from the last one, 0, to the first, count - 1. */
static inline struct leg path_leg(const struct path *path, const struct precedence *p, size_t i)
{
	const struct stop *s = &p->stop[path->stop[i] & ~PATH_OWN];
	struct leg leg = {s, s->time, path->end, NULL, false};

	if (i) {
		leg.next = &p->stop[path->stop[i - 1] & ~PATH_OWN];
		leg.passes = path->stop[i - 1] & PATH_OWN;
		leg.to = leg.passes ? stop_begin(p, leg.next) : leg.next->time;
	}
	return leg;
}

#endif
