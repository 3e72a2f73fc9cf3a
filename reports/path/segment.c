#include "reports/path/segment.h"
#include "profiler/text.h"
#include "reports/path/act.h"
#include <stdlib.h>

const char *const path_part_names[PATH_PART_COUNT] = {
#define X(name, word, work) word,
    PATH_PARTS(X)
#undef X
};
const bool path_part_is_work[PATH_PART_COUNT] = {
#define X(name, word, work) work,
    PATH_PARTS(X)
#undef X
};

/* The tiles of a thread, as far as the path came in it. */
struct stroll {
	struct tile_walk walk;
	struct tile tile; /* its end is 0 before the first one */
};

struct cutter {
	const struct precedence *precedence;
	const struct graph *graph;
	struct stroll *stroll; /* by thread */
	struct act_search search;
	segment_visit *visit;
	void *data;
};

/* So many tiles are passed one by one before the others are skipped. */
enum { STEPS = 2 };

static void emit(const struct cutter *c, enum path_part part, const struct segment *s)
{
	struct segment made = *s;

	made.part = part;
	if (s->begin < s->end)
		c->visit(c->data, &made);
}

/* What comes before the thread goes on: its wake-up, or its creation. Returns its end. */
static int64_t cut_head(const struct cutter *c, const struct leg *leg)
{
	const struct precedence *p = c->precedence;
	const struct stop *s = leg->stop;
	const struct history_wait *w = stop_wait(p, s);
	const struct history_thread *t = &p->history->thread[s->thread];
	int64_t end = stop_end(p, s);
	struct segment made = {
	    leg->from, end < leg->to ? end : leg->to, PART_wake_up, s->thread, stop_object(p, s),
	    0,	       w ? s->number : NOTHING};

	if (stop_is_begin(p, s)) {
		bool known = s->waker != NOBODY && s->waker == t->parent;
		made.stack = t->stack;
		emit(c, known ? PART_creation : PART_unknown, &made);
	} else {
		made.stack = w ? w->stack : stop_poll(p, s)->stack;
		emit(c, PART_wake_up, &made);
	}
	return made.end;
}

static enum path_part part_of(const struct history *h, const struct tile *tile)
{
	switch (tile->state) {
	case TILE_run:
		return PART_run;
	case TILE_ready:
		return PART_ready;
	case TILE_io:
		return PART_io;
	case TILE_timer:
		return PART_timer;
	case TILE_hidden:
		return PART_hidden;
	case TILE_spin:
		return PART_spin;
	default:
		return h->wait[tile->wait].flags & HISTORY_TIMED_OUT ? PART_timer : PART_unknown;
	}
}

static void cut_tile(const struct cutter *c, const struct tile *tile, int64_t begin,
		     const struct leg *leg, uint32_t stack)
{
	struct segment made = {begin,
			       tile->end < leg->to ? tile->end : leg->to,
			       0,
			       tile->thread,
			       tile->object,
			       tile->stack,
			       tile->wait};

	if (stack && tile->end > leg->to)
		made.stack = stack;
	emit(c, part_of(c->graph->history, tile), &made);
}

static void cut_leg(struct cutter *c, const struct leg *leg)
{
	struct stroll *s = &c->stroll[leg->stop->thread];
	int64_t at = cut_head(c, leg);
	uint32_t stack = 0; /* of what the thread did at the end of the leg, 0: not known */

	if (leg->next && !leg->passes)
		stack = act_stack(&c->search, c->precedence, leg->next);

	for (int steps = 0; at < leg->to; steps++) {
		if (s->tile.end > at) {
			cut_tile(c, &s->tile, at, leg, stack);
			at = s->tile.end;
			continue;
		}
		if (steps == STEPS)
			tile_skip(&s->walk, at + 1);
		if (!tile_next(&s->walk, &s->tile))
			break;
	}
}

/* Behind the end of the last thread. */
static void cut_tail(const struct cutter *c, const struct path *path)
{
	const struct precedence *p = c->precedence;
	struct segment made = {path->end, p->history->end_ns, PART_unknown, 0, NOTHING, 0, NOTHING};

	if (path->end != p->last.time)
		return;
	made.thread = p->last.thread == NOBODY ? 0 : p->last.thread;
	emit(c, PART_unknown, &made);
}

void path_segments(const struct path *path, const struct precedence *p, const struct graph *g,
		   segment_visit *visit, void *data)
{
	const struct history *h = p->history;
	struct cutter c = {.precedence = p, .graph = g, .visit = visit, .data = data};

	act_search_begin(&c.search, h);
	c.stroll = memory_new(h->threads + 1, sizeof(*c.stroll));
	for (uint32_t i = 0; i < h->threads; i++)
		tile_start(&c.stroll[i].walk, g, i);
	for (size_t i = path->count; i-- > 0;) {
		struct leg leg = path_leg(path, p, i);
		cut_leg(&c, &leg);
	}
	cut_tail(&c, path);
	act_search_end(&c.search);
	free(c.stroll);
}
