/*
 * What had to come before what in a run: each wait, or run of polls, that another thread ended, and
 * the begin of each thread, in order of the act that ended it. Critical path, slack and detours are
 * one pass over it each.
 *
 * A stop is a wait, a poll or a thread's begin; its number counts through all waits, then all
 * polls, then all threads. Its cause is the act that ended it: of which thread, when. What happened
 * to a thread by itself, by time, or for an unknown reason has no cause, and is no stop: it takes
 * its time.
 *
 * Invariants
 *  - begin < cause.time <= end; the cause's thread was alive at that time: born before it, and not
 *    yet gone. Of a thread: cause.time <= end, which is the begin of its life.
 *  - Every thread has a cause but those before whose begin nobody lived: its creator, else the
 *    thread that ended last of those that began earlier.
 *  - order[] is sorted by cause.time; at equal times a stop comes behind what its cause's thread
 * had to do before. Acts at one time that would depend on each other in a circle: one of the waits
 *    is taken for one without a cause.
 */
#ifndef PARPROF_PRECEDENCE_H
#define PARPROF_PRECEDENCE_H

#include "reports/graph/history.h"

struct act {
	int64_t time;
	uint32_t thread; /* NOBODY */
};

struct stop {
	int64_t begin, end; /* begin of a thread's begin: none, INT64_MIN */
	struct act cause;
	uint32_t thread, object; /* NOTHING: a thread's begin */
};

enum stop_mark { STOP_CAUSED = 1, STOP_OWN_2 = 2, STOP_OWN_3 = 4 };

struct precedence {
	const struct history *history;
	struct act *origin;  /* by thread; of those without: thread NOBODY, time 0 */
	unsigned char *mark; /* by number of waits and polls: STOP_*; OWN: see detour.h */
	uint32_t *order;
	size_t count;
	struct act last; /* the thread that ended last, and when */
};

void precedence_make(struct precedence *, const struct history *);
void precedence_free(struct precedence *);

static inline uint32_t stop_of_poll(const struct history *h, size_t poll)
{
	return (uint32_t)(h->waits + poll);
}

static inline uint32_t stop_of_begin(const struct history *h, uint32_t thread)
{
	return (uint32_t)(h->waits + h->polls + thread);
}

static inline bool stop_is_begin(const struct history *h, uint32_t stop)
{
	return stop >= h->waits + h->polls;
}

static inline struct stop stop_get(const struct precedence *p, uint32_t stop)
{
	const struct history *h = p->history;
	uint32_t thread;

	if (stop < h->waits) {
		const struct history_wait *w = &h->wait[stop];
		return (struct stop){w->begin, w->end, {w->woken, w->waker}, w->thread, w->object};
	}
	if (!stop_is_begin(h, stop)) {
		const struct history_poll *q = &h->poll[stop - h->waits];
		return (struct stop){q->first, q->last, {q->woken, q->waker}, q->thread, q->object};
	}
	thread = (uint32_t)(stop - h->waits - h->polls);
	return (struct stop){INT64_MIN, h->thread[thread].begin, p->origin[thread], thread,
			     NOTHING};
}

#endif
