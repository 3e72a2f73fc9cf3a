#include "reports/graph/wakers.h"
#include "profiler/text.h"
#include "reports/graph/graph.h"
#include "reports/graph/large.h"
#include <pthread.h>
#include <stdlib.h>

/* Releases of readers that a reader's wait is looked past for its writer. */
enum { LOOK_BACK = 256 };
/* Waits by which memory is asked for ahead, and so many that a second thread pays. */
enum { AHEAD = 16, MANY = 100000 };

/* Times, one every `stride` words. */
struct times {
	const int64_t *first;
	size_t stride, count;
};

static inline int64_t time_at(struct times t, size_t i)
{
	return t.first[i * t.stride];
}

static inline size_t guess(struct times t, size_t near, int64_t time)
{
	int64_t all = time_at(t, t.count - 1) - time_at(t, 0), place;

	if (near >= t.count)
		near = t.count - 1;
	if (all <= 0)
		return near;
	place = (int64_t)near +
		(int64_t)((double)(time - time_at(t, near)) / (double)all * (double)t.count);
	return place < 0 ? 0 : place >= (int64_t)t.count ? t.count - 1 : (size_t)place;
}

static inline size_t time_after(struct times t, size_t near, int64_t time)
{
	size_t low = 0, high = t.count, step = 1;

	if (!high)
		return 0;
	near = guess(t, near, time);
	if (time_at(t, near) <= time) {
		for (low = near + 1; low + step < high && time_at(t, low + step) <= time; step *= 2)
			low += step + 1;
		high = low + step < high ? low + step : high;
	} else {
		for (high = near; high > step && time_at(t, high - step) > time; step *= 2)
			high -= step;
		low = high > step ? high - step : 0;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (time_at(t, middle) <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

_Static_assert(sizeof(struct history_hold) % sizeof(int64_t) == 0, "holds are whole words");

size_t hold_after(const struct history *h, const struct history_object *o, size_t near,
		  int64_t time)
{
	struct times t = {&h->hold[o->holds.first].released,
			  sizeof(struct history_hold) / sizeof(int64_t), o->holds.count};

	return time_after(t, near, time);
}

size_t release_after(const int64_t *released, size_t count, size_t near, int64_t time)
{
	return time_after((struct times){released, 1, count}, near, time);
}

/* The last release in (begin, end] by another thread; a reader was kept out by a writer. after:
 * the place of the first one after end. */
static const struct history_hold *last_release(const struct history *h, uint32_t object,
					       uint32_t thread, bool shared, int64_t begin,
					       size_t after)
{
	const struct range *r = &h->object[object].holds;
	const struct history_hold *found = NULL, *hold = h->hold + r->first;

	for (size_t i = after; i-- > 0 && after - i < LOOK_BACK && hold[i].released > begin;) {
		if (hold[i].thread == thread)
			continue;
		if (!found)
			found = &hold[i];
		if (!shared || !(hold[i].flags & HISTORY_SHARED))
			return &hold[i];
	}
	return found;
}

/* Released without our seeing it: between the call and the moment it began to block. */
static void woken_by_holder(const struct history *h, struct history_wait *w)
{
	if (w->holder == NOBODY || w->holder == w->thread)
		return;
	if (h->thread[w->holder].begin < w->end && h->thread[w->holder].end > w->begin)
		wait_woken_by(w, w->holder, h->thread[w->holder].end);
}

static void resolve_lock(struct history *h, const int64_t *released, struct history_wait *w,
			 size_t *near)
{
	const struct range *holds = &h->object[w->object].holds;
	const struct history_hold *r;

	*near = release_after(released + holds->first, holds->count, *near, w->end);
	r = last_release(h, w->object, w->thread, w->flags & HISTORY_SHARED, w->begin, *near);
	if (r)
		wait_woken_by(w, r->thread, r->released);
	else
		woken_by_holder(h, w);
}

/* A thread that was over before the call was not waited for. One whose end was not seen is over
 * when the call comes back. */
static void resolve_end(const struct history *h, struct history_wait *w)
{
	if (w->other != NOBODY && w->other != w->thread && h->thread[w->other].end > w->begin &&
	    h->thread[w->other].begin < w->end)
		wait_woken_by(w, w->other, h->thread[w->other].end);
}

static void prefetch(const struct history *h, const int64_t *released, const struct history_wait *w,
		     const size_t *near)
{
	const struct history_object *o = &h->object[w->object];
	size_t place;

	if (!history_is_held(o->family) || !o->holds.count)
		return;
	released += o->holds.first;
	place = guess((struct times){released, 1, o->holds.count}, near[w->object], w->end);
	__builtin_prefetch(&released[place]);
	__builtin_prefetch(&h->hold[o->holds.first + place]);
}

struct part {
	struct history *history;
	const int64_t *released;
	size_t first, end;
};

/* In the order of a thread's waits, so that the place among an object's releases moves forward. */
static void *resolve_alone(void *data)
{
	const struct part *part = data;
	struct history *h = part->history;
	size_t *near = memory_new(h->objects + 1, sizeof(*near));

	for (size_t i = part->first; i < part->end; i++) {
		struct history_wait *w = &h->wait[i];
		enum history_family family = h->object[w->object].family;
		if (i + AHEAD < part->end)
			prefetch(h, part->released, w + AHEAD, near);
		w->waker = NOBODY;
		w->woken = w->end;
		if (!wait_was_ended(w))
			continue;
		if (history_is_held(family))
			resolve_lock(h, part->released, w, &near[w->object]);
		else if (family == HISTORY_join || family == HISTORY_child)
			resolve_end(h, w);
	}
	free(near);
	return NULL;
}

/* Each wait by itself, in two halves. */
static void resolve_all_alone(struct history *h, const int64_t *released)
{
	size_t half = h->waits < MANY ? 0 : h->waits / 2;
	struct part one = {h, released, 0, half}, other = {h, released, half, h->waits};
	pthread_t thread;
	bool apart = half && pthread_create(&thread, NULL, resolve_alone, &one) == 0;

	resolve_alone(&other);
	if (apart)
		pthread_join(thread, NULL);
	else
		resolve_alone(&one);
}

static int64_t poll_step(const struct history_poll *p)
{
	return p->count > 1 ? (p->last - p->first) / (p->count - 1) : 0;
}

/* The release may lie after the last failure, before the try that succeeded. */
static void resolve_polls(struct history *h, const int64_t *released)
{
	for (size_t i = 0; i < h->polls; i++) {
		struct history_poll *p = &h->poll[i];
		const struct history_object *o = &h->object[p->object];
		size_t after = release_after(released + o->holds.first, o->holds.count, 0,
					     p->last + poll_step(p));
		const struct history_hold *r =
		    last_release(h, p->object, p->thread, false, p->first, after);
		p->waker = r ? r->thread : NOBODY;
		p->woken = r && r->released < p->last ? r->released : p->last;
	}
}

static bool is_matched(enum history_family family)
{
	return family == HISTORY_semaphore || family == HISTORY_condition ||
	       family == HISTORY_futex || family == HISTORY_barrier;
}

static void resolve_object(struct waiters *w, struct order *scratch)
{
	for (size_t i = 0; i < w->count; i++) {
		uint32_t index = w->by_begin[i].index;
		w->by_begin[i].time = w->history->wait[index].begin;
		w->by_end[i] = (struct order){w->history->wait[index].end, index};
	}
	order_sort(w->by_begin, w->count, scratch);
	order_sort(w->by_end, w->count, scratch);
	switch (w->history->object[w->object].family) {
	case HISTORY_semaphore:
		resolve_semaphore(w);
		break;
	case HISTORY_condition:
	case HISTORY_futex:
		resolve_condition(w);
		break;
	default:
		resolve_barrier(w);
		break;
	}
}

/* The waits of each object side by side: first[o] of the object, one more at the end. */
static struct order *list_waits(const struct history *h, size_t *first, size_t *most)
{
	struct order *list;
	size_t *next = memory_new(h->objects + 1, sizeof(*next));

	for (size_t i = 0; i < h->waits; i++)
		if (is_matched(h->object[h->wait[i].object].family))
			first[h->wait[i].object + 1]++;
	*most = 0;
	for (size_t o = 0; o < h->objects; o++) {
		if (first[o + 1] > *most)
			*most = first[o + 1];
		first[o + 1] += first[o];
		next[o] = first[o];
	}
	list = memory_new(first[h->objects] + 1, sizeof(*list));
	for (size_t i = 0; i < h->waits; i++)
		if (is_matched(h->object[h->wait[i].object].family))
			list[next[h->wait[i].object]++].index = (uint32_t)i;
	free(next);
	return list;
}

static void resolve_matched(struct history *h, const int64_t *released)
{
	size_t most, *first = memory_new(h->objects + 1, sizeof(*first));
	struct order *list = list_waits(h, first, &most);
	struct order *scratch = memory_new(2 * most + 1, sizeof(*scratch));

	for (uint32_t o = 0; o < h->objects; o++) {
		struct waiters w = {
		    h, released, o, list + first[o], scratch, first[o + 1] - first[o]};
		if (w.count)
			resolve_object(&w, scratch + most);
	}
	free(scratch);
	free(list);
	free(first);
}

void graph_resolve(struct history *h)
{
	int64_t *released = large_new(h->holds + 1, sizeof(*released));

	for (size_t i = 0; i < h->holds; i++)
		released[i] = h->hold[i].released;
	resolve_all_alone(h, released);
	resolve_matched(h, released);
	resolve_polls(h, released);
	free(released);
}
