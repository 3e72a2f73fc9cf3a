/*
 * Spans of a thread's life: its tiles, with what lies between two waits as one. Running, being
 * ready and being blocked unseen are known there by length, not by place: their shares are the
 * span's.
 */
#ifndef PARPROF_SPAN_H
#define PARPROF_SPAN_H

#include "reports/graph/graph.h"

#define SPAN_BITS 20
#define SPAN_WHOLE (1 << SPAN_BITS) /* shares are counted in parts of this */

struct span {
	int64_t begin, end, woken;
	enum tile_state state; /* TILE_run for all that lies between waits */
	uint32_t object, stack, wait, waker;
	int32_t ready, hidden; /* shares of a TILE_run; the rest is running */
};

struct span_walk {
	struct tile_walk walk;
	int64_t *state_ns; /* by state; span_next() adds what it passes */
};

void span_start(struct span_walk *, const struct graph *, uint32_t thread, int64_t *state_ns);
bool span_next(struct span_walk *, struct span *);

static inline int32_t span_running(const struct span *s)
{
	return SPAN_WHOLE - s->ready - s->hidden;
}

#endif
