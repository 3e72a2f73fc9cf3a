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
	int64_t ready = s->ready;

	while (s->tile.end < time) {
		if (!tile_next(&s->walk, &s->tile))
			return s->ready;
		ready = s->ready;
		if (s->tile.state == TILE_ready)
			s->ready += s->tile.end - s->tile.begin;
	}
	if (s->tile.state == TILE_ready && s->tile.end > time)
		return s->ready - (s->tile.end - time);
	return s->tile.end > time ? ready : s->ready;
}

/* A thread that acted before its own wait came back did so at the reach's begin. */
static int64_t length_at(struct span *s, int64_t time)
{
	if (time <= s->time)
		return s->length;
	return s->length + (time - s->time) - (ready_before(s, time) - s->ready_then);
}

static void pass_stop(struct span *span, const struct stop *s, bool is_begin)
{
	struct span *x = &span[s->thread];
	int64_t length = length_at(&span[s->cause.thread], s->cause.time);

	if (!is_begin) {
		int64_t own = length_at(x, s->begin);
		if (own > length)
			length = own;
	}
	x->length = length;
	x->time = s->end;
	x->ready_then = ready_before(x, s->end);
}

int64_t span_ns(const struct precedence *p, const struct graph *g)
{
	const struct history *h = p->history;
	struct span *span = memory_new(h->threads + 1, sizeof(*span));
	int64_t longest = 0;

	for (uint32_t i = 0; i < h->threads; i++) {
		span[i].time = h->thread[i].begin;
		tile_start(&span[i].walk, g, i);
	}
	for (size_t i = 0; i < p->count; i++) {
		struct stop s = stop_get(p, p->order[i]);
		pass_stop(span, &s, stop_is_begin(h, p->order[i]));
	}
	for (size_t i = 0; i < h->threads; i++) {
		int64_t length = length_at(&span[i], h->thread[i].end);
		if (length > longest)
			longest = length;
	}
	free(span);
	return longest;
}
