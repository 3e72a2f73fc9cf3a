#include "profiler/clockmap.h"

#include <stdlib.h>

#include "profiler/text.h"

/* The most a slope may differ from the true rate while an error is worked off. */
#define SLEW_MAX 0.01

void clockmap_init(struct clockmap *c)
{
	*c = (struct clockmap){.room = 16};
	c->piece = memory_new(c->room, sizeof(*c->piece));
	c->piece[0].slope = 1;
	c->count = 1;
}

void clockmap_free(struct clockmap *c)
{
	free(c->piece);
	c->piece = NULL;
}

double clockmap_rate(const struct clockmap *c)
{
	uint64_t ticks = c->last_ticks - c->first_ticks;

	return ticks ? (double)(c->last_monotonic - c->first_monotonic) / (double)ticks : 1;
}

static void append(struct clockmap *c, struct clock_piece piece)
{
	if (c->count == c->room) {
		c->room *= 2;
		c->piece = memory_grow(c->piece, c->room, sizeof(*c->piece));
	}
	c->piece[c->count++] = piece;
}

/* The slope that meets the true time one anchor distance ahead. */
static double slope_ahead(double error, double distance, double rate)
{
	double correction = error / distance;

	if (correction > SLEW_MAX * rate)
		correction = SLEW_MAX * rate;
	if (correction < -SLEW_MAX * rate)
		correction = -SLEW_MAX * rate;
	return rate + correction;
}

void clockmap_anchor(struct clockmap *c, uint64_t ticks, uint64_t monotonic_ns)
{
	double said, truth, distance, rate;

	if (!c->first_ticks) {
		c->first_ticks = c->last_ticks = c->piece[0].ticks = ticks;
		c->first_monotonic = c->last_monotonic = monotonic_ns;
		return;
	}
	if (ticks <= c->last_ticks || monotonic_ns <= c->last_monotonic)
		return;
	truth = (double)(monotonic_ns - c->first_monotonic);
	said = c->piece[c->count - 1].ns +
	       (double)(ticks - c->piece[c->count - 1].ticks) * c->piece[c->count - 1].slope;
	if (c->last_ticks == c->first_ticks) { /* the second one: nothing was asked before it */
		c->last_ticks = ticks;
		c->last_monotonic = monotonic_ns;
		c->piece[0].slope = clockmap_rate(c);
		return;
	}
	distance = (double)(ticks - c->last_ticks);
	c->last_ticks = ticks;
	c->last_monotonic = monotonic_ns;
	rate = clockmap_rate(c);
	append(c, (struct clock_piece){ticks, said, slope_ahead(truth - said, distance, rate)});
}

int64_t clockmap_older(const struct clockmap *c, uint64_t ticks)
{
	size_t low = 0, high = c->count;
	const struct clock_piece *p;

	if (ticks < c->piece[0].ticks)
		return 0;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (c->piece[middle].ticks <= ticks)
			low = middle;
		else
			high = middle;
	}
	p = &c->piece[low];
	return (int64_t)(p->ns + (double)(ticks - p->ticks) * p->slope);
}
