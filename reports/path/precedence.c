#include "reports/path/precedence.h"
#include "profiler/order.h"
#include "profiler/text.h"
#include "reports/path/merge.h"
#include "reports/path/ties.h"
#include <stdlib.h>

static bool alive(const struct history *h, uint32_t thread, int64_t time)
{
	return h->thread[thread].begin < time && time <= h->thread[thread].end;
}

/* Threads in order of begin; of each the one that ends last among it and those before. */
struct elder {
	int64_t begin;
	uint32_t last;
};

static struct elder *list_elders(const struct history *h)
{
	struct elder *elder = memory_new(h->threads + 1, sizeof(*elder));
	struct order *by_begin = memory_new(2 * h->threads + 1, sizeof(*by_begin));

	for (size_t i = 0; i < h->threads; i++)
		by_begin[i] = (struct order){h->thread[i].begin, (uint32_t)i};
	order_sort(by_begin, h->threads, by_begin + h->threads);
	for (size_t i = 0; i < h->threads; i++) {
		uint32_t last = i ? elder[i - 1].last : by_begin[i].index;
		if (h->thread[by_begin[i].index].end > h->thread[last].end)
			last = by_begin[i].index;
		elder[i] = (struct elder){by_begin[i].time, last};
	}
	free(by_begin);
	return elder;
}

/* The thread that ended last of those that began before a time, and when, though not behind it. */
static struct act elder_at(const struct history *h, const struct elder *elder, int64_t time)
{
	size_t low = 0, high = h->threads;
	struct act a = {0, NOBODY};

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (elder[middle].begin < time)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return a;
	a.thread = elder[low - 1].last;
	a.time = h->thread[a.thread].end < time ? h->thread[a.thread].end : time;
	return a;
}

static void find_origins(struct precedence *p)
{
	const struct history *h = p->history;
	struct elder *elder = list_elders(h);

	for (size_t i = 0; i < h->threads; i++) {
		const struct history_thread *t = &h->thread[i];
		int64_t created = t->created > 0 && t->created < t->begin ? t->created : t->begin;
		if (t->parent != NOBODY && t->parent != i && alive(h, t->parent, created))
			p->origin[i] = (struct act){created, t->parent};
		else
			p->origin[i] = elder_at(h, elder, t->begin);
	}
	p->last = elder_at(h, elder, INT64_MAX);
	free(elder);
}

static bool is_caused(const struct history *h, uint32_t thread, int64_t begin, int64_t end,
		      struct act cause)
{
	return cause.thread != NOBODY && cause.thread != thread && begin < cause.time &&
	       cause.time <= end && alive(h, cause.thread, cause.time);
}

static void mark_stops(struct precedence *p)
{
	const struct history *h = p->history;
	unsigned char *mark = p->mark;

	for (size_t i = 0; i < h->waits; i++) {
		const struct history_wait *w = &h->wait[i];
		*mark++ =
		    is_caused(h, w->thread, w->begin, w->end, (struct act){w->woken, w->waker});
	}
	for (size_t i = 0; i < h->polls; i++) {
		const struct history_poll *q = &h->poll[i];
		*mark++ = history_is_polling(q) && is_caused(h, q->thread, q->first, q->last,
							     (struct act){q->woken, q->waker});
	}
}

/* The stops of one thread that are still to come. */
struct line {
	uint32_t wait, wait_end, poll, poll_end;
	uint32_t next;
};

/* Moves to the next stop; its time. Causes are in the order of a thread's waits: each lies in its
 * own. */
static int64_t step(const struct precedence *p, struct line *l)
{
	const struct history *h = p->history;

	while (l->wait < l->wait_end && !p->mark[l->wait])
		l->wait++;
	while (l->poll < l->poll_end && !p->mark[stop_of_poll(h, l->poll)])
		l->poll++;
	if (l->poll < l->poll_end &&
	    (l->wait == l->wait_end || h->poll[l->poll].woken < h->wait[l->wait].woken)) {
		l->next = stop_of_poll(h, l->poll);
		return h->poll[l->poll++].woken;
	}
	if (l->wait == l->wait_end)
		return MERGE_END;
	l->next = l->wait;
	return h->wait[l->wait++].woken;
}

static int64_t first_step(const struct precedence *p, uint32_t thread, struct line *l)
{
	const struct history_thread *t = &p->history->thread[thread];

	*l = (struct line){.wait = t->waits.first,
			   .wait_end = t->waits.first + t->waits.count,
			   .poll = t->polls.first,
			   .poll_end = t->polls.first + t->polls.count,
			   .next = stop_of_begin(p->history, thread)};
	return p->origin[thread].thread == NOBODY ? step(p, l) : p->origin[thread].time;
}

static void order_stops(struct precedence *p)
{
	const struct history *h = p->history;
	struct line *line = memory_new(h->threads + 1, sizeof(*line));
	struct ties ties;
	struct merge m;
	int64_t time = INT64_MIN;

	ties_begin(&ties, p);
	merge_begin(&m, (uint32_t)h->threads);
	for (uint32_t i = 0; i < h->threads; i++)
		merge_put(&m, i, first_step(p, i, &line[i]));
	for (merge_ready(&m); merge_time(&m) < MERGE_END;) {
		struct line *l = &line[merge_list(&m)];
		if (merge_time(&m) != time)
			ties_settle(&ties);
		time = merge_time(&m);
		p->order[p->count++] = l->next;
		merge_next(&m, step(p, l));
	}
	ties_settle(&ties);
	ties_free(&ties);
	merge_free(&m);
	free(line);
}

static size_t most_stops(const struct precedence *p)
{
	const struct history *h = p->history;
	size_t count = h->threads;

	for (size_t i = 0; i < h->waits + h->polls; i++)
		count += p->mark[i];
	return count;
}

void precedence_make(struct precedence *p, const struct history *h)
{
	*p = (struct precedence){.history = h};
	p->origin = memory_new(h->threads + 1, sizeof(*p->origin));
	p->mark = memory_new(h->waits + h->polls + 1, 1);
	find_origins(p);
	mark_stops(p);
	p->order = memory_new(most_stops(p) + 1, sizeof(*p->order));
	order_stops(p);
}

void precedence_free(struct precedence *p)
{
	free(p->origin);
	free(p->mark);
	free(p->order);
	*p = (struct precedence){0};
}
