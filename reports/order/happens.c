#include "reports/order/happens.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

#define REACH_BYTES (32u << 20) /* answers kept */

static void add_step(struct happens *s, uint32_t thread, int64_t time, uint32_t to, int64_t then)
{
	s->step = memory_grow(s->step, s->step_count + 1, sizeof(*s->step));
	s->step[s->step_count++] = (struct happens_step){time, then, thread, to};
}

static int by_step_thread(const void *a, const void *b)
{
	const struct happens_step *x = a, *y = b;

	return x->thread < y->thread ? -1 : x->thread > y->thread;
}

static bool is_join(const struct history *h, const struct history_wait *w)
{
	enum history_family f =
	    w->object < h->objects ? h->object[w->object].family : HISTORY_other;

	return (f == HISTORY_join || f == HISTORY_child) && w->other < h->threads &&
	       !(w->flags & (HISTORY_TIMED_OUT | HISTORY_CANCELLED | HISTORY_UNFINISHED));
}

static void find_steps(struct happens *s)
{
	const struct history *h = s->history;

	for (uint32_t i = 0; i < h->threads; i++) {
		const struct history_thread *t = &h->thread[i];
		if (t->parent < h->threads)
			add_step(s, t->parent, t->created ? t->created : t->begin, i, t->begin);
	}
	for (size_t i = 0; i < h->waits; i++) {
		const struct history_wait *w = &h->wait[i];
		if (is_join(h, w))
			add_step(s, w->other, h->thread[w->other].end, w->thread, w->end);
	}
	if (s->step_count)
		qsort(s->step, s->step_count, sizeof(*s->step), by_step_thread);
	for (size_t i = 0; i < s->step_count; i++) {
		struct range *r = &s->steps[s->step[i].thread];
		if (!r->count++)
			r->first = (uint32_t)i;
	}
}

/* Those that left a barrier together have the same waker at the same time; the last one to arrive
 * is that waker, and began then. */
static void find_visits(struct happens *s)
{
	const struct history *h = s->history;
	struct hash numbers;
	size_t room = 0;

	hash_init(&numbers, sizeof(uint32_t));
	for (size_t i = 0; i < h->waits; i++) {
		const struct history_wait *w = &h->wait[i];
		bool fresh;
		if (w->object >= h->objects || h->object[w->object].family != HISTORY_barrier)
			continue;
		int64_t opened = w->waker == NOBODY ? w->begin : w->woken;
		uint32_t *number =
		    hash_put(&numbers, (uint64_t)w->object + 1, (uint64_t)opened, &fresh);
		if (fresh)
			*number = (uint32_t)s->generations++;
		if (s->visit_count == room) {
			room = room ? 2 * room : 256;
			s->visit = memory_grow(s->visit, room, sizeof(*s->visit));
		}
		if (!s->visits[w->thread].count++)
			s->visits[w->thread].first = (uint32_t)s->visit_count;
		s->visit[s->visit_count++] =
		    (struct happens_visit){w->begin, w->end, w->thread, *number};
	}
	hash_free(&numbers);
}

static void group_visits(struct happens *s)
{
	s->generation = memory_new(s->generations + 1, sizeof(*s->generation));
	s->member = memory_new(s->visit_count + 1, sizeof(*s->member));
	for (size_t i = 0; i < s->visit_count; i++)
		s->generation[s->visit[i].generation].count++;
	for (size_t g = 0, first = 0; g < s->generations; g++) {
		s->generation[g].first = (uint32_t)first;
		first += s->generation[g].count;
		s->generation[g].count = 0;
	}
	for (size_t i = 0; i < s->visit_count; i++) {
		struct range *g = &s->generation[s->visit[i].generation];
		s->member[g->first + g->count++] = (uint32_t)i;
	}
}

void happens_open(struct happens *s, const struct history *h)
{
	*s = (struct happens){.history = h};
	s->steps = memory_new(h->threads + 1, sizeof(*s->steps));
	s->visits = memory_new(h->threads + 1, sizeof(*s->visits));
	s->queue = memory_new(h->threads + 1, sizeof(*s->queue));
	s->queued = memory_new(h->threads + 1, 1);
	find_steps(s);
	find_visits(s);
	group_visits(s);
	s->seen = memory_new(s->generations + 1, 1);
	hash_init(&s->reached, sizeof(uint32_t));
}

void happens_close(struct happens *s)
{
	free(s->step);
	free(s->visit);
	free(s->member);
	free(s->steps);
	free(s->visits);
	free(s->generation);
	hash_free(&s->reached);
	free(s->reach);
	free(s->queue);
	free(s->queued);
	free(s->seen);
	*s = (struct happens){0};
}

struct search {
	struct happens *happens;
	int64_t *reach;
	size_t head, tail; /* of the queue, a ring as long as there are threads */
};

static void lower(struct search *x, uint32_t thread, int64_t time)
{
	struct happens *s = x->happens;

	if (x->reach[thread] <= time)
		return;
	x->reach[thread] = time;
	if (!s->queued[thread])
		s->queue[x->tail++ % s->history->threads] = thread;
	s->queued[thread] = 1;
}

static void follow(struct search *x, uint32_t thread)
{
	const struct happens *s = x->happens;
	const struct range steps = s->steps[thread], visits = s->visits[thread];
	int64_t since = x->reach[thread];

	for (uint32_t i = steps.first; i < steps.first + steps.count; i++)
		if (s->step[i].time >= since)
			lower(x, s->step[i].to, s->step[i].then);
	for (uint32_t i = visits.first; i < visits.first + visits.count; i++) {
		const struct range g = s->generation[s->visit[i].generation];
		if (s->visit[i].begin < since || s->seen[s->visit[i].generation])
			continue;
		s->seen[s->visit[i].generation] = 1;
		for (uint32_t m = g.first; m < g.first + g.count; m++)
			lower(x, s->visit[s->member[m]].thread, s->visit[s->member[m]].end);
	}
}

static void search(struct happens *s, int64_t *reach, uint32_t thread, int64_t then)
{
	struct search x = {.happens = s, .reach = reach};

	for (size_t i = 0; i < s->history->threads; i++)
		reach[i] = INT64_MAX;
	memset(s->seen, 0, s->generations);
	lower(&x, thread, then);
	while (x.head < x.tail) {
		uint32_t next = s->queue[x.head++ % s->history->threads];
		s->queued[next] = 0;
		follow(&x, next);
	}
}

static const int64_t *reach_from(struct happens *s, uint32_t thread, int64_t then)
{
	size_t threads = s->history->threads, most = REACH_BYTES / sizeof(int64_t) / threads + 1;
	bool fresh;
	uint32_t *number;

	if (s->reach_count == most) {
		hash_clear(&s->reached);
		s->reach_count = 0;
	}
	number = hash_put(&s->reached, (uint64_t)thread + 1, (uint64_t)then, &fresh);
	if (!fresh)
		return s->reach + *number * threads;
	*number = s->reach_count++;
	s->reach = memory_grow(s->reach, s->reach_count * threads, sizeof(*s->reach));
	search(s, s->reach + *number * threads, thread, then);
	return s->reach + *number * threads;
}

bool happens_before(struct happens *s, uint32_t a, int64_t then, uint32_t b, int64_t that)
{
	return a == b ? then <= that : reach_from(s, a, then)[b] <= that;
}
