#include "reports/sweep/span.h"

void span_start(struct span_walk *w, const struct graph *graph, uint32_t thread, int64_t *state_ns)
{
	w->state_ns = state_ns;
	tile_start(&w->walk, graph, thread);
}

/* Of what lies before the next wait there is more. */
static bool has_rest(const struct span_walk *w)
{
	return w->walk.at < w->walk.hidden_end;
}

static void pass(struct span_walk *w, const struct tile *t)
{
	w->state_ns[t->state] += t->end - t->begin;
}

/* The first tile of what lies between waits: the others belong to it. */
static void join_tiles(struct span_walk *w, struct span *s)
{
	int64_t off[TILE_STATE_COUNT] = {0};
	struct tile t;
	double whole;

	off[s->state] = s->end - s->begin;
	while (has_rest(w) && tile_next(&w->walk, &t)) {
		pass(w, &t);
		off[t.state] += t.end - t.begin;
		s->end = s->woken = t.end;
	}
	s->state = TILE_run;
	whole = (double)SPAN_WHOLE / (double)(s->end - s->begin);
	s->ready = (int32_t)((double)off[TILE_ready] * whole);
	s->hidden = (int32_t)((double)off[TILE_hidden] * whole);
}

bool span_next(struct span_walk *w, struct span *s)
{
	struct tile t;

	/* More threads than a processor sees streams of loads. */
	__builtin_prefetch(w->walk.graph->history->wait + w->walk.wait + 2);
	if (!tile_next(&w->walk, &t))
		return false;
	pass(w, &t);
	*s = (struct span){t.begin, t.end,  t.woken, t.state, t.object,
			   t.stack, t.wait, t.waker, 0,	      0};
	if (t.state != TILE_run || has_rest(w))
		if (t.state == TILE_run || t.state == TILE_ready || t.state == TILE_hidden)
			join_tiles(w, s);
	return true;
}
