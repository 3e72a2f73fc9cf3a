#include "reports/path/precedence.h"
#include "profiler/message.h"
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

static struct act *find_origins(struct precedence *p)
{
	const struct history *h = p->history;
	struct elder *elder = list_elders(h);
	struct act *origin = memory_new(h->threads + 1, sizeof(*origin));

	for (size_t i = 0; i < h->threads; i++) {
		const struct history_thread *t = &h->thread[i];
		int64_t created = t->created > 0 && t->created < t->begin ? t->created : t->begin;
		if (t->parent != NOBODY && t->parent != i && alive(h, t->parent, created))
			origin[i] = (struct act){created, t->parent};
		else
			origin[i] = elder_at(h, elder, t->begin);
	}
	p->last = elder_at(h, elder, INT64_MAX);
	free(elder);
	return origin;
}

/* Whether an act of that thread ended what the other one did since begin. */
static bool is_act(const struct history *h, struct act act, uint32_t other, int64_t begin,
		   int64_t end)
{
	return act.thread != NOBODY && act.thread != other && begin < act.time && act.time <= end &&
	       alive(h, act.thread, act.time);
}

static bool is_stop(const struct history *h, const struct history_wait *w)
{
	return is_act(h, (struct act){w->woken, w->waker}, w->thread, w->begin, w->end);
}

static bool is_poll_stop(const struct history *h, const struct history_poll *q)
{
	return history_is_polling(q) &&
	       is_act(h, (struct act){q->woken, q->waker}, q->thread, q->first, q->last);
}

/* The stops of one thread that are still to come. */
struct line {
	uint32_t wait, wait_end, poll, poll_end;
	struct stop next; /* time MERGE_END: none */
};

static uint32_t cut_time(int64_t ns)
{
	return ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
}

static void step_to_wait(const struct history *h, struct line *l)
{
	const struct history_wait *w = &h->wait[l->wait];

	l->next = (struct stop){w->woken,  w->thread, w->waker, cut_time(w->woken - w->begin),
				l->wait++, 0};
	__builtin_prefetch(w + 3); /* of many threads, one after the other */
}

static void step_to_poll(const struct history *h, struct line *l)
{
	const struct history_poll *q = &h->poll[l->poll];

	l->next = (struct stop){q->woken,
				q->thread,
				q->waker,
				cut_time(q->woken - q->first),
				stop_of_poll(h, l->poll++),
				0};
}

/* Moves to the next stop. Acts are in the order of a thread's waits: each lies in its own. */
static void step(const struct history *h, struct line *l)
{
	while (l->wait < l->wait_end && !is_stop(h, &h->wait[l->wait]))
		l->wait++;
	while (l->poll < l->poll_end && !is_poll_stop(h, &h->poll[l->poll]))
		l->poll++;
	if (l->poll < l->poll_end &&
	    (l->wait == l->wait_end || h->poll[l->poll].woken < h->wait[l->wait].woken))
		step_to_poll(h, l);
	else if (l->wait < l->wait_end)
		step_to_wait(h, l);
	else
		l->next.time = MERGE_END;
}

static struct line line_of(const struct history *h, uint32_t thread, struct act origin)
{
	const struct history_thread *t = &h->thread[thread];

	return (struct line){
	    .wait = t->waits.first,
	    .wait_end = t->waits.first + t->waits.count,
	    .poll = t->polls.first,
	    .poll_end = t->polls.first + t->polls.count,
	    .next = {origin.time, thread, origin.thread, 0, stop_of_begin(h, thread), 0}};
}

static void order_stops(struct precedence *p, const struct act *origin)
{
	const struct history *h = p->history;
	struct line *line = memory_new(h->threads + 1, sizeof(*line));
	struct ties ties;
	struct merge m;
	int64_t time = INT64_MIN;

	ties_begin(&ties, p);
	merge_begin(&m, (uint32_t)h->threads);
	for (uint32_t i = 0; i < h->threads; i++) {
		line[i] = line_of(h, i, origin[i]);
		merge_put(&m, i, line[i].next.time);
	}
	for (merge_ready(&m); merge_time(&m) < MERGE_END;) {
		struct line *l = &line[merge_list(&m)];
		if (merge_time(&m) != time)
			ties_settle(&ties);
		time = merge_time(&m);
		p->stop[p->count++] = l->next;
		step(h, l);
		merge_next(&m, l->next.time);
	}
	ties_settle(&ties);
	ties_free(&ties);
	merge_free(&m);
	free(line);
}

void precedence_make(struct precedence *p, const struct history *h)
{
	size_t most = h->waits + h->polls + h->threads;
	struct act *origin;

	if (most > STOPS_MOST)
		die(STATUS_FAILED,
		    "the recording has %zu waits: too many to find its critical path", most);
	*p = (struct precedence){.history = h};
	origin = find_origins(p);
	/* Pages that are not used take no memory. */
	p->stop = memory_new(most + 1, sizeof(*p->stop));
	order_stops(p, origin);
	free(origin);
}

void precedence_free(struct precedence *p)
{
	free(p->stop);
	*p = (struct precedence){0};
}
