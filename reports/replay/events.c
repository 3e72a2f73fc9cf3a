/* Which signal, post or other act of a thread ended a wait. In a replay the act is an event: it
 * ends that wait whenever it comes, also before the wait has begun. */
#include "reports/replay/marks.h"
#include "profiler/order.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

/* Acts on one object, and the waits they ended. */
struct act {
	int64_t time;
	uint32_t thread, stack;
	uint32_t left;	/* waits it can still end */
	uint32_t event; /* NO_EVENT: ended none yet */
};

static struct act *acts_of(const struct history *h, const struct history_object *o, int64_t from,
			   int64_t to, size_t *count)
{
	struct act *act = memory_new(o->holds.count + o->wakes.count + 1, sizeof(*act));
	*count = 0;
	for (uint32_t i = 0; i < o->wakes.count; i++) {
		const struct history_wake *w = &h->wake[o->wakes.first + i];
		if (w->time < from || w->time > to)
			continue;
		act[(*count)++] =
		    (struct act){w->time, w->thread, w->stack, w->count ? w->count : 1, NO_EVENT};
	}
	for (uint32_t i = 0; i < o->holds.count && o->family == HISTORY_semaphore; i++) {
		const struct history_hold *x = &h->hold[o->holds.first + i];
		if (!x->acquired && x->released >= from && x->released <= to)
			act[(*count)++] =
			    (struct act){x->released, x->thread, x->stack, 1, NO_EVENT};
	}
	return act;
}

static bool is_ended_by_others(const struct history_wait *w)
{
	return !(w->flags & (HISTORY_TIMED_OUT | HISTORY_CANCELLED | HISTORY_UNFINISHED));
}

static void end_wait(struct marks *m, uint32_t wait, struct act *a)
{
	const struct history_object *o = &m->history->object[m->history->wait[wait].object];
	if (a->event == NO_EVENT && a->time < m->from) {
		a->event = PAST_EVENT;
	} else if (a->event == NO_EVENT) {
		struct mark *mark =
		    marks_add(m, MARK_FIRE, a->thread, a->time, (uint32_t)(o - m->history->object));
		mark->event = a->event = m->events++;
		mark->stack = a->stack;
	}
	if (a->left != UINT32_MAX)
		a->left--;
	m->wait_event[wait] = a->event;
}

/* The oldest act in (begin, end] that can end one more. Acts before `first` cannot. */
static void match(struct marks *m, uint32_t wait, struct act *act, size_t count, size_t *first)
{
	const struct history_wait *w = &m->history->wait[wait];
	while (*first < count && !act[*first].left)
		++*first;
	size_t low = *first, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (act[middle].time <= w->begin)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && act[low].time <= w->end; low++)
		if (act[low].left && act[low].thread != w->thread) {
			end_wait(m, wait, &act[low]);
			return;
		}
}

/* No signal was seen, but the graph knows who. */
static void use_waker(struct marks *m, uint32_t wait)
{
	const struct history_wait *w = &m->history->wait[wait];
	struct act act = {w->woken, w->waker, 0, 1, NO_EVENT};
	if (m->wait_event[wait] == NO_EVENT && w->waker != NOBODY)
		end_wait(m, wait, &act);
}

static bool needs_event(const struct history_object *o)
{
	if (history_is_counted_lock(o))
		return false;
	return o->family == HISTORY_condition || o->family == HISTORY_semaphore ||
	       o->family == HISTORY_futex || o->family == HISTORY_once ||
	       o->family == HISTORY_other;
}

static void match_object(struct marks *m, uint32_t object, const struct order *wait, size_t waits)
{
	const struct history_object *o = &m->history->object[object];
	size_t count, first = 0;
	int64_t from = m->from;
	for (size_t i = 0; i < waits; i++)
		if (m->history->wait[wait[i].index].begin < from)
			from = m->history->wait[wait[i].index].begin;
	struct act *act = acts_of(m->history, o, from, m->to, &count);
	for (size_t i = 0; i < waits; i++) {
		if (!is_ended_by_others(&m->history->wait[wait[i].index]))
			continue;
		match(m, wait[i].index, act, count, &first);
		use_waker(m, wait[i].index);
	}
	free(act);
}

static bool is_wanted(const struct marks *m, const struct history_wait *w)
{
	return needs_event(&m->history->object[w->object]);
}

/* The waits that need one, by object, there in order of their end. */
void marks_add_events(struct marks *m)
{
	const struct history *h = m->history;
	size_t *first = memory_new(h->objects + 2, sizeof(*first));
	struct order *wait, *scratch;
	for (size_t i = 0; i < m->waits; i++)
		if (is_wanted(m, &h->wait[m->wait[i]]))
			first[h->wait[m->wait[i]].object + 2]++;
	for (size_t o = 2; o < h->objects + 2; o++)
		first[o] += first[o - 1];
	wait = memory_new(first[h->objects + 1] + 1, sizeof(*wait));
	scratch = memory_new(first[h->objects + 1] + 1, sizeof(*scratch));
	for (size_t i = 0; i < m->waits; i++) {
		const struct history_wait *w = &h->wait[m->wait[i]];
		if (is_wanted(m, w))
			wait[first[w->object + 1]++] = (struct order){w->end, m->wait[i]};
	}
	for (uint32_t o = 0; o < h->objects; o++) {
		size_t count = first[o + 1] - first[o];
		if (!count)
			continue;
		order_sort(wait + first[o], count, scratch);
		match_object(m, o, wait + first[o], count);
	}
	free(first);
	free(wait);
	free(scratch);
}
