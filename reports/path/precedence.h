/*
 * What had to come before what in a run: each wait, or run of polls, that another thread ended, and
 * the begin of each thread, in order of the act that ended it. Critical path, slack and detours are
 * one pass over it each; 24 bytes for each, in one row, are what makes them cheap.
 *
 * A stop is a wait, a poll or a thread's begin; its number counts through all waits, then all
 * polls, then all threads. What happened to a thread by itself, by time, or for an unknown reason
 * is no stop: it takes its time.
 *
 * Invariants
 *  - A wait's begin < time <= its end; the waker was alive at that time: born before it, and not
 * yet gone. A thread was made before it began, or at that time.
 *  - Every thread has a stop, its begin. It has a waker unless nobody lived before: its creator,
 *    else the thread that ended last of those that began earlier. Without one: time is 0.
 *  - The stops are sorted by time; at equal times a stop comes behind what its waker had to do
 *    before. So the stop of a thread that counts before an act of it is the last one of that thread
 *    before what the act caused. Acts at one time that would depend on each other in a circle: one
 *    of the waits is left out.
 */
#ifndef PARPROF_PRECEDENCE_H
#define PARPROF_PRECEDENCE_H

#include "reports/graph/history.h"

struct stop {
	int64_t time;		/* of the act that ended it */
	uint32_t thread, waker; /* waker: NOBODY */
	uint32_t waited;	/* from its begin to that time; UINT32_MAX: so much or more */
	uint32_t number : 30, own : 2; /* own: see detour.h */
};
#define STOPS_MOST ((1u << 30) - 1)

struct act {
	int64_t time;
	uint32_t thread; /* NOBODY */
};

struct precedence {
	const struct history *history;
	struct stop *stop;
	size_t count;
	struct act last; /* the thread that ended last, and when */
};

void precedence_make(struct precedence *, const struct history *);
void precedence_free(struct precedence *);

static inline uint32_t stop_of_poll(const struct history *h, size_t poll)
{
	return (uint32_t)(h->waits + poll);
}

static inline uint32_t stop_of_begin(const struct history *h, size_t thread)
{
	return (uint32_t)(h->waits + h->polls + thread);
}

/* Of a thread, not of a wait. */
static inline bool stop_is_begin(const struct precedence *p, const struct stop *s)
{
	return s->number >= p->history->waits + p->history->polls;
}

static inline const struct history_wait *stop_wait(const struct precedence *p, const struct stop *s)
{
	return s->number < p->history->waits ? &p->history->wait[s->number] : NULL;
}

static inline const struct history_poll *stop_poll(const struct precedence *p, const struct stop *s)
{
	size_t poll = s->number - p->history->waits;

	return s->number >= p->history->waits && poll < p->history->polls ? &p->history->poll[poll]
									  : NULL;
}

/* Of a wait or a poll. */
static inline int64_t stop_begin(const struct precedence *p, const struct stop *s)
{
	if (s->waited != UINT32_MAX)
		return s->time - s->waited;
	return stop_wait(p, s) ? stop_wait(p, s)->begin : stop_poll(p, s)->first;
}

/* When the thread went on. */
static inline int64_t stop_end(const struct precedence *p, const struct stop *s)
{
	if (stop_wait(p, s))
		return stop_wait(p, s)->end;
	return stop_is_begin(p, s) ? p->history->thread[s->thread].begin : stop_poll(p, s)->last;
}

/* NOTHING: of a thread's begin. */
static inline uint32_t stop_object(const struct precedence *p, const struct stop *s)
{
	if (stop_wait(p, s))
		return stop_wait(p, s)->object;
	return stop_is_begin(p, s) ? NOTHING : stop_poll(p, s)->object;
}

#endif
