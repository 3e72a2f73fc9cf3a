/*
 * The graph of a run: every thread's life tiled by what it did, each wait with the thread whose act
 * ended it. The tiles are not stored: a life is its waits and what lies between them, and
 * tile_next() walks it.
 *
 * Invariants
 *  - The tiles of a thread cover [begin, end] of its life exactly, in order, none empty.
 *  - A wait's waker is another thread; begin <= woken <= end. NOBODY: woken is end. So with polls.
 *
 * What lies between two waits is RUN, less the time in which the thread was on no core though it
 * waited for nothing that was seen: READY when another took the core away, else HIDDEN: blocked,
 * unseen by any hook. Where the scheduler was seen, that is exact (offs of history.h). Else that
 * time is known between two usages: there it is spread over what lies between waits in proportion,
 * behind the RUN part; READY when the thread's voluntary switches are explained by its waits, else
 * HIDDEN.
 */
#ifndef PARPROF_GRAPH_H
#define PARPROF_GRAPH_H

#include "reports/graph/history.h"

/* What a thread does. Word, and what a reader is told. */
#define TILE_STATES(X)                                                                             \
	X(run, "running")                                                                          \
	X(ready, "ready, but no core was free")                                                    \
	X(lock, "waiting for a lock")                                                              \
	X(idle, "waiting for work")                                                                \
	X(phase, "waiting for others to arrive or end")                                            \
	X(spin, "polling a lock")                                                                  \
	X(io, "waiting for input or output")                                                       \
	X(timer, "sleeping")                                                                       \
	X(hidden, "blocked where no hook sees it")
enum tile_state {
#define X(name, words) TILE_##name,
	TILE_STATES(X)
#undef X
	    TILE_STATE_COUNT
};
extern const char *const tile_state_names[TILE_STATE_COUNT];
extern const char *const tile_state_words[TILE_STATE_COUNT];

/* RUN, and what goes on by itself without a core. */
static inline bool tile_is_progress(enum tile_state s)
{
	return s == TILE_run || s == TILE_io || s == TILE_timer;
}
static inline bool tile_is_wait(enum tile_state s)
{
	return s == TILE_lock || s == TILE_idle || s == TILE_phase;
}

struct tile {
	int64_t begin, end;
	enum tile_state state;
	uint32_t thread, object; /* NOTHING */
	uint32_t stack; /* of the wait; of RUN: where the next wait begins, 0 at the end of life */
	uint32_t wait;	/* index of history.wait, NOTHING: none */
	uint32_t waker; /* NOBODY */
	int64_t woken;	/* end when the waker is not known */
};

struct graph {
	const struct history *history;
	/* Of each thread, the share of the time between its waits that was READY, HIDDEN: one for
	 * each time between two usages, or on and off a core; the last one until its end. */
	struct graph_off *off;
	size_t *first_off; /* by thread; one more at the end */
};
struct graph_off {
	int64_t until;
	float ready, hidden;
};

/* Finds wakers (changes the history's waits), makes the rest. The history must be sorted and
 * outlive the graph. */
void graph_make(struct graph *, struct history *);
void graph_free(struct graph *);

/* Only the wakers: graph_make() calls it. By the rules of each family:
 *  mutex, rwlock, spin, once: the last release in (begin, end] by another thread (for a reader: by
 * a writer); when none was seen, the holder at an unknown time: woken is end then;
 *  semaphore: the oldest post in (begin, end] that no other wait was ended by, and that came after
 * the last other wait for it began: that one found it empty;
 *  condition: the oldest signal in (begin, end] not used up, a broadcast for all that wait; or,
 * when later than that, the last release of its mutex that somebody was seen to wait for; one
 * that timed out and is waited for again at once: who signals next, until its end; futex:
 * the oldest wake in (begin, end] not used up; barrier: the last one to arrive of its generation;
 *  join, child: the end of the thread waited for;
 *  timer, io, and waits that gave up: nobody. */
void graph_resolve(struct history *);

/* Walks the life of one thread. */
struct tile_walk {
	const struct graph *graph;
	uint32_t thread, wait, poll; /* the next ones */
	size_t off;
	int64_t at;
	int64_t run_end, ready_end,
	    hidden_end; /* of the time before the next wait; at: none left */
	uint32_t stack; /* where that ends */
};
void tile_start(struct tile_walk *, const struct graph *, uint32_t thread);
bool tile_next(struct tile_walk *, struct tile *);
/* Passes over tiles that end before a time; a few may still be given. Logarithmic in their number.
 */
void tile_skip(struct tile_walk *, int64_t time);
/* The tile in which a thread is just before a time: begin < time <= end. false: not alive then.
 * Logarithmic in the thread's waits. */
bool tile_before(const struct graph *, uint32_t thread, int64_t time, struct tile *);

#endif
