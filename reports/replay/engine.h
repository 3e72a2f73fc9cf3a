/*
 * Runs a program (program.h) on a machine that does not exist: discrete events in order of time,
 * threads on cores, waiting when what they ask for is not there.
 *
 * A thread does something only on a core. Ready threads wait in line; one that used its quantum
 * goes to the end of it when others wait. Who blocks leaves the core; who is woken comes back to
 * the line `wake` later.
 *
 * Readers of a lock behave as the C library's do: they pass while others read, whoever waits; the
 * last one hands the lock to a writer, a writer to all readers that wait. Cost: n operations, t
 * threads: n log t.
 */
#ifndef PARPROF_ENGINE_H
#define PARPROF_ENGINE_H

#include "reports/replay/program.h"

/* Who gets a lock that others wait for. In hand-over it is the longest waiter's from the release
 * on. In barging it is free, one waiter is woken and tries again: whoever runs may come first. */
enum hand_over { HAND_OVER_FIFO, HAND_OVER_BARGING };

#define WAKES 64
struct machine {
	int cores;
	enum hand_over hand_over;
	int64_t quantum, wake; /* ns */
	const int64_t *wakes; /* WAKES of them, one as likely as the other: instead of wake; NULL */
	int64_t wake_cost;    /* ns on its core of a thread that wakes another */
	int64_t spin;	      /* ns a waiter for a lock spins before it blocks */
	/* Called whenever a thread begins an operation, also when it tries again; NULL: not. */
	void (*trace)(void *data, uint32_t thread, uint32_t op, int64_t time);
	void *trace_data;
};
#define MACHINE_QUANTUM 3000000 /* Linux: a slice of the fair scheduler */

struct outcome {
	int64_t wall;	/* when the last thread ended that is no daemon */
	int64_t cpu;	/* used by all */
	int64_t *wait;	/* by object: what threads waited for it; NULL: not wanted */
	uint32_t stuck; /* nothing can move any more: a thread that waits; else NOBODY */
	uint32_t stuck_op;
	int64_t last; /* of the last thing that happened */
	size_t operations;
};

/* 0, or -1 when it got stuck: nothing is ready or sleeps, but not all have ended. */
int engine_run(const struct program *, const struct machine *, struct outcome *);

#endif
