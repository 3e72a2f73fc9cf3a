#include "reports/replay/serial.h"
#include "profiler/text.h"
#include <stdlib.h>

struct collecting {
	struct serial_changes *to;
	const struct history *history;
	int64_t from, until;
};

static void add(struct collecting *c, int64_t time, uint32_t thread, bool begins)
{
	time = time < c->from ? c->from : time > c->until ? c->until : time;
	c->to->change[c->to->count++] = (struct order){time, 2 * thread + begins};
}

/* Of the number of threads in progress. */
static int step(const struct order *change)
{
	return change->index & 1 ? 1 : -1;
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

static bool stops_work(const struct history *h, const struct history_wait *w)
{
	return stops_running(h, w) && h->object[w->object].use != USE_LOCK;
}

static void add_thread(struct collecting *c, uint32_t thread, stop *stops)
{
	const struct history *h = c->history;
	const struct history_thread *t = &h->thread[thread];
	uint32_t i = history_wait_behind(h, &t->waits, c->from);
	if (t->end <= c->from || t->begin >= c->until)
		return;
	add(c, t->begin, thread, true);
	for (; i < t->waits.first + t->waits.count && h->wait[i].begin < c->until; i++) {
		const struct history_wait *w = &h->wait[i];
		if (!stops(h, w) || w->end <= w->begin)
			continue;
		add(c, w->begin, thread, false);
		add(c, w->end, thread, true);
	}
	add(c, t->end, thread, false);
}

/* At most so many. */
static size_t count_changes(const struct collecting *c)
{
	const struct history *h = c->history;
	size_t n = 2 * h->threads + 1;
	for (uint32_t t = 0; t < h->threads; t++) {
		const struct range *r = &h->thread[t].waits;
		uint32_t first = history_wait_behind(h, r, c->from),
			 last = history_wait_behind(h, r, c->until);
		n += 2 * (size_t)(last - first + 1);
	}
	return n;
}

static void collect(struct serial_changes *to, const struct history *h, int64_t from, int64_t until,
		    stop *stops)
{
	struct collecting c = {to, h, from, until};
	size_t room = count_changes(&c);
	*to = (struct serial_changes){.change = memory_new(room, sizeof(*to->change))};
	struct order *scratch = memory_new(room, sizeof(*scratch));
	for (uint32_t t = 0; t < h->threads; t++)
		add_thread(&c, t, stops);
	order_sort(to->change, to->count, scratch);
	free(scratch);
}

void serial_changes_find(struct serial_changes *c, const struct history *h, int64_t from,
			 int64_t to)
{
	collect(c, h, from, to, stops_progress);
}

void serial_changes_running(struct serial_changes *c, const struct history *h, int64_t from,
			    int64_t to)
{
	collect(c, h, from, to, stops_running);
}

void serial_changes_with_work(struct serial_changes *c, const struct history *h, int64_t from,
			      int64_t to)
{
	collect(c, h, from, to, stops_work);
}

void serial_changes_free(struct serial_changes *c)
{
	free(c->change);
	*c = (struct serial_changes){0};
}

/* Counts the phases, or writes them. The number of threads in progress and the sum of their
 * indexes: when there is one, the sum is its index. */
static void sweep(const struct serial_changes *c, struct serial *s, bool counting)
{
	int64_t running = 0, sum = 0;
	for (size_t i = 0; i < c->count; i++) {
		const struct order *x = &c->change[i];
		running += step(x);
		sum += step(x) * (int64_t)(x->index / 2);
		int64_t end = i + 1 < c->count ? x[1].time : x->time;
		if (running != 1 || end <= x->time)
			continue;
		struct range *r = &s->of_thread[sum];
		if (counting)
			r->count++;
		else if (r->count && s->phase[r->first + r->count - 1].end == x->time)
			s->phase[r->first + r->count - 1].end = end;
		else
			s->phase[r->first + r->count++] = (struct phase){x->time, end};
	}
}

void serial_find(struct serial *s, const struct serial_changes *c, size_t threads)
{
	*s = (struct serial){.of_thread = memory_new(threads + 1, sizeof(*s->of_thread))};
	sweep(c, s, true);
	for (size_t t = 0; t < threads; t++) {
		s->of_thread[t].first = (uint32_t)s->count;
		s->count += s->of_thread[t].count;
		s->of_thread[t].count = 0;
	}
	s->phase = memory_new(s->count + 1, sizeof(*s->phase));
	sweep(c, s, false);
}

/* The first of them that ends behind that time. */
static size_t phase_behind(const struct phase *phase, size_t count, int64_t time)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (phase[middle].end <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What is left of one phase; returns behind the last. */
static struct phase *leave_out(struct phase *to, struct phase p, const struct phase *out,
			       size_t count)
{
	for (size_t i = phase_behind(out, count, p.begin); i < count && out[i].begin < p.end; i++) {
		if (out[i].begin > p.begin)
			*to++ = (struct phase){p.begin, out[i].begin};
		p.begin = out[i].end;
	}
	if (p.begin < p.end)
		*to++ = p;
	return to;
}

void serial_leave_out(struct serial *s, size_t threads, const struct phase *out, size_t count)
{
	/* phases of all threads are apart: each time that is left out splits one at most */
	struct phase *left = memory_new(s->count + count + 1, sizeof(*left)), *to = left;
	for (size_t t = 0; t < threads; t++) {
		struct range *r = &s->of_thread[t];
		struct phase *first = to;
		for (uint32_t i = r->first; i < r->first + r->count; i++)
			to = leave_out(to, s->phase[i], out, count);
		*r = (struct range){(uint32_t)(first - left), (uint32_t)(to - first)};
	}
	free(s->phase);
	s->phase = left;
	s->count = (size_t)(to - left);
}

void serial_free(struct serial *s)
{
	free(s->phase);
	free(s->of_thread);
	*s = (struct serial){0};
}

double serial_capacity(const struct serial_changes *c, int cores)
{
	double sum = 0;
	int64_t running = 0;
	for (size_t i = 0; i + 1 < c->count; i++) {
		running += step(&c->change[i]);
		sum += (double)(running < cores ? running : cores) *
		       (double)(c->change[i + 1].time - c->change[i].time);
	}
	return sum;
}

struct phase *serial_counted(const struct serial_changes *c, int64_t least, int64_t most,
			     size_t *count)
{
	struct phase *phase = memory_new(c->count + 1, sizeof(*phase));
	int64_t running = 0;
	*count = 0;
	for (size_t i = 0; i + 1 < c->count; i++) {
		running += step(&c->change[i]);
		int64_t begin = c->change[i].time, end = c->change[i + 1].time;
		if (running < least || running > most || end <= begin)
			continue;
		if (*count && phase[*count - 1].end == begin)
			phase[*count - 1].end = end;
		else
			phase[(*count)++] = (struct phase){begin, end};
	}
	return phase;
}
