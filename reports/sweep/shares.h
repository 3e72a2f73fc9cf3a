/*
 * Integrals over time that say what each thread that makes no progress loses (see account.h), so
 * that a change costs no more than the change: a thread notes the sum of its tier when it begins to
 * wait, and at the end the difference is its part of the lanes lost, in ns.
 *
 * Weights are fixed-point, SPAN_WHOLE is one thread: adding and taking away leaves nothing behind.
 */
#ifndef PARPROF_SHARES_H
#define PARPROF_SHARES_H

#include "reports/sweep/lone.h"
#include <stdbool.h>
#include <stdint.h>

enum tier {
	TIER_FIRST,
	TIER_IDLE,
	TIER_OUTSIDE, /* in turn with TIER_IDLE */
	TIER_JOIN,
	TIER_COUNT
};

struct shares {
	int64_t lanes;
	int64_t running, outside; /* now: running, in input, output or sleep */
	bool outside_counts;	  /* as progress */
	int64_t weight[TIER_COUNT];
	double sum[TIER_COUNT]; /* of lane-ns lost by one thread of the tier */
	double lone_sum;	/* the part of TIER_FIRST's in which one thread was at work */
	int64_t lone_ns;	/* such time, with others at a barrier */
	double criticality;	/* of one that runs all the time: integral of dt / running */
	double work, few_threads;
	/* One thread alone makes progress: active 1, blocked 0. Who is ready is active too: that it
	 * has no core makes a phase no less serial. */
	uint32_t active, blocked, at_barrier;
	uint64_t active_sum; /* of the thread numbers: of one, it is that one */
	/* Ends of threads whose creator waits for the rest of them: when those wait for a lock that
	 * is what they are late by. */
	uint32_t gone;
	uint32_t gone_group;		 /* of the joins */
	double gone_loss;		 /* since gone_group was set */
	uint32_t idle_group, lock_group; /* that a thread began to wait for last */
	struct lone lone;
};

struct pass;
void shares_advance(struct pass *, int64_t until);

static inline int64_t shares_progress(const struct shares *s)
{
	return s->running + (s->outside_counts ? s->outside : 0);
}

#endif
