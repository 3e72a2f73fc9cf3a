/*
 * How far locks let a program go, from sums alone: the time threads spend under each lock and the
 * time they spend outside of all, for the same work. No event is needed, and no contention: a run
 * on two cores tells where 32 would queue.
 *
 * Mean value analysis of a closed network (Reiser and Lavenberg 1980): threads are customers, locks
 * are queues of one server, everything else is delay. An arriving thread sees what n - 1 threads
 * would leave there on average; of the hold it meets half the time is left, or more when holds
 * vary: (1 + cv²) / 2 of it.
 */
#ifndef PARPROF_CEILING_H
#define PARPROF_CEILING_H

#include <stddef.h>
#include <stdint.h>

struct ceiling_lock {
	double demand; /* time under it, for all the work */
	double cv2;    /* squared coefficient of variation of its holds; 1 as of exponential ones */
};

struct ceiling {
	double speedup; /* against one thread */
	double bound;	/* no n threads get past it */
	size_t lock;	/* that sets the bound: the busiest; SIZE_MAX: none does, n is the bound */
};

/* For 1 … threads threads that do the same mix: out[n - 1]. think: time outside of all locks. */
void ceiling_find(double think, const struct ceiling_lock *, size_t locks, size_t threads,
		  struct ceiling *out);

#endif
