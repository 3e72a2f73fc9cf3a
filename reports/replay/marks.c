#include "reports/replay/marks.h"
#include "profiler/order.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

#define HOLD_LATE_NS 1000 /* a hold may begin so much after its wait: two reads of the clock */

struct mark *marks_add(struct marks *m, enum mark_kind kind, uint32_t thread, int64_t time,
		       uint32_t index)
{
	if (m->count == m->room) {
		m->room = m->room * 2 + 1024;
		m->mark = memory_grow(m->mark, m->room, sizeof(*m->mark));
	}
	struct mark *mark = &m->mark[m->count++];
	*mark = (struct mark){time, thread, index, NO_EVENT, 0, kind};
	return mark;
}

/* The last wait of the thread that began before a time, NOTHING: none. */
static uint32_t wait_before(const struct history *h, uint32_t thread, int64_t time)
{
	const struct range *r = &h->thread[thread].waits;
	uint32_t low = r->first, high = r->first + r->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (h->wait[middle].begin < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low > r->first ? low - 1 : NOTHING;
}

static void match_hold(struct marks *m, uint32_t hold)
{
	const struct history *h = m->history;
	const struct history_hold *x = &h->hold[hold];
	uint32_t wait = wait_before(h, x->thread, x->acquired);
	if (wait == NOTHING || m->wait_hold[wait] != NOTHING)
		return;
	const struct history_wait *w = &h->wait[wait];
	if (w->object != x->object || !(w->flags & HISTORY_ACQUIRED) ||
	    x->acquired > w->end + HOLD_LATE_NS)
		return;
	m->wait_hold[wait] = hold;
	m->by_wait[hold] = 1;
}

static bool is_inside(const struct marks *m, int64_t begin, int64_t end)
{
	return end >= m->from && begin <= m->to;
}

static int64_t clamped(const struct marks *m, int64_t time)
{
	return time < m->from ? m->from : time > m->to ? m->to : time;
}

/* The waits of each thread lie in order of time. */
static void find_waits(struct marks *m)
{
	const struct history *h = m->history;
	m->wait = memory_new(h->waits + 1, sizeof(*m->wait));
	for (uint32_t t = 0; t < h->threads; t++) {
		const struct range *r = &h->thread[t].waits;
		uint32_t i = wait_before(h, t, m->from);
		for (i = i == NOTHING ? r->first : i; i < r->first + r->count; i++) {
			if (h->wait[i].begin > m->to)
				break;
			if (h->wait[i].end > m->from)
				m->wait[m->waits++] = i;
		}
	}
}

/* The first of an object's holds released at or after a time. */
static uint32_t hold_from(const struct history *h, const struct range *r, int64_t time)
{
	uint32_t low = r->first, high = r->first + r->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (h->hold[middle].released < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

#define LATE_MOST 64 /* holds that began in the part and end behind it: readers */

/* The holds of each object lie in order of release. */
static void find_holds(struct marks *m)
{
	const struct history *h = m->history;
	m->hold = memory_new(h->holds + 1, sizeof(*m->hold));
	for (uint32_t o = 0; o < h->objects; o++) {
		const struct range *r = &h->object[o].holds;
		uint32_t i = hold_from(h, r, m->from), late = 0;
		for (; i < r->first + r->count && late < LATE_MOST; i++) {
			const struct history_hold *x = &h->hold[i];
			late += x->released > m->to;
			if (x->acquired && is_inside(m, x->acquired, x->released))
				m->hold[m->holds++] = i;
		}
	}
}

/* Those of holds of no length come last: behind their acquisition. */
static void add_releases(struct marks *m, bool empty)
{
	for (size_t i = 0; i < m->holds; i++) {
		const struct history_hold *x = &m->history->hold[m->hold[i]];
		if ((x->acquired == x->released) != empty)
			continue;
		marks_add(m, MARK_RELEASE, x->thread, clamped(m, x->released), m->hold[i])->stack =
		    x->stack;
	}
}

static void add_acquisitions(struct marks *m)
{
	for (size_t i = 0; i < m->holds; i++) {
		const struct history_hold *x = &m->history->hold[m->hold[i]];
		if (m->by_wait[m->hold[i]] && x->acquired >= m->from)
			continue;
		marks_add(m, MARK_ACQUIRE, x->thread, clamped(m, x->acquired), m->hold[i])->stack =
		    x->stack;
	}
}

/* A creator that is not known to have lived then is none. */
static void add_creates(struct marks *m)
{
	const struct history *h = m->history;
	for (size_t i = 0; i < h->threads; i++) {
		const struct history_thread *t = &h->thread[i];
		int64_t time = t->created ? t->created : t->begin;
		if (t->parent == NOBODY || time < m->from || time > m->to)
			continue;
		if (time < h->thread[t->parent].begin || time > h->thread[t->parent].end)
			continue;
		uint32_t wait = wait_before(h, t->parent, time);
		if (wait != NOTHING && h->wait[wait].end > time)
			time = h->wait[wait].begin; /* a forked child is seen late */
		marks_add(m, MARK_CREATE, t->parent, clamped(m, time), (uint32_t)i)->stack =
		    t->stack;
	}
}

static void add_waits(struct marks *m)
{
	for (size_t i = 0; i < m->waits; i++) {
		const struct history_wait *w = &m->history->wait[m->wait[i]];
		marks_add(m, MARK_WAIT, w->thread, clamped(m, w->begin), m->wait[i])->stack =
		    w->stack;
	}
}

/* Mean time under a lock. */
static int64_t usual_hold(const struct history *h, uint32_t object)
{
	const struct history_object *o = &h->object[object];
	return o->acquisitions > 0 && o->hold_ns > 0 ? o->hold_ns / o->acquisitions : 0;
}

/* Sections that a thread entered after a wait, but that were not timed, take as long as others, if
 * the thread does not wait for something before. */
static void add_guesses(struct marks *m)
{
	const struct history *h = m->history;
	for (size_t i = 0; i < m->waits; i++) {
		uint32_t wait = m->wait[i];
		const struct history_wait *w = &h->wait[wait];
		const struct history_thread *t = &h->thread[w->thread];
		if (!history_is_counted_lock(&h->object[w->object]) ||
		    !(w->flags & HISTORY_ACQUIRED) || m->wait_hold[wait] != NOTHING ||
		    w->end > m->to)
			continue;
		int64_t end = w->end + usual_hold(h, w->object), latest = t->end;
		const struct history_object *next =
		    wait + 1 < t->waits.first + t->waits.count ? &h->object[w[1].object] : NULL;
		if (next && history_is_counted_lock(next))
			latest = w[1].begin;
		marks_add(m, MARK_GUESS, w->thread, clamped(m, end < latest ? end : latest), wait)
		    ->stack = w->stack;
	}
}

static void add_polls(struct marks *m)
{
	const struct history *h = m->history;
	for (size_t i = 0; i < h->polls; i++) {
		const struct history_poll *p = &h->poll[i];
		if (is_inside(m, p->first, p->last) && p->first >= m->from)
			marks_add(m, MARK_POLL, p->thread, p->first, (uint32_t)i)->stack = p->stack;
	}
}

/* By thread; the order of their making is kept. */
static void group(struct marks *m)
{
	size_t threads = m->history->threads;
	struct mark *grouped = memory_new(m->count + 1, sizeof(*grouped));
	m->of_thread = memory_new(threads + 1, sizeof(*m->of_thread));
	for (size_t i = 0; i < m->count; i++)
		m->of_thread[m->mark[i].thread].count++;
	for (size_t t = 1; t < threads; t++)
		m->of_thread[t].first = m->of_thread[t - 1].first + m->of_thread[t - 1].count;
	for (size_t t = 0; t < threads; t++)
		m->of_thread[t].count = 0;
	for (size_t i = 0; i < m->count; i++) {
		struct range *r = &m->of_thread[m->mark[i].thread];
		grouped[r->first + r->count++] = m->mark[i];
	}
	free(m->mark);
	m->mark = grouped;
}

static void sort(struct marks *m)
{
	struct order *order = memory_new(m->count + 1, sizeof(*order));
	struct order *scratch = memory_new(m->count + 1, sizeof(*scratch));
	struct mark *sorted = memory_new(m->count + 1, sizeof(*sorted));
	for (size_t i = 0; i < m->count; i++)
		order[i] = (struct order){m->mark[i].time, (uint32_t)i};
	for (size_t t = 0; t < m->history->threads; t++)
		order_sort(order + m->of_thread[t].first, m->of_thread[t].count, scratch);
	for (size_t i = 0; i < m->count; i++)
		sorted[i] = m->mark[order[i].index];
	free(m->mark);
	m->mark = sorted;
	free(order);
	free(scratch);
}

void marks_make(struct marks *m, const struct graph *g, int64_t from, int64_t to)
{
	const struct history *h = g->history;
	*m = (struct marks){.history = h, .from = from, .to = to};
	m->wait_event = memory_new(h->waits + 1, sizeof(*m->wait_event));
	m->wait_hold = memory_new(h->waits + 1, sizeof(*m->wait_hold));
	m->by_wait = memory_new(h->holds + 1, 1);
	memset(m->wait_event, 0xff, h->waits * sizeof(*m->wait_event));
	memset(m->wait_hold, 0xff, h->waits * sizeof(*m->wait_hold));
	find_waits(m);
	find_holds(m);
	for (size_t i = 0; i < m->holds; i++)
		match_hold(m, m->hold[i]);
	add_releases(m, false);
	add_guesses(m);
	marks_add_events(m);
	add_creates(m);
	add_polls(m);
	add_waits(m);
	add_acquisitions(m);
	add_releases(m, true);
	group(m);
	sort(m);
}

void marks_free(struct marks *m)
{
	free(m->mark);
	free(m->of_thread);
	free(m->wait_event);
	free(m->wait_hold);
	free(m->by_wait);
	free(m->wait);
	free(m->hold);
	*m = (struct marks){0};
}
