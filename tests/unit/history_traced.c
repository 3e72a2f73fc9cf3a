#include "tests/unit/history_traced.h"
#include "profiler/text.h"
#include <stdio.h>
#include <stdlib.h>

enum { OPEN = 16 };
struct traced { /* a thread */
	bool begun;
	uint32_t op; /* it is in, and since when */
	int64_t since, cpu;
	struct {
		uint32_t object;
		int64_t acquired;
		uint8_t flags;
	} open[OPEN];
	int opened;
};

struct tracer {
	struct history *h;
	const struct program *p;
	struct traced *thread;
	uint32_t join; /* object of the first thread's ends */
	uint32_t timer;
};

static void add_wait(struct tracer *t, uint32_t thread, uint32_t object, int64_t end, uint8_t flags)
{
	const struct traced *x = &t->thread[thread];
	const struct op *op = &t->p->op[x->op];
	struct history_wait *w = history_add_wait(t->h);
	w->begin = x->since;
	w->end = end;
	w->thread = thread;
	w->object = object;
	w->stack = op->stack;
	w->flags = flags;
	if (op->kind == OP_join)
		w->other = op->number;
	struct history_usage *u = history_add_usage(t->h);
	u->time = x->since;
	u->cpu_ns = x->cpu;
	u->thread = thread;
}

static void acquired(struct tracer *t, uint32_t thread, int64_t now)
{
	struct traced *x = &t->thread[thread];
	const struct op *op = &t->p->op[x->op];
	uint8_t flags = op->flags & OP_SHARED ? HISTORY_SHARED : 0;
	if (now > x->since)
		add_wait(t, thread, op->number, now, HISTORY_ACQUIRED | flags);
	x->open[x->opened].object = op->number;
	x->open[x->opened].flags = flags;
	x->open[x->opened++].acquired = now;
}

static void released(struct tracer *t, uint32_t thread, int64_t now)
{
	struct traced *x = &t->thread[thread];
	const struct op *op = &t->p->op[x->op];
	int i = x->opened - 1;
	while (x->open[i].object != op->number)
		i--;
	struct history_hold *hold = history_add_hold(t->h);
	hold->acquired = x->open[i].acquired ? x->open[i].acquired : 1;
	hold->released = now;
	hold->thread = thread;
	hold->object = op->number;
	hold->stack = op->stack;
	hold->flags = x->open[i].flags;
	for (x->opened--; i < x->opened; i++)
		x->open[i] = x->open[i + 1];
}

static void fired(struct tracer *t, uint32_t thread, int64_t now)
{
	const struct op *op = &t->p->op[t->thread[thread].op];
	struct history_wake *w = history_add_wake(t->h);
	w->time = now;
	w->thread = thread;
	w->object = op->number;
	w->stack = op->stack;
	w->count = 1;
}

/* The operation the thread was in is over. */
static void over(struct tracer *t, uint32_t thread, int64_t now)
{
	struct traced *x = &t->thread[thread];
	const struct op *op = &t->p->op[x->op];
	if (op->kind == OP_cpu)
		x->cpu += op->ns;
	else if (op->kind == OP_sleep && now > x->since)
		add_wait(t, thread, t->timer, now, 0);
	else if (op->kind == OP_acquire)
		acquired(t, thread, now);
	else if (op->kind == OP_release)
		released(t, thread, x->since);
	else if (op->kind == OP_fire)
		fired(t, thread, x->since);
	else if (op->kind == OP_create)
		t->h->thread[op->number].created = x->since ? x->since : 1;
	else if (op->kind == OP_barrier || (op->kind == OP_await && now > x->since))
		add_wait(t, thread, op->number, now, 0);
	else if (op->kind == OP_join && now > x->since)
		add_wait(t, thread, t->join + op->number, now, 0);
}

static void trace(void *data, uint32_t thread, uint32_t op, int64_t time)
{
	struct tracer *t = data;
	struct traced *x = &t->thread[thread];
	if (!x->begun) {
		x->begun = true;
		t->h->thread[thread].begin = time;
	} else if (x->op == op && t->p->op[op].kind != OP_cpu) {
		return; /* tries again */
	} else {
		over(t, thread, time);
	}
	x->op = op;
	x->since = time;
}

static enum history_family family_of(const struct program_object *o)
{
	switch (o->kind) {
	case OBJECT_BARRIER:
		return HISTORY_barrier;
	case OBJECT_SPIN:
		return HISTORY_spin;
	case OBJECT_TOKENS:
		return HISTORY_condition;
	default:
		return HISTORY_mutex;
	}
}

static void add_object(struct history *h, enum history_family family, const char *name)
{
	struct history_object *o = history_add_object(h, family, name);
	o->lock = o->leader = (int64_t)h->objects;
}

static void add_parts(struct tracer *t)
{
	char name[24];
	for (uint32_t i = 0; i < t->p->threads; i++) {
		snprintf(name, sizeof(name), "t%u", i);
		struct history_thread *x = history_add_thread(t->h, name);
		x->id = i + 1;
		x->process = 1;
		x->group = t->p->thread[i].group;
	}
	for (uint32_t i = 0; i < t->p->threads; i++) {
		const struct span *s = &t->p->span[t->p->thread[i].spans.first];
		for (uint32_t j = s->first; j < s->first + s->count; j++)
			if (t->p->op[j].kind == OP_create)
				t->h->thread[t->p->op[j].number].parent = i;
	}
	for (uint32_t i = 0; i < t->p->objects; i++) {
		snprintf(name, sizeof(name), "o%u", i);
		add_object(t->h, family_of(&t->p->object[i]), name);
	}
	t->timer = (uint32_t)t->h->objects;
	add_object(t->h, HISTORY_timer, "timer");
	t->join = (uint32_t)t->h->objects;
	for (uint32_t i = 0; i < t->p->threads; i++)
		add_object(t->h, HISTORY_join, "join");
}

/* Each program here ends its threads with a last operation that is only there to be seen: a cpu
 * operation of 1 ns, which is when the thread has ended. */
int64_t history_traced(struct history *h, const struct program *p, const struct machine *machine)
{
	struct tracer t = {.h = h, .p = p};
	struct machine m = *machine;
	struct outcome o = {0};
	*h = (struct history){.cores = m.cores};
	t.thread = memory_new(p->threads + 1, sizeof(*t.thread));
	add_parts(&t);
	m.trace = trace;
	m.trace_data = &t;
	int result = engine_run(p, &m, &o);
	for (uint32_t i = 0; i < p->threads; i++) {
		h->thread[i].end = t.thread[i].since + 1;
		h->thread[i].cpu_ns = t.thread[i].cpu + 1;
		h->thread[i].voluntary = h->thread[i].involuntary = 0;
	}
	free(t.thread);
	h->end_ns = o.wall;
	history_sort(h);
	return result == 0 ? o.wall : 0;
}
