/* Semaphores, conditions, barriers: one act ends one wait, or all that were there. */
#include "profiler/text.h"
#include "reports/graph/wakers.h"
#include <stdlib.h>

/* A post that was passed over may still be the one, when nothing newer is there: the thread had
 * its token, but came back only after another one had begun to wait. */
enum { LOOK_BACK = 64 };
/* From the end of a wait to the next one of a thread that only looked at the clock. */
#define LOOKS_AGAIN_NS 100000

struct posts {
	const struct history_hold *post;
	size_t count, next; /* those before next are used or passed over */
	unsigned char *used;
};

static void take(struct posts *p, size_t i, struct history_wait *w)
{
	p->used[i] = 1;
	if (p->post[i].thread != w->thread)
		wait_woken_by(w, p->post[i].thread, p->post[i].released);
}

static bool take_newer(struct posts *p, struct history_wait *w, int64_t empty)
{
	size_t i;

	while (p->next < p->count && p->post[p->next].released <= empty)
		p->next++;
	for (i = p->next; i < p->count && p->post[i].released <= w->end; i++) {
		if (p->used[i] || p->post[i].thread == w->thread)
			continue;
		take(p, i, w);
		while (p->next < p->count && p->used[p->next])
			p->next++;
		return true;
	}
	return false;
}

static void take_older(struct posts *p, struct history_wait *w)
{
	for (size_t i = p->next, steps = 0; i-- > 0 && steps < LOOK_BACK; steps++) {
		if (p->post[i].released <= w->begin)
			return;
		if (p->used[i] || p->post[i].released > w->end || p->post[i].thread == w->thread)
			continue;
		take(p, i, w);
		return;
	}
}

/*
 * Who begins to wait has found the semaphore at 0: all tokens posted before are taken, so what
 * ended a wait that goes on behind that moment was posted after it.
 */
void resolve_semaphore(const struct waiters *w)
{
	const struct history_object *o = &w->history->object[w->object];
	struct posts p = {w->history->hold + o->holds.first, o->holds.count, 0, NULL};
	size_t begun = 0;

	p.used = memory_new(p.count + 1, 1);
	for (size_t i = 0; i < w->count; i++) {
		struct history_wait *x = &w->history->wait[w->by_end[i].index];
		while (begun < w->count && w->by_begin[begun].time < x->end)
			begun++;
		if (!wait_was_ended(x))
			continue;
		if (!take_newer(&p, x, begun ? w->by_begin[begun - 1].time : x->begin))
			take_older(&p, x);
	}
	free(p.used);
}

struct signals {
	const struct history_wake *wake;
	uint32_t *left; /* how many each can still end */
	size_t *next; /* of each the next one with some left, perhaps: a path to it, made shorter */
	size_t count;
};

static size_t next_left(struct signals *s, size_t i)
{
	size_t end = i, next;

	while (end < s->count && !s->left[end])
		end = s->next[end];
	for (; i < end; i = next) {
		next = s->next[i];
		s->next[i] = end;
	}
	return end;
}

static size_t signal_after(const struct signals *s, int64_t time)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->wake[middle].time <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* It was woken, and then had to get the mutex back. */
static void after_its_mutex(const struct waiters *all, struct history_wait *w, size_t *near)
{
	const struct history *h = all->history;
	const struct range *holds;
	const struct history_hold *hold;

	if (w->other == NOTHING || w->waker == NOBODY)
		return;
	holds = &h->object[w->other].holds;
	hold = h->hold + holds->first;
	*near = release_after(all->released + holds->first, holds->count, *near, w->end);
	for (size_t i = *near, steps = 0; i-- > 0 && steps < LOOK_BACK; steps++) {
		if (hold[i].released <= w->woken)
			return;
		if (hold[i].thread == w->thread || !hold[i].waiters)
			continue;
		wait_woken_by(w, hold[i].thread, hold[i].released);
		return;
	}
}

/* It looked at the clock, not at what it waits for: it goes on waiting at once. */
static bool waits_on(const struct history *h, const struct history_wait *w)
{
	const struct range *r = &h->thread[w->thread].waits;
	const struct history_wait *next = w + 1;

	return w->flags & HISTORY_TIMED_OUT &&
	       (size_t)(next - h->wait) < (size_t)r->first + r->count &&
	       next->object == w->object && next->begin - w->end <= LOOKS_AGAIN_NS;
}

/* Waited for is what comes next, whoever it will be that it wakes. */
static void hang_on_next(const struct signals *s, const struct history *h, struct history_wait *w)
{
	size_t i = signal_after(s, w->begin);

	while (i < s->count && s->wake[i].thread == w->thread)
		i++;
	if (i < s->count && h->thread[s->wake[i].thread].begin < w->end)
		wait_woken_by(w, s->wake[i].thread, s->wake[i].time);
}

void resolve_condition(const struct waiters *w)
{
	const struct history *h = w->history;
	const struct range *r = &h->object[w->object].wakes;
	struct signals s = {.wake = h->wake + r->first, .count = r->count};
	size_t near = 0;

	s.left = memory_new(s.count + 1, sizeof(*s.left));
	s.next = memory_new(s.count + 1, sizeof(*s.next));
	for (size_t i = 0; i < s.count; i++) {
		s.left[i] = s.wake[i].count;
		s.next[i] = i + 1;
	}
	for (size_t i = 0; i < w->count; i++) {
		struct history_wait *x = &w->history->wait[w->by_end[i].index];
		size_t found;
		if (waits_on(h, x))
			hang_on_next(&s, h, x);
		if (!wait_was_ended(x))
			continue;
		found = next_left(&s, signal_after(&s, x->begin));
		if (found == s.count || s.wake[found].time > x->end ||
		    s.wake[found].thread == x->thread)
			continue;
		if (s.left[found] != UINT32_MAX)
			s.left[found]--;
		wait_woken_by(x, s.wake[found].thread, s.wake[found].time);
		after_its_mutex(w, x, &near);
	}
	free(s.left);
	free(s.next);
}

/* Those that came from `first` on are of one generation, which the last of them let go. That one
 * did not wait: what its call took it ran, or was kept from running. */
static void let_go(const struct waiters *w, size_t first, size_t end)
{
	struct history_wait *last = &w->history->wait[w->by_begin[end - 1].index];

	for (size_t i = first; i < end; i++) {
		struct history_wait *x = &w->history->wait[w->by_begin[i].index];
		if (x->thread != last->thread && wait_was_ended(x))
			wait_woken_by(x, last->thread, last->begin);
	}
	if (end - first > 1 && wait_was_ended(last))
		last->end = last->woken = last->begin;
}

/* A generation is full before the first of it comes back: who arrives later is of the next one. */
void resolve_barrier(const struct waiters *w)
{
	uint32_t *generation_of = memory_new(w->history->threads, sizeof(*generation_of));
	uint32_t generation = 1;
	int64_t first_back = INT64_MAX;
	size_t first = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct history_wait *x = &w->history->wait[w->by_begin[i].index];
		if (x->begin > first_back || generation_of[x->thread] == generation) {
			let_go(w, first, i);
			first = i;
			first_back = INT64_MAX;
			generation++;
		}
		generation_of[x->thread] = generation;
		if (x->end < first_back)
			first_back = x->end;
	}
	if (w->count)
		let_go(w, first, w->count);
	free(generation_of);
}
