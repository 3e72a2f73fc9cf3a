/*
 * Random histories, for properties that hold of every history. The same seed gives the same one.
 *
 * Consistent ones are of simulated programs: threads that compute, take mutexes, rwlocks and spin
 * locks, wait for semaphores, conditions, barriers, futexes, sleep, create and join each other. No
 * two events have the same time. What really ended each wait is known: truth.
 * Hostile ones are such histories damaged: events out of order, outside of lives, of unknown
 * threads and objects, on top of each other, missing, of no length.
 */
#ifndef PARPROF_HISTORY_RANDOM_H
#define PARPROF_HISTORY_RANDOM_H

#include "reports/graph/history.h"

enum { RANDOM_THREADS = 8, RANDOM_STACKS = 7 };

struct truth { /* of the wait of the same index */
	uint32_t thread;
	uint32_t waker; /* NOBODY */
	int64_t woken;
	bool certain; /* the log tells: no token was taken that left no trace, no two were woken at
			 once and came back in another order */
};

struct dice {
	uint64_t state;
};
struct dice dice_of(uint64_t seed);
uint32_t dice_roll(struct dice *, uint32_t sides); /* 0 … sides - 1 */

/* Sorted, with tallies. truth: of h->waits, to be freed; may be NULL. */
void history_random(struct history *h, uint64_t seed, struct truth **truth);
/* Not sorted yet. */
void history_damaged(struct history *h, uint64_t seed);

#endif
