#include "reports/replay/serial.h"
#include "profiler/order.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

/* A thread begins or stops to make progress. */
struct change {
	uint32_t thread;
	bool begins;
};

struct changes {
	int64_t from, to;
	struct change *change;
	struct order *order;
	size_t count;
};

static void add(struct changes *c, int64_t time, uint32_t thread, bool begins)
{
	time = time < c->from ? c->from : time > c->to ? c->to : time;
	c->order[c->count] = (struct order){time, (uint32_t)c->count};
	c->change[c->count++] = (struct change){thread, begins};
}

typedef bool stop(const struct history *, const struct history_wait *);

static bool stops_progress(const struct history *h, const struct history_wait *w)
{
	enum history_use use = h->object[w->object].use;
	return use == USE_LOCK || use == USE_IDLE || use == USE_PHASE;
}

static bool stops_running(const struct history *h, const struct history_wait *w)
{
	return h->object[w->object].family != HISTORY_spin;
}

/* Its first wait that ends behind a time. */
static uint32_t wait_behind(const struct history *h, const struct range *r, int64_t time)
{
	uint32_t low = r->first, high = r->first + r->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (h->wait[middle].end <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_thread(struct changes *c, const struct history *h, uint32_t thread, stop *stops)
{
	const struct history_thread *t = &h->thread[thread];
	uint32_t i = wait_behind(h, &t->waits, c->from);
	if (t->end <= c->from || t->begin >= c->to)
		return;
	add(c, t->begin, thread, true);
	for (; i < t->waits.first + t->waits.count && h->wait[i].begin < c->to; i++) {
		const struct history_wait *w = &h->wait[i];
		if (!stops(h, w) || w->end <= w->begin)
			continue;
		add(c, w->begin, thread, false);
		add(c, w->end, thread, true);
	}
	add(c, t->end, thread, false);
}

/* At most so many. */
static size_t count_changes(const struct changes *c, const struct history *h)
{
	size_t n = 2 * h->threads + 1;
	for (uint32_t t = 0; t < h->threads; t++) {
		const struct range *r = &h->thread[t].waits;
		uint32_t first = wait_behind(h, r, c->from), last = wait_behind(h, r, c->to);
		n += 2 * (size_t)(last - first + 1);
	}
	return n;
}

static void collect(struct changes *c, const struct history *h, int64_t from, int64_t to,
		    stop *stops)
{
	*c = (struct changes){.from = from, .to = to};
	size_t room = count_changes(c, h);
	c->change = memory_new(room, sizeof(*c->change));
	c->order = memory_new(room, sizeof(*c->order));
	struct order *scratch = memory_new(room, sizeof(*scratch));
	for (uint32_t t = 0; t < h->threads; t++)
		add_thread(c, h, t, stops);
	order_sort(c->order, c->count, scratch);
	free(scratch);
}

/* Counts the phases, or writes them. The number of threads in progress and the sum of their
 * indexes: when there is one, the sum is its index. */
static void sweep(const struct changes *c, struct serial *s, bool counting)
{
	int64_t running = 0, sum = 0;
	for (size_t i = 0; i < c->count; i++) {
		const struct change *x = &c->change[c->order[i].index];
		int64_t begin = c->order[i].time;
		running += x->begins ? 1 : -1;
		sum += x->begins ? x->thread : -(int64_t)x->thread;
		int64_t end = i + 1 < c->count ? c->order[i + 1].time : begin;
		if (running != 1 || end <= begin)
			continue;
		struct range *r = &s->of_thread[sum];
		if (counting)
			r->count++;
		else if (r->count && s->phase[r->first + r->count - 1].end == begin)
			s->phase[r->first + r->count - 1].end = end;
		else
			s->phase[r->first + r->count++] = (struct phase){begin, end};
	}
}

void serial_find(struct serial *s, const struct history *h, int64_t from, int64_t to)
{
	struct changes c;
	collect(&c, h, from, to, stops_progress);
	*s = (struct serial){.of_thread = memory_new(h->threads + 1, sizeof(*s->of_thread))};
	sweep(&c, s, true);
	for (size_t t = 0; t < h->threads; t++) {
		s->of_thread[t].first = (uint32_t)s->count;
		s->count += s->of_thread[t].count;
		s->of_thread[t].count = 0;
	}
	s->phase = memory_new(s->count + 1, sizeof(*s->phase));
	sweep(&c, s, false);
	free(c.change);
	free(c.order);
}

void serial_free(struct serial *s)
{
	free(s->phase);
	free(s->of_thread);
	*s = (struct serial){0};
}

double serial_capacity(const struct history *h, int64_t from, int64_t to, int cores)
{
	struct changes c;
	double sum = 0;
	int64_t running = 0;
	collect(&c, h, from, to, stops_running);
	for (size_t i = 0; i + 1 < c.count; i++) {
		running += c.change[c.order[i].index].begins ? 1 : -1;
		sum += (double)(running < cores ? running : cores) *
		       (double)(c.order[i + 1].time - c.order[i].time);
	}
	free(c.change);
	free(c.order);
	return sum;
}
