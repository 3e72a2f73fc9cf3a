/*
 * Timed holds: which acquisitions are timed, and what becomes of them at the release.
 *
 * Timed are: all that waited; the next one of a lock that was just released to a waiter; and of the
 * others each with the chance 1 / interval, whatever came before it, so that a record stands for
 * `interval` acquisitions. The interval is the thread's own: credit for records comes at the rate
 * HOLD_PERIOD_US allows, and when it is used up the interval doubles. A program that locks less
 * often than that has all its holds written, with weight 1.
 *
 * While a timed hold is open, what is acquired inside it is timed too, as far as there is credit.
 * Such a one stands for itself alone: it does not move the countdown, so it is not among those
 * that the others stand for, and sums of weights stay what they should be.
 */
#ifndef PARPROF_HOLD_H
#define PARPROF_HOLD_H

#include "collectors/preload/family.h"
#include "collectors/preload/table.h"

/* At a thread's begin. */
void hold_start(struct thread *t, uint64_t now);

struct hold_choice {
	uint16_t weight; /* acquisitions that a record of it stands for; 0: not to be timed */
	bool contended;	 /* timed because others waited */
};
/* Guard set, the countdown has run out: what to do with this acquisition. Sets the countdown. */
struct hold_choice hold_choose(struct thread *t, uint64_t object);

/* Guard set. Begins a timed hold. weight 0: counted, but not written; slot NULL: not counted. */
void hold_begin(struct thread *t, uint64_t object, uint64_t site, struct slot *slot,
		struct hold_choice choice, uint64_t now);
/* Guard set. Ends the innermost timed hold of the object; .acquired is 0 when there is none. */
struct held hold_end(struct thread *t, uint64_t object, uint64_t now);
/* Guard set. A chosen hold that is not begun here will have a record. */
void hold_pay(struct thread *t, uint64_t now);
/* Guard set. Adds a hold of so many ticks to the counts. */
void hold_count(struct stats *stats, const struct held *h, uint64_t time);
bool hold_is_timed(const struct thread *t, uint64_t object);

/* Guard set. The object was released to somebody who waited: its next hold is timed. */
void hold_handed_on(struct thread *t, uint64_t object);
/* Guard set. A thread that locks less often than before times more of its holds again. */
void hold_look(struct thread *t, uint64_t now);

/* A semaphore is held only by threads that also post it: else a consumer's list would fill. */
void hold_posts(struct thread *t, uint64_t object);
bool hold_can(const struct thread *t, uint64_t object, enum family family);

#endif
