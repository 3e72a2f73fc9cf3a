#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "profiler/blame.h"
#include "profiler/order.h"
#include "profiler/text.h"

/*
 * One pass over the releases in order of time. An interval is what lies between two releases. A
 * wait touches three kinds of them: the one it begins in and the one it ends in, which are its
 * own affair, and those in between, which it shares with all waits of the same stack. So the
 * latter are counted per stack: struct group.
 */
enum { NOT_BEGUN, NOT_BEGUN_CUT, WAITING, OVER };

struct group {
	uint32_t object, stack;
	uint64_t count; /* waits, by weight */
};

struct division {
	const struct blame_release *release;
	size_t releases;
	int64_t forgotten;
	blame_sink *sink;
	void *data;
	struct blame_wait *wait;
	struct order *beginning, *ending; /* the waits in order of begin, of end */
	size_t waits, begun, ended;
	struct group *group;
	size_t groups, group_room;
	size_t waiting; /* now */
};

static void emit(struct division *d, uint32_t object, uint32_t stack, enum blame_cause cause,
		 int64_t holder, uint32_t holder_stack, uint64_t count, int64_t ns)
{
	struct blame_piece p = {
	    object, stack, cause, holder, holder_stack, count, ns * (int64_t)count};

	if (ns > 0)
		d->sink(d->data, &p);
}

static void emit_wait(struct division *d, const struct blame_wait *w, enum blame_cause cause,
		      int64_t holder, int64_t from, int64_t to)
{
	emit(d, w->object, w->stack, cause, holder, 0, w->weight, to - from);
}

/* (from, r->released], of count waits of one stack. */
static void emit_hold(struct division *d, const struct group *g, const struct blame_release *r,
		      int64_t from)
{
	int64_t taken = from;

	if (r->acquired > from)
		taken = r->acquired < r->released ? r->acquired : r->released;
	emit(d, g->object, g->stack, CAUSE_HAND_OVER, 0, 0, g->count, taken - from);
	emit(d, g->object, g->stack, CAUSE_HOLDER, r->thread, r->stack, g->count,
	     r->released - taken);
}

static struct group *group_get(struct division *d, const struct blame_wait *w)
{
	size_t i = 0;

	while (i < d->groups && (d->group[i].object != w->object || d->group[i].stack != w->stack))
		i++;
	if (i < d->groups)
		return &d->group[i];
	if (d->groups == d->group_room) {
		d->group_room = d->group_room ? 2 * d->group_room : 16;
		d->group = memory_grow(d->group, d->group_room, sizeof(*d->group));
	}
	d->group[d->groups++] = (struct group){w->object, w->stack, 0};
	return &d->group[i];
}

static void leave_group(struct division *d, const struct blame_wait *w)
{
	struct group *g = group_get(d, w);

	g->count -= w->weight;
	if (!g->count)
		*g = d->group[--d->groups];
	d->waiting--;
}

/* A wait without a release in it. What was forgotten of it is dealt with. */
static void divide_alone(struct division *d, const struct blame_wait *w, bool whole)
{
	if (!whole)
		emit_wait(d, w, CAUSE_HAND_OVER, 0, w->begin, w->end);
	else if (w->holder)
		emit_wait(d, w, CAUSE_HOLDER, w->holder, w->begin, w->end);
	else
		emit_wait(d, w, CAUSE_UNKNOWN, 0, w->begin, w->end);
}

/* Waits that end before the release at time; from is that of the release before it. */
static void end_until(struct division *d, int64_t from, int64_t time, bool all)
{
	for (; d->ended < d->waits; d->ended++) {
		struct blame_wait *w = &d->wait[d->ending[d->ended].index];
		if (w->end >= time && !all)
			return;
		if (w->state == WAITING) {
			leave_group(d, w);
			emit_wait(d, w, CAUSE_HAND_OVER, 0, from, w->end);
		} else {
			divide_alone(d, w, w->state == NOT_BEGUN);
		}
		w->state = OVER;
	}
}

static void begin_until(struct division *d, const struct blame_release *r)
{
	for (; d->begun < d->waits && d->beginning[d->begun].time < r->released; d->begun++) {
		struct blame_wait *w = &d->wait[d->beginning[d->begun].index];
		struct group one = {w->object, w->stack, w->weight};
		if (w->state == OVER)
			continue;
		emit_hold(d, &one, r, w->begin);
		group_get(d, w)->count += w->weight;
		d->waiting++;
		w->state = WAITING;
	}
}

/* The first release after a time. */
static size_t release_after(const struct division *d, size_t from, int64_t time)
{
	size_t low = from, high = d->releases;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (d->release[middle].released <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void sweep(struct division *d)
{
	int64_t from = INT64_MIN;
	size_t i = 0;

	while (d->ended < d->waits) {
		if (!d->waiting && d->begun < d->waits)
			i = release_after(d, i, d->beginning[d->begun].time);
		if (i == d->releases)
			break;
		end_until(d, from, d->release[i].released, false);
		for (size_t g = 0; g < d->groups; g++)
			emit_hold(d, &d->group[g], &d->release[i], from);
		begin_until(d, &d->release[i]);
		from = d->release[i++].released;
	}
	end_until(d, from, 0, true);
}

/* What the releases do not cover any more. */
static void cut_forgotten(struct division *d)
{
	for (size_t i = 0; i < d->waits; i++) {
		struct blame_wait *w = &d->wait[i];
		int64_t to = w->end < d->forgotten ? w->end : d->forgotten;
		w->state = NOT_BEGUN;
		if (w->begin >= d->forgotten)
			continue;
		emit_wait(d, w, CAUSE_UNKNOWN, 0, w->begin, to);
		w->begin = to;
		w->state = NOT_BEGUN_CUT;
	}
}

void blame_divide_waits(const struct blame_release *release, size_t releases, int64_t forgotten,
			struct blame_wait *wait, size_t waits, blame_sink *sink, void *data)
{
	struct division d = {.release = release,
			     .releases = releases,
			     .forgotten = forgotten,
			     .sink = sink,
			     .data = data,
			     .wait = wait,
			     .waits = waits};

	cut_forgotten(&d);
	d.beginning = memory_new(3 * waits, sizeof(*d.beginning));
	d.ending = d.beginning + waits;
	for (size_t i = 0; i < waits; i++) {
		d.beginning[i] = (struct order){wait[i].begin, (uint32_t)i};
		d.ending[i] = (struct order){wait[i].end, (uint32_t)i};
	}
	order_sort(d.beginning, waits, d.ending + waits);
	order_sort(d.ending, waits, d.ending + waits);
	sweep(&d);
	free(d.beginning);
	free(d.group);
}
