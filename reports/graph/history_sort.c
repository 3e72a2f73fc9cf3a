/* Order, and the mending of what a damaged or a hand-written history gets wrong. */
#include "reports/graph/history.h"
#include "reports/graph/regroup.h"

static int64_t clamp(struct history *h, int64_t value, int64_t low, int64_t high)
{
	int64_t fit = value < low ? low : value > high ? high : value;

	h->mended += fit != value;
	return fit;
}

static uint32_t index_or_none(struct history *h, uint32_t index, size_t count)
{
	if (index < count || index == NOBODY)
		return index;
	h->mended++;
	return NOBODY;
}

static void later(int64_t *last, int64_t time)
{
	if (time > *last)
		*last = time;
}

static int64_t last_event(const struct history *h)
{
	int64_t last = 0;

	for (size_t i = 0; i < h->threads; i++)
		later(&last, h->thread[i].end);
	for (size_t i = 0; i < h->waits; i++)
		later(&last, h->wait[i].end);
	for (size_t i = 0; i < h->holds; i++)
		later(&last, h->hold[i].released);
	for (size_t i = 0; i < h->wakes; i++)
		later(&last, h->wake[i].time);
	return last;
}

/* Who is born before its parent is not its child: so no walk from child to parent goes round. */
static void mend_parent(struct history *h, uint32_t index)
{
	struct history_thread *t = &h->thread[index];
	const struct history_thread *p;

	t->parent = index_or_none(h, t->parent, h->threads);
	if (t->parent == NOBODY) {
		t->created = clamp(h, t->created, 0, t->begin);
		return;
	}
	p = &h->thread[t->parent];
	if (p->begin > t->begin || (p->begin == t->begin && t->parent >= index)) {
		t->parent = NOBODY;
		t->created = 0;
		h->mended++;
		return;
	}
	if (!t->created)
		t->created = t->begin < p->end ? t->begin : p->end;
	t->created = clamp(h, t->created, p->begin, t->begin < p->end ? t->begin : p->end);
}

static void mend_threads(struct history *h)
{
	for (uint32_t i = 0; i < h->threads; i++) {
		struct history_thread *t = &h->thread[i];
		t->begin = clamp(h, t->begin, 0, h->end_ns);
		t->end = clamp(h, t->end, t->begin, h->end_ns);
		if (t->group >= h->threads) {
			t->group = i;
			h->mended++;
		}
	}
	for (uint32_t i = 0; i < h->threads; i++)
		mend_parent(h, i);
	for (uint32_t i = 0; i < h->objects; i++)
		if (h->object[i].group >= h->objects) {
			h->object[i].group = i;
			h->mended++;
		}
}

/* An event can be used when its thread and its object are known. */
static bool is_of(struct history *h, uint32_t thread, uint32_t object)
{
	if (thread < h->threads && object < h->objects)
		return true;
	h->mended++;
	return false;
}

static bool mend_wait(struct history *h, struct history_wait *w)
{
	const struct history_thread *t;
	enum history_family family;

	if (!is_of(h, w->thread, w->object))
		return false;
	t = &h->thread[w->thread];
	family = h->object[w->object].family;
	if (w->end < t->begin || w->begin > t->end || w->end < w->begin) {
		h->mended++;
		return false;
	}
	w->begin = clamp(h, w->begin, t->begin, t->end);
	w->end = clamp(h, w->end, t->begin, t->end);
	w->holder = index_or_none(h, w->holder, h->threads);
	w->other = index_or_none(h, w->other,
				 family == HISTORY_join || family == HISTORY_child ? h->threads
										   : h->objects);
	w->waker = index_or_none(h, w->waker, h->threads);
	if (!w->weight)
		w->weight = 1;
	return true;
}

static bool mend_hold(struct history *h, struct history_hold *r)
{
	if (!is_of(h, r->thread, r->object))
		return false;
	r->released = clamp(h, r->released, 0, h->end_ns);
	r->acquired = clamp(h, r->acquired, 0, r->released);
	if (!r->weight)
		r->weight = 1;
	return true;
}

static bool mend_wake(struct history *h, struct history_wake *w)
{
	if (!is_of(h, w->thread, w->object))
		return false;
	w->time = clamp(h, w->time, 0, h->end_ns);
	return true;
}

static bool mend_poll(struct history *h, struct history_poll *p)
{
	const struct history_thread *t;

	if (!is_of(h, p->thread, p->object))
		return false;
	t = &h->thread[p->thread];
	if (p->last < t->begin || p->first > t->end || p->last < p->first) {
		h->mended++;
		return false;
	}
	p->first = clamp(h, p->first, t->begin, t->end);
	p->last = clamp(h, p->last, t->begin, t->end);
	return true;
}

static bool mend_usage(struct history *h, struct history_usage *u)
{
	if (u->thread >= h->threads) {
		h->mended++;
		return false;
	}
	u->time = clamp(h, u->time, h->thread[u->thread].begin, h->thread[u->thread].end);
	return true;
}

/* False also for what is not a time at all after that. */
static bool mend_off(struct history *h, struct history_off *o)
{
	const struct history_thread *t;

	if (o->thread >= h->threads || o->end < o->begin) {
		h->mended++;
		return false;
	}
	t = &h->thread[o->thread];
	o->begin = clamp(h, o->begin, t->begin, t->end);
	o->end = clamp(h, o->end, t->begin, t->end);
	return o->end > o->begin;
}

/* Keeps those that the function wants to. */
#define KEEP(h, array, count, function)                                                            \
	do {                                                                                       \
		size_t kept_ = 0;                                                                  \
		for (size_t i_ = 0; i_ < (h)->count; i_++) {                                       \
			if (!function(h, &(h)->array[i_]))                                         \
				continue;                                                          \
			if (kept_ != i_)                                                           \
				(h)->array[kept_] = (h)->array[i_];                                \
			kept_++;                                                                   \
		}                                                                                  \
		(h)->count = kept_;                                                                \
	} while (0)

static bool tally_is_of(struct history *h, struct history_tally *t)
{
	return is_of(h, t->thread, t->object);
}

/* A wait inside another one is one of a signal handler's: the outer one stands for both. */
static void part_waits(struct history *h)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->waits; i++) {
		struct history_wait *w = &h->wait[i], *last = kept ? &h->wait[kept - 1] : NULL;
		if (last && last->thread == w->thread && w->begin < last->end) {
			h->mended++;
			if (w->end <= last->end)
				continue;
			w->begin = last->end;
		}
		if (kept != i)
			h->wait[kept] = *w;
		kept++;
	}
	h->waits = kept;
}

/* Who sleeps longer does not poll, but looks in now and then. */
#define NAP_NS 10000000

static bool is_nap(const struct history *h, const struct history_wait *w)
{
	return h->object[w->object].family == HISTORY_timer && w->end - w->begin <= NAP_NS;
}

/* Counts the naps in a run of tries. wait: the first one of the thread that ends behind its start.
 */
static int64_t naps_in(const struct history *h, const struct history_poll *p, size_t wait)
{
	int64_t slept = 0;

	for (size_t i = wait; i < h->waits && h->wait[i].thread == p->thread; i++) {
		const struct history_wait *w = &h->wait[i];
		if (w->end > p->last || !is_nap(h, w))
			break;
		if (w->begin >= p->first)
			slept += w->end - w->begin;
	}
	return slept;
}

/* Naps between tries belong to the run: they are taken out of the waits. */
static void fold_naps(struct history *h)
{
	size_t kept = 0, poll = 0;

	for (size_t i = 0; h->polls && i < h->waits; i++) {
		const struct history_wait *w = &h->wait[i];
		while (poll < h->polls &&
		       (h->poll[poll].thread < w->thread ||
			(h->poll[poll].thread == w->thread && h->poll[poll].last <= w->begin)))
			poll++;
		struct history_poll *p = poll < h->polls ? &h->poll[poll] : NULL;
		if (p && p->thread == w->thread && w->begin >= p->first && !p->slept)
			p->slept = naps_in(h, p, i);
		if (p && p->slept && p->thread == w->thread && w->begin >= p->first &&
		    w->end <= p->last && is_nap(h, w) && history_is_polling(p))
			continue;
		if (kept != i)
			h->wait[kept] = *w;
		kept++;
	}
	if (h->polls)
		h->waits = kept;
}

/* Cuts a poll to what lies before the next wait and behind the last one. false: nothing is left. */
static bool part_poll(struct history *h, struct history_poll *p, const struct history_poll *last,
		      size_t *wait)
{
	const struct history_poll was = *p;
	const struct history_wait *w = h->wait;
	size_t i = *wait;

	if (last && last->thread == p->thread && p->first < last->last)
		p->first = last->last;
	while (i < h->waits &&
	       (w[i].thread < p->thread || (w[i].thread == p->thread && w[i].end <= p->first)))
		i++;
	*wait = i;
	if (i < h->waits && w[i].thread == p->thread && w[i].begin < p->last) {
		if (w[i].begin <= p->first)
			p->first = w[i].end;
		if (p->first < w[i].begin)
			p->last = w[i].begin;
		else if (i + 1 < h->waits && w[i + 1].thread == p->thread &&
			 w[i + 1].begin < p->last)
			p->last = w[i + 1].begin;
	}
	if (p->slept > p->last - p->first)
		p->slept = p->last > p->first ? p->last - p->first : 0;
	h->mended += p->first != was.first || p->last != was.last;
	return p->first <= p->last;
}

static void part_polls(struct history *h)
{
	size_t kept = 0, wait = 0;

	for (size_t i = 0; i < h->polls; i++) {
		struct history_poll p = h->poll[i];
		if (part_poll(h, &p, kept ? &h->poll[kept - 1] : NULL, &wait))
			h->poll[kept++] = p;
	}
	h->polls = kept;
}

/* What a thread has used never becomes less. */
static void order_usages(struct history *h)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->usages; i++) {
		struct history_usage *u = &h->usage[i], *last = kept ? &h->usage[kept - 1] : NULL;
		if (last && last->thread == u->thread &&
		    (u->cpu_ns < last->cpu_ns || u->voluntary < last->voluntary ||
		     u->involuntary < last->involuntary)) {
			h->mended++;
			continue;
		}
		h->usage[kept++] = *u;
	}
	h->usages = kept;
}

/* One begins where the last one ended, at the earliest. */
static void part_offs(struct history *h)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->offs; i++) {
		struct history_off o = h->off[i], *last = kept ? &h->off[kept - 1] : NULL;
		if (last && last->thread == o.thread && last->end > o.begin) {
			o.begin = last->end;
			h->mended++;
		}
		if (o.begin < o.end)
			h->off[kept++] = o;
	}
	h->offs = kept;
}

static void mend(struct history *h)
{
	if (h->end_ns <= 0)
		h->end_ns = last_event(h);
	mend_threads(h);
	KEEP(h, wait, waits, mend_wait);
	KEEP(h, hold, holds, mend_hold);
	KEEP(h, wake, wakes, mend_wake);
	KEEP(h, poll, polls, mend_poll);
	KEEP(h, usage, usages, mend_usage);
	KEEP(h, off, offs, mend_off);
	KEEP(h, tally, tallies, tally_is_of);
}

#define REGROUP(h, array, count, type, group, time, groups)                                        \
	((h)->array =                                                                              \
	     regroup((h)->array, (h)->count, LAYOUT(struct type, group, time), (h)->groups))

#define RANGES(h, array, n, of, group, list)                                                       \
	do {                                                                                       \
		for (size_t i_ = (h)->n; i_-- > 0;) {                                              \
			struct range *r_ = &(h)->of[(h)->array[i_].group].list;                    \
			r_->first = (uint32_t)i_;                                                  \
			r_->count++;                                                               \
		}                                                                                  \
	} while (0)

static void fill_ranges(struct history *h)
{
	for (size_t i = 0; i < h->threads; i++)
		h->thread[i].waits = h->thread[i].usages = h->thread[i].polls = h->thread[i].offs =
		    (struct range){0, 0};
	for (size_t i = 0; i < h->objects; i++)
		h->object[i].holds = h->object[i].wakes = (struct range){0, 0};
	RANGES(h, wait, waits, thread, thread, waits);
	RANGES(h, poll, polls, thread, thread, polls);
	RANGES(h, usage, usages, thread, thread, usages);
	RANGES(h, off, offs, thread, thread, offs);
	RANGES(h, hold, holds, object, object, holds);
	RANGES(h, wake, wakes, object, object, wakes);
}

void history_sort(struct history *h)
{
	mend(h);
	REGROUP(h, wait, waits, history_wait, thread, begin, threads);
	REGROUP(h, poll, polls, history_poll, thread, first, threads);
	REGROUP(h, usage, usages, history_usage, thread, time, threads);
	REGROUP(h, off, offs, history_off, thread, begin, threads);
	REGROUP(h, hold, holds, history_hold, object, released, objects);
	REGROUP(h, wake, wakes, history_wake, object, time, objects);
	h->wait_room = h->waits;
	h->poll_room = h->polls;
	h->usage_room = h->usages;
	h->off_room = h->offs;
	h->hold_room = h->holds;
	h->wake_room = h->wakes;
	part_waits(h);
	fold_naps(h);
	part_polls(h);
	order_usages(h);
	part_offs(h);
	fill_ranges(h);
}
