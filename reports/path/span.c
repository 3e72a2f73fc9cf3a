#include "reports/path/span.h"
#include "profiler/text.h"
#include <stdlib.h>

/* The longest path to a thread, at a time. */
struct span {
	int64_t time, length;
	int64_t ready_then; /* of the thread, before that time */
	/* its tiles, and what of them was READY */
	struct tile_walk walk;
	struct tile tile;
	int64_t ready;
};

/* READY time of the thread's life before a time; later times only, or times in one wait. */
static int64_t ready_before(struct span *s, int64_t time)
{
	if (!s->walk.graph) /* there is none at all */
		return 0;
	while (s->tile.end < time && tile_next(&s->walk, &s->tile))
		if (s->tile.state == TILE_ready)
			s->ready += s->tile.end - s->tile.begin;
	if (s->tile.state == TILE_ready && s->tile.end > time)
		return s->ready - (s->tile.end - time);
	return s->ready;
}

/* A thread that acted before its own wait came back did so at the reach's begin. */
static int64_t length_at(struct span *s, int64_t time)
{
	if (time <= s->time)
		return s->length;
	return s->length + (time - s->time) - (ready_before(s, time) - s->ready_then);
}

static void pass_stop(struct span *span, const struct precedence *p, const struct stop *s)
{
	struct span *x = &span[s->thread];
	int64_t length;

	if (s->waker == NOBODY)
		return;
	length = length_at(&span[s->waker], s->time);
	if (!stop_is_begin(p, s)) {
		int64_t own = length_at(x, stop_begin(p, s));
		if (own > length)
			length = own;
	}
	x->length = length;
	x->time = stop_end(p, s);
	x->ready_then = ready_before(x, x->time);
}

static bool any_ready(const struct graph *g)
{
	size_t offs = g->first_off[g->history->threads];

	for (size_t i = 0; i < offs; i++)
		if (g->off[i].ready > 0)
			return true;
	return false;
}

int64_t span_ns(const struct precedence *p, const struct graph *g)
{
	const struct history *h = p->history;
	struct span *span = memory_new(h->threads + 1, sizeof(*span));
	bool ready = any_ready(g);
	int64_t longest = 0;

	for (uint32_t i = 0; i < h->threads; i++) {
		span[i].time = h->thread[i].begin;
		if (ready)
			tile_start(&span[i].walk, g, i);
	}
	for (size_t i = 0; i < p->count; i++)
		pass_stop(span, p, &p->stop[i]);
	for (size_t i = 0; i < h->threads; i++) {
		int64_t length = length_at(&span[i], h->thread[i].end);
		if (length > longest)
			longest = length;
	}
	free(span);
	return longest;
}
