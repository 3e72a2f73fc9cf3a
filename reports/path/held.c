#include "reports/path/held.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

/* A hold that is open where the path came to in its thread. */
struct open {
	uint32_t hold;
	bool second;	       /* of its group */
	bool on_path;	       /* it was taken there */
	int64_t work;	       /* of the path in the thread, when it was taken */
	int64_t own, own_work; /* innermost so far: its time, that of the path's work in it */
};

struct holder {
	uint32_t next, end;	       /* of order[] */
	struct open *open;	       /* in order of acquisition */
	uint32_t depth, room, samples; /* samples: of the open ones */
	int64_t time;		       /* it came to */
	int64_t work, on; /* of the path in the thread until then: its work, all of it */
};

enum { AHEAD = 8 };

struct sample {
	int64_t time, work, on;
};

void held_begin(struct held_walk *w, const struct history *h, const uint32_t *order)
{
	uint32_t first = 0;

	*w = (struct held_walk){.history = h, .order = order};
	w->held = memory_new(h->objects + 1, sizeof(*w->held));
	w->holder = memory_new(h->threads + 1, sizeof(*w->holder));
	for (size_t i = 0; i < h->holds; i++)
		if (h->hold[i].acquired)
			w->holder[h->hold[i].thread].end++;
	for (size_t t = 0; t < h->threads; t++) {
		w->holder[t].next = first;
		first = w->holder[t].end += first;
	}
	hash_init(&w->sample, sizeof(struct sample));
}

static struct held *held_of(struct held_walk *w, uint32_t object)
{
	return &w->held[w->history->object[object].group];
}

static void take(struct held_walk *w, struct holder *x, uint32_t hold, bool on_path)
{
	const struct history *h = w->history;
	uint32_t group = h->object[h->hold[hold].object].group;
	struct open o = {.hold = hold, .on_path = on_path, .work = x->work};

	for (uint32_t i = 0; i < x->depth && !o.second; i++)
		o.second = h->object[h->hold[x->open[i].hold].object].group == group;
	if (x->depth == x->room) {
		x->room = x->room ? 2 * x->room : 4;
		x->open = memory_grow(x->open, x->room, sizeof(*x->open));
	}
	x->open[x->depth++] = o;
	x->samples += h->hold[hold].weight > 1;
}

static double part(double of, double whole)
{
	return of < whole ? of / whole : 1;
}

/* See held.h. */
static void charge_sample(struct held_walk *w, const struct holder *x, const struct open *o)
{
	const struct history_hold *hold = &w->history->hold[o->hold];
	struct held *held = held_of(w, hold->object);
	bool fresh;
	struct sample *last = hash_put(&w->sample, hold->thread + 1u, hold->object + 1u, &fresh);
	int64_t since = fresh ? w->history->thread[hold->thread].begin : last->time;
	double time = (double)(hold->released - since), work = (double)(x->work - last->work);

	if (time > 0) {
		double held_ns = (double)(hold->released - hold->acquired) * hold->weight;
		if (!o->second)
			held->inclusive_ns += part(held_ns, time) * work;
		held->innermost_ns += part((double)o->own * hold->weight, time) * work;
		held->acquisitions += hold->weight * part((double)(x->on - last->on), time);
	}
	*last = (struct sample){hold->released, x->work, x->on};
}

static void charge(struct held_walk *w, const struct holder *x, const struct open *o)
{
	const struct history_hold *hold = &w->history->hold[o->hold];
	struct held *held = held_of(w, hold->object);

	if (hold->weight > 1) {
		charge_sample(w, x, o);
		return;
	}
	if (!o->second)
		held->inclusive_ns += (double)(x->work - o->work);
	held->innermost_ns += (double)o->own_work;
	held->acquisitions += o->on_path;
}

/* The open hold that is released first; depth: none. Locks are few at a time. */
static uint32_t first_released(const struct held_walk *w, const struct holder *x)
{
	uint32_t first = x->depth;

	for (uint32_t i = x->depth; i-- > 0;)
		if (first == x->depth || w->history->hold[x->open[i].hold].released <
					     w->history->hold[x->open[first].hold].released)
			first = i;
	return first;
}

struct slope { /* what the path does in the thread */
	bool on, work;
};

static void go_to(struct holder *x, int64_t time, struct slope s)
{
	int64_t ns = time - x->time;

	if (ns <= 0)
		return;
	if (x->depth) {
		struct open *innermost = &x->open[x->depth - 1];
		innermost->own += ns;
		innermost->own_work += s.work ? ns : 0;
	}
	x->work += s.work ? ns : 0;
	x->on += s.on ? ns : 0;
	x->time = time;
}

/* Holds that stand for themselves and begin and end off the path: they owe nothing. They do not
 * even shorten what is open around them, unless that is a sample, whose own time counts. */
static void skip_holds(const struct held_walk *w, struct holder *x, int64_t until)
{
	const struct history_hold *hold = w->history->hold;

	for (; !x->samples && x->next < x->end; x->next++) {
		const struct history_hold *r = &hold[w->order[x->next]];
		if (r->weight > 1 || r->released > until)
			return;
		if (x->next + AHEAD < x->end) /* they lie anywhere */
			__builtin_prefetch(&hold[w->order[x->next + AHEAD]]);
	}
}

/* Passes what the thread took and released until then. */
static void pass_holds(struct held_walk *w, struct holder *x, int64_t until, struct slope s)
{
	const struct history_hold *hold = w->history->hold;

	for (;;) {
		if (!s.on)
			skip_holds(w, x, until);
		uint32_t i = first_released(w, x);
		int64_t taken = x->next < x->end ? hold[w->order[x->next]].acquired : INT64_MAX;
		int64_t released = i < x->depth ? hold[x->open[i].hold].released : INT64_MAX;
		if ((taken < released ? taken : released) > until ||
		    (taken == INT64_MAX && released == INT64_MAX))
			return;
		if (taken < released) {
			go_to(x, taken, s);
			if (x->next + AHEAD < x->end) /* they lie anywhere */
				__builtin_prefetch(&hold[w->order[x->next + AHEAD]]);
			take(w, x, w->order[x->next++], s.on);
			continue;
		}
		go_to(x, released, s);
		charge(w, x, &x->open[i]);
		x->samples -= hold[x->open[i].hold].weight > 1;
		memmove(&x->open[i], &x->open[i + 1], (--x->depth - i) * sizeof(*x->open));
	}
}

/* A wait for a lock that got it, and came back on the path. */
static void count_wait(struct held_walk *w, const struct segment *s)
{
	const struct history_wait *wait;

	if (s->wait == NOTHING)
		return;
	wait = &w->history->wait[s->wait];
	if (s->end == wait->end && wait->flags & HISTORY_ACQUIRED)
		held_of(w, wait->object)->contended += wait->weight;
}

void held_segment(struct held_walk *w, const struct segment *s)
{
	struct slope slope = {true, path_part_is_work[s->part]};
	struct holder *x = &w->holder[s->thread];

	if (s->thread >= w->history->threads)
		return;
	pass_holds(w, x, s->begin, (struct slope){false, false});
	go_to(x, s->begin, (struct slope){false, false});
	pass_holds(w, x, s->end, slope);
	go_to(x, s->end, slope);
	if (slope.work)
		w->work_ns += s->end - s->begin;
	if (s->object != NOTHING)
		*(s->part == PART_wake_up ? &held_of(w, s->object)->wake_ns
					  : &held_of(w, s->object)->waited_ns) += s->end - s->begin;
	count_wait(w, s);
}

/* Samples may add up to a little more than there was. */
static void limit(struct held_walk *w)
{
	double work = (double)w->work_ns, innermost = 0;

	for (size_t i = 0; i < w->history->objects; i++)
		innermost += w->held[i].innermost_ns;
	for (size_t i = 0; i < w->history->objects; i++) {
		struct held *held = &w->held[i];
		if (held->inclusive_ns > work)
			held->inclusive_ns = work;
		if (innermost > work)
			held->innermost_ns *= work / innermost;
		if (held->acquisitions < (double)held->contended)
			held->acquisitions = (double)held->contended;
	}
}

void held_end(struct held_walk *w)
{
	for (size_t t = 0; t < w->history->threads; t++) {
		struct holder *x = &w->holder[t];
		pass_holds(w, x, INT64_MAX, (struct slope){false, false});
		free(x->open);
		*x = (struct holder){0};
	}
	limit(w);
}

void held_free(struct held_walk *w)
{
	free(w->held);
	free(w->holder);
	hash_free(&w->sample);
}
