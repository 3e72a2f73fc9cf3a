#include "reports/path/act.h"
#include "profiler/text.h"
#include "reports/graph/wakers.h"
#include <stdlib.h>

void act_search_begin(struct act_search *a, const struct history *h)
{
	a->history = h;
	a->near = memory_new(h->objects + 1, sizeof(*a->near));
}

void act_search_end(struct act_search *a)
{
	free(a->near);
}

static uint32_t release_stack(struct act_search *a, uint32_t object, struct act act)
{
	const struct history_object *o = &a->history->object[object];
	const struct history_hold *hold = a->history->hold + o->holds.first;
	size_t after = hold_after(a->history, o, a->near[object], act.time);

	a->near[object] = (uint32_t)after;
	while (after-- > 0 && hold[after].released == act.time)
		if (hold[after].thread == act.thread)
			return hold[after].stack;
	return 0;
}

static uint32_t wake_stack(const struct history *h, uint32_t object, struct act act)
{
	const struct range *r = &h->object[object].wakes;
	const struct history_wake *wake = h->wake + r->first;
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (wake[middle].time <= act.time)
			low = middle + 1;
		else
			high = middle;
	}
	while (low-- > 0 && wake[low].time == act.time)
		if (wake[low].thread == act.thread)
			return wake[low].stack;
	return 0;
}

static uint32_t stack_of_wait(struct act_search *a, const struct history_wait *w)
{
	const struct history *h = a->history;
	struct act act = {w->woken, w->waker};
	uint32_t stack;

	switch (h->object[w->object].family) {
	case HISTORY_mutex:
	case HISTORY_rwlock:
	case HISTORY_spin:
	case HISTORY_semaphore:
	case HISTORY_once:
	case HISTORY_gil:
		return release_stack(a, w->object, act);
	case HISTORY_condition:
		stack = wake_stack(h, w->object, act);
		return stack || w->other == NOTHING ? stack : release_stack(a, w->other, act);
	case HISTORY_futex:
		return wake_stack(h, w->object, act);
	default:
		return 0;
	}
}

uint32_t act_stack(struct act_search *a, const struct precedence *p, const struct stop *s)
{
	if (stop_wait(p, s))
		return stack_of_wait(a, stop_wait(p, s));
	if (stop_is_begin(p, s))
		return a->history->thread[s->thread].stack;
	return release_stack(a, stop_poll(p, s)->object, (struct act){s->time, s->waker});
}
