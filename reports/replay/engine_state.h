/*
 * The engine's state, shared by its parts: engine.c threads, cores and time; engine_wait.c what
 * threads wait for.
 *
 * Invariants
 *  - A runner has at most one event that counts: the one with its `ticket`.
 *  - A runner is in at most one list: the ready line, or the waiters of one place. `next` is its
 *    link there.
 *  - A blocked runner's operation is done by the one who wakes it (its `at` moves on), unless it
 *    has to try again.
 */
#ifndef PARPROF_ENGINE_STATE_H
#define PARPROF_ENGINE_STATE_H

#include "reports/replay/engine.h"

enum runner_state {
	RUNNER_UNBORN,
	RUNNER_PAUSED,
	RUNNER_READY,
	RUNNER_RUNNING,
	RUNNER_BLOCKED,
	RUNNER_ENDED
};

struct line { /* of runners; head NOBODY: empty */
	uint32_t head, tail;
};

struct runner {
	uint32_t at, end;	 /* operations of the span it is in */
	uint32_t span, span_end; /* the next one */
	uint32_t pool, next;
	uint64_t ticket;
	int64_t left;		  /* of the cpu operation it is in */
	int64_t since, slice_end; /* on a core */
	int64_t event;		  /* time of its event */
	int64_t blocked;
	int64_t spin_end; /* spins for a lock until then, 0: does not */
	uint32_t core;
	enum runner_state state;
	int64_t owes; /* for waking others: ns on its core before it goes on */
	bool pays;    /* left is that */
	bool tries_again;
	struct line joiners;
};

struct place { /* an object */
	struct line waiters;
	int64_t tokens;
	uint32_t held, readers; /* of a lock: exclusive holds, shared ones */
	uint32_t woken;		/* waiters that will try again */
	uint32_t arrived;
	bool shared; /* readers have had it */
	/* Somebody waited since it was free last: its release goes through the kernel. The C
	 * library does not know whether others still wait, so one that waited pays too. */
	bool marked;
};

struct event_entry {
	int64_t time;
	uint64_t ticket;
	uint32_t runner;
};

struct engine {
	const struct program *program;
	const struct machine *machine;
	struct outcome *outcome;
	struct runner *runner;
	struct place *place;
	struct line *event; /* of awaits; tail FIRED: it has happened */
	uint32_t *taken;    /* by pool: units given out */
	uint32_t *on_core;  /* NOBODY: idle */
	struct line ready;
	struct event_entry *heap;
	size_t heap_count, heap_room;
	uint64_t ticket, dice;
	int64_t now;
	uint32_t idle;
	uint32_t vain;	 /* slices spent spinning since anybody got anything done */
	uint32_t to_end; /* threads the run waits for */
};
#define FIRED (UINT32_MAX - 1)

static inline void line_add(struct engine *e, struct line *l, uint32_t r)
{
	e->runner[r].next = NOBODY;
	if (l->head == NOBODY)
		l->head = r;
	else
		e->runner[l->tail].next = r;
	l->tail = r;
}

static inline uint32_t line_take(struct engine *e, struct line *l)
{
	uint32_t r = l->head;
	if (r != NOBODY)
		l->head = e->runner[r].next;
	return r;
}

/* Leaves the core; who waits for one gets it. */
void engine_leave_core(struct engine *, struct runner *);
/* Comes back `delay` from now, to go on at its next operation. */
void engine_pause(struct engine *, uint32_t runner, int64_t delay);
/* Its event: at that time, instead of any before. */
void engine_schedule(struct engine *, uint32_t runner, int64_t time);

/* Each does one operation of a running thread: true when it is done, and the thread goes on. */
bool engine_acquire(struct engine *, struct runner *, const struct op *);
bool engine_release(struct engine *, struct runner *, const struct op *);
bool engine_await(struct engine *, struct runner *, const struct op *);
bool engine_fire(struct engine *, struct runner *, const struct op *);
bool engine_barrier(struct engine *, struct runner *, const struct op *);
bool engine_take(struct engine *, struct runner *, const struct op *);
bool engine_post(struct engine *, struct runner *, const struct op *);
bool engine_join(struct engine *, struct runner *, const struct op *);
/* A thread has ended: who joins it tries again. */
void engine_ended(struct engine *, struct runner *);
/* A spinning waiter gives up its place: it will try again, or blocks in it. */
void engine_stop_spinning(struct engine *, struct runner *);

#endif
