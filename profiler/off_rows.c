#include "profiler/off_rows.h"
#include "profiler/store.h"
#include <stdio.h>

#define ROWS_A_SECOND 10000.0
#define COUNTED_NS 50000000 /* the rate is taken anew so often */
#define LONGEST_NS 100000000

int64_t off_stretch_for(size_t count, size_t tasks, int64_t ns)
{
	if (ns <= 0 || (double)count * 1e9 / (double)ns <= ROWS_A_SECOND)
		return 0;
	double each = (double)(tasks ? tasks : 1) * 1e9 / ROWS_A_SECOND;
	return each < LONGEST_NS ? (int64_t)each : LONGEST_NS;
}

void off_rows_open(struct off_rows *r, struct store *store)
{
	*r = (struct off_rows){.store = store,
			       .single = store_rows_open(store, "off_core", 4, false),
			       .stretch = store_rows_open(store, "off_stretch", 5, false)};
}

void off_rows_part(struct off_rows *r)
{
	const struct off_stretch *s = &r->open;
	int64_t *row;
	if (s->count == 1) {
		row = store_rows_next(r->single);
		row[3] = s->ready_ns > 0;
	} else if (s->count) {
		row = store_rows_next(r->stretch);
		row[3] = s->ready_ns;
		row[4] = s->blocked_ns;
		r->joined += s->count;
	} else {
		return;
	}
	row[0] = s->task;
	row[1] = s->begin;
	row[2] = s->end;
	r->open.count = 0;
}

void off_rows_add(struct off_rows *r, int64_t task, int64_t begin, int64_t end, bool preempted)
{
	struct off_stretch *s = &r->open;
	r->count++;
	r->round_tasks += task != r->round_task;
	r->round_task = task;
	if (s->count && (s->task != task || end - s->begin > r->longest_ns))
		off_rows_part(r);
	if (!s->count)
		*s = (struct off_stretch){.task = task, .begin = begin};
	s->count++;
	s->end = end;
	*(preempted ? &s->ready_ns : &s->blocked_ns) += end - begin;
}

void off_rows_round(struct off_rows *r, int64_t until)
{
	off_rows_part(r);
	if (r->round_tasks > r->tasks)
		r->tasks = r->round_tasks;
	r->round_tasks = 0;
	r->round_task = 0;
	int64_t ns = until - r->since;
	if (ns < COUNTED_NS)
		return;
	r->longest_ns = off_stretch_for(r->count, r->tasks, ns);
	double rate = (double)r->count * 1e9 / (double)ns;
	if (r->longest_ns && rate > r->rate_most)
		r->rate_most = rate;
	if (r->longest_ns > r->longest_most_ns)
		r->longest_most_ns = r->longest_ns;
	r->since = until;
	r->count = r->tasks = 0;
}

static void tell(const struct off_rows *r)
{
	char reason[160];
	snprintf(reason, sizeof(reason),
		 "threads left their cores up to %.0f times a second, more than are written one by "
		 "one: the sums of each %.1f ms are",
		 r->rate_most, (double)r->longest_most_ns / 1e6);
	store_unseen(r->store, reason, "when exactly threads were off the cores",
		     (int64_t)r->joined);
}

void off_rows_close(struct off_rows *r)
{
	off_rows_part(r);
	if (r->joined)
		tell(r);
	store_rows_close(r->single);
	store_rows_close(r->stretch);
	*r = (struct off_rows){0};
}
