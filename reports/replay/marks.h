/*
 * What happened to each thread, in order of time: marks, between which it did something else.
 *
 * Invariant: mark[] is grouped by thread, of_thread[t] its range there, in order of time. At one
 * time a release comes before a wait, an acquisition behind it.
 */
#ifndef PARPROF_MARKS_H
#define PARPROF_MARKS_H

#include "reports/graph/graph.h"

/* guess: a release of a lock acquired by a wait, whose hold was not timed. index: of the wait */
enum mark_kind {
	MARK_RELEASE,
	MARK_GUESS,
	MARK_FIRE,
	MARK_CREATE,
	MARK_POLL,
	MARK_WAIT,
	MARK_ACQUIRE
};
struct mark {
	int64_t time;
	uint32_t thread;
	uint32_t index; /* of the hold, wait, wake, thread created, poll, wait */
	uint32_t event; /* fire: which happens */
	uint32_t stack;
	enum mark_kind kind;
};

#define NO_EVENT UINT32_MAX
#define PAST_EVENT (UINT32_MAX - 1) /* it happened before `from` */
struct marks {
	const struct history *history;
	int64_t from, to;      /* only these */
	uint32_t *wait, *hold; /* indexes of the history's that reach into it */
	size_t waits, holds;
	struct mark *mark;
	size_t count, room;
	struct range *of_thread;
	uint32_t *wait_event;	/* by wait: what ends it */
	uint32_t *wait_hold;	/* by wait for a lock: its hold, NOTHING: not known */
	unsigned char *by_wait; /* by hold: acquired after a wait, which stands for it */
	uint32_t events;
};
void marks_make(struct marks *, const struct graph *, int64_t from, int64_t to);
void marks_free(struct marks *);

/* Parts of it. */
struct mark *marks_add(struct marks *, enum mark_kind, uint32_t thread, int64_t time,
		       uint32_t index);
/* Which signal, post or other act ended each wait; a mark for each such act. */
void marks_add_events(struct marks *);

#endif
