#include "reports/replay/make.h"
#include "profiler/hash.h"
#include "profiler/order.h"
#include "profiler/text.h"
#include "reports/replay/emit.h"
#include "reports/replay/waking.h"
#include <stdlib.h>

#define BINS 1024
#define WINDOW_LEAST 0.1 /* of the run: before it gets shorter, sections are merged */
#define MERGED_MOST 64.0
#define OPS_PER_HOLD 4 /* think, acquire, hold, release */
#define OPS_PER_WAIT 2

/* How many operations the run would need, by time. */
struct census {
	double bin[BINS], all, copies;
};

static void count(struct census *c, int64_t end, int64_t time, double ops)
{
	size_t bin = end > 0 && time > 0 ? (size_t)((double)time * BINS / (double)end) : 0;
	c->bin[bin < BINS ? bin : BINS - 1] += ops;
	c->all += ops;
}

static void take_census(struct census *c, const struct history *h)
{
	*c = (struct census){0};
	for (size_t i = 0; i < h->waits; i++)
		count(c, h->end_ns, h->wait[i].begin, OPS_PER_WAIT);
	for (size_t i = 0; i < h->holds; i++) {
		if (!h->hold[i].acquired)
			continue;
		count(c, h->end_ns, h->hold[i].released, OPS_PER_HOLD * h->hold[i].weight);
		c->copies += OPS_PER_HOLD * (h->hold[i].weight - 1);
	}
}

static int64_t quantile(const struct census *c, int64_t end, double share)
{
	double sum = 0;
	size_t bin = 0;
	while (bin < BINS && sum + c->bin[bin] < share * c->all)
		sum += c->bin[bin++];
	return (int64_t)((double)end * (double)bin / BINS);
}

/* The middle of the run, when it is too much. */
static void choose_part(struct making *m, const struct history *h, size_t limit)
{
	struct census c;
	take_census(&c, h);
	*m = (struct making){.from = 0, .to = h->end_ns, .merged = 1};
	double share = (double)limit / (c.all > 1 ? c.all : 1);
	if (share >= 1)
		return;
	if (share < WINDOW_LEAST && c.copies > c.all / 2) {
		m->merged = WINDOW_LEAST / share < MERGED_MOST ? WINDOW_LEAST / share : MERGED_MOST;
		share = (double)limit / (c.all - c.copies + c.copies / m->merged);
		if (share >= 1)
			return;
	}
	m->cut = true;
	m->from = quantile(&c, h->end_ns, 0.5 - share / 2);
	m->to = quantile(&c, h->end_ns, 0.5 + share / 2);
	if (m->to <= m->from)
		m->to = m->from + h->end_ns / BINS + 1;
}

/* Barriers: waits that were let go by one act are a generation. */
static void count_parties(struct program *p, const struct history *h)
{
	struct hash generation;
	hash_init(&generation, sizeof(uint32_t));
	for (size_t i = 0; i < h->waits; i++) {
		const struct history_wait *w = &h->wait[i];
		bool fresh;
		if (h->object[w->object].family != HISTORY_barrier)
			continue;
		struct program_object *o = &p->object[w->object];
		if (!o->parties)
			o->parties = 1;
		if (w->waker == NOBODY)
			continue;
		uint32_t *n = hash_put(&generation, w->object + 1, (uint64_t)w->woken + 1, &fresh);
		if (++*n + 1 > o->parties)
			o->parties = *n + 1;
	}
	hash_free(&generation);
}

/* A semaphore that is a lock has as many permits as were held at once. */
static int64_t permits(const struct history *h, const struct history_object *o)
{
	size_t n = o->holds.count;
	struct order *taken = memory_new(2 * n + 1, sizeof(*taken)), *scratch = taken + n;
	int64_t held = 0, most = 1;
	size_t released = 0, count_taken = 0;
	for (size_t i = 0; i < n; i++)
		if (h->hold[o->holds.first + i].acquired)
			taken[count_taken++] =
			    (struct order){h->hold[o->holds.first + i].acquired, (uint32_t)i};
	order_sort(taken, count_taken, scratch);
	for (size_t i = 0; i < count_taken; i++) {
		for (; released < n; released++) {
			const struct history_hold *x = &h->hold[o->holds.first + released];
			if (x->released > taken[i].time)
				break;
			held -= x->acquired != 0;
		}
		held++;
		most = held > most ? held : most;
	}
	free(taken);
	return most;
}

static void add_objects(struct program *p, const struct history *h)
{
	for (size_t i = 0; i < h->objects; i++) {
		const struct history_object *x = &h->object[i];
		enum object_kind kind = x->family == HISTORY_barrier  ? OBJECT_BARRIER
					: !history_is_counted_lock(x) ? OBJECT_TOKENS
					: x->family == HISTORY_spin   ? OBJECT_SPIN
								      : OBJECT_LOCK;
		struct program_object *o = program_add_object(p, kind);
		o->history = (uint32_t)i;
		if (kind == OBJECT_LOCK && x->family == HISTORY_semaphore)
			o->tokens = permits(h, x);
	}
	count_parties(p, h);
}

/* Whose counts stand for sections that left no hold: those of locks the thread has no hold of. */
static size_t missing_tallies(const struct history *h, struct history_tally *missing)
{
	struct hash wanted;
	bool fresh;
	size_t n = 0;
	hash_init(&wanted, sizeof(bool));
	for (size_t i = 0; i < h->tallies; i++) {
		const struct history_tally *t = &h->tally[i];
		if (h->object[t->object].use == USE_LOCK && t->acquisitions > t->contended &&
		    t->hold_ns > 0)
			hash_put(&wanted, t->object + 1ull, t->thread + 1ull, &fresh);
	}
	for (size_t i = 0; wanted.count && i < h->holds; i++) {
		bool *held = hash_get(&wanted, h->hold[i].object + 1ull, h->hold[i].thread + 1ull);
		if (held && h->hold[i].acquired)
			*held = true;
	}
	for (size_t i = 0; i < h->tallies; i++) {
		const bool *held =
		    hash_get(&wanted, h->tally[i].object + 1ull, h->tally[i].thread + 1ull);
		if (held && !*held)
			missing[n++] = h->tally[i];
	}
	hash_free(&wanted);
	return n;
}

static int by_thread(const void *a, const void *b)
{
	const struct history_tally *x = a, *y = b;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

static void emit_all(struct emitter *e, const struct history *h)
{
	struct history_tally *missing = memory_new(h->tallies + 1, sizeof(*missing));
	size_t n = missing_tallies(h, missing), next = 0;
	qsort(missing, n, sizeof(*missing), by_thread);
	for (uint32_t t = 0; t < h->threads; t++) {
		struct program_thread *thread = program_add_thread(e->program);
		thread->history = t;
		thread->group = h->thread[t].group;
		e->tally = missing + next;
		for (e->tallies = 0; next < n && missing[next].thread == t; next++)
			e->tallies++;
		emit_thread(e, t);
	}
	free(missing);
}

/* The first thread of each process, and the last end in it. */
static void find_daemons(struct program *p, const struct history *h)
{
	struct process {
		uint32_t first;
		int64_t end;
	} * process;
	struct hash all;
	bool fresh;
	hash_init(&all, sizeof(*process));
	for (uint32_t i = 0; i < h->threads; i++) {
		const struct history_thread *t = &h->thread[i];
		process = hash_put(&all, t->process + 1ull, 1, &fresh);
		if (fresh || t->begin < h->thread[process->first].begin)
			process->first = i;
		process->end = t->end > process->end ? t->end : process->end;
	}
	for (uint32_t i = 0; i < h->threads; i++) {
		const struct history_thread *t = &h->thread[i];
		process = hash_get(&all, t->process + 1ull, 1);
		int64_t first_end = h->thread[process->first].end;
		p->thread[i].daemon =
		    i != process->first && first_end >= process->end && t->end >= first_end;
	}
	hash_free(&all);
}

/* CPU time of all threads; of a part of the run by what lies between their waits. -1: not known. */
static double cpu_time(const struct program *p, const struct history *h, const struct making *m)
{
	double cpu = 0;
	for (size_t i = 0; m->cut && i < p->ops; i++)
		cpu += p->op[i].kind == OP_cpu ? (double)p->op[i].ns : 0;
	for (size_t i = 0; !m->cut && i < h->threads; i++) {
		if (h->thread[i].cpu_ns < 0)
			return -1;
		cpu += (double)h->thread[i].cpu_ns;
	}
	return cpu;
}

/* What the threads had of the CPU time they could have had. */
static double speed(const struct program *p, const struct history *h, const struct making *m)
{
	double cpu = cpu_time(p, h, m);
	struct serial_changes running;
	serial_changes_running(&running, h, m->from, m->to);
	double capacity = serial_capacity(&running, h->cores > 0 ? h->cores : 1);
	serial_changes_free(&running);
	return cpu > 0 && capacity > cpu ? cpu / capacity : 1;
}

static void set_starts(struct program *p, const struct history *h, const struct emitter *e,
		       struct making *m)
{
	int64_t end = m->from;
	for (uint32_t i = 0; i < h->threads; i++) {
		const struct history_thread *t = &h->thread[i];
		struct program_thread *x = &p->thread[i];
		x->absent = t->end <= m->from || t->begin > m->to;
		if (!e->created[i])
			x->start = t->begin > m->from ? t->begin - m->from : 0;
		if (!x->daemon && !x->absent && t->end > end)
			end = t->end;
	}
	m->wall = (end < m->to ? end : m->to) - m->from;
}

void program_make(struct program *p, const struct graph *g, size_t limit, struct making *m)
{
	const struct history *h = g->history;
	struct marks marks;
	struct serial serial;
	choose_part(m, h, limit);
	marks_make(&marks, g, m->from, m->to);
	struct serial_changes changes;
	serial_changes_find(&changes, h, m->from, m->to);
	serial_find(&serial, &changes, h->threads);
	serial_changes_free(&changes);
	struct emitter *e = memory_new(1, sizeof(*e));
	*e = (struct emitter){
	    .program = p, .making = m, .graph = g, .marks = &marks, .serial = &serial};
	e->created = memory_new(h->threads + 1, sizeof(*e->created));
	waking_times(h, m->wakes, WAKES);
	m->wake_cost = waking_cost(&marks);
	add_objects(p, h);
	emit_all(e, h);
	p->events = marks.events;
	find_daemons(p, h);
	set_starts(p, h, e, m);
	m->speed = speed(p, h, m);
	free(e->created);
	free(e);
	serial_free(&serial);
	marks_free(&marks);
}
