/*
 * From clock ticks to ns since the start of the recording, piece by piece between anchors.
 *
 * Invariants
 *  - The map is continuous and never decreases, and what it said about a tick before the newest
 *    anchor never changes: a new anchor does not correct the past, it sets the slope ahead so
 *    that the error is gone by the time of the next anchor.
 *  - With one anchor a tick counts as one ns; give two, some ms apart, before asking.
 */
#ifndef PARPROF_CLOCKMAP_H
#define PARPROF_CLOCKMAP_H

#include <stddef.h>
#include <stdint.h>

struct clock_piece {
	uint64_t ticks; /* where it begins */
	double ns;	/* at that tick */
	double slope;	/* ns per tick */
};

struct clockmap {
	struct clock_piece *piece;
	size_t count, room;
	uint64_t first_ticks, first_monotonic; /* the first anchor: time 0 */
	uint64_t last_ticks, last_monotonic;
};

void clockmap_init(struct clockmap *);
void clockmap_free(struct clockmap *);
/* Anchors that do not advance are ignored. */
void clockmap_anchor(struct clockmap *, uint64_t ticks, uint64_t monotonic_ns);
double clockmap_rate(const struct clockmap *); /* ns per tick over all anchors */
int64_t clockmap_older(const struct clockmap *, uint64_t ticks);

/* Ticks before the first anchor give 0. */
static inline int64_t clockmap_ns(const struct clockmap *c, uint64_t ticks)
{
	const struct clock_piece *last = &c->piece[c->count - 1];

	if (__builtin_expect(ticks < last->ticks, 0))
		return clockmap_older(c, ticks);
	return (int64_t)(last->ns + (double)(ticks - last->ticks) * last->slope);
}

#endif
