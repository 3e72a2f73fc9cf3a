#include "reports/replay/engine_state.h"
#include "profiler/text.h"
#include <stdlib.h>

/* The heap of events: earliest first, then in order of their making. */

static bool is_before(const struct event_entry *a, const struct event_entry *b)
{
	return a->time < b->time || (a->time == b->time && a->ticket < b->ticket);
}

static void heap_add(struct engine *e, struct event_entry entry)
{
	size_t i = e->heap_count++;
	if (i == e->heap_room) {
		e->heap_room = e->heap_room * 2 + 64;
		e->heap = memory_grow(e->heap, e->heap_room, sizeof(*e->heap));
	}
	for (; i && is_before(&entry, &e->heap[(i - 1) / 2]); i = (i - 1) / 2)
		e->heap[i] = e->heap[(i - 1) / 2];
	e->heap[i] = entry;
}

static struct event_entry heap_take(struct engine *e)
{
	struct event_entry first = e->heap[0], last = e->heap[--e->heap_count];
	size_t i = 0, child;
	while ((child = 2 * i + 1) < e->heap_count) {
		if (child + 1 < e->heap_count && is_before(&e->heap[child + 1], &e->heap[child]))
			child++;
		if (!is_before(&e->heap[child], &last))
			break;
		e->heap[i] = e->heap[child];
		i = child;
	}
	e->heap[i] = last;
	return first;
}

void engine_schedule(struct engine *e, uint32_t runner, int64_t time)
{
	e->runner[runner].ticket = ++e->ticket;
	e->runner[runner].event = time;
	if (time != INT64_MAX)
		heap_add(e, (struct event_entry){time, e->ticket, runner});
}

/* Threads and cores. */

static uint32_t number_of(const struct engine *e, const struct runner *r)
{
	return (uint32_t)(r - e->runner);
}

/* Until its operation is done, or its slice is over and somebody waits for the core. */
static void schedule_cpu(struct engine *e, struct runner *r)
{
	int64_t end = r->spin_end ? r->spin_end : e->now + r->left;
	if (e->ready.head != NOBODY && r->slice_end < end)
		end = r->slice_end > e->now ? r->slice_end : e->now;
	engine_schedule(e, number_of(e, r), end);
}

static void take_core(struct engine *e, uint32_t number, uint32_t core)
{
	struct runner *r = &e->runner[number];
	r->state = RUNNER_RUNNING;
	r->core = core;
	r->since = e->now;
	r->slice_end = e->now + e->machine->quantum;
	e->on_core[core] = number;
}

void engine_leave_core(struct engine *e, struct runner *r)
{
	uint32_t next = line_take(e, &e->ready);
	e->on_core[r->core] = NOBODY;
	if (next == NOBODY) {
		e->idle++;
		return;
	}
	take_core(e, next, r->core);
	schedule_cpu(e, &e->runner[next]);
}

static uint32_t idle_core(const struct engine *e)
{
	uint32_t core = 0;
	while (e->on_core[core] != NOBODY)
		core++;
	return core;
}

/* Somebody began to wait for a core: those on one may stay until their slice is over. */
static void limit_slices(struct engine *e)
{
	for (int c = 0; c < e->machine->cores; c++) {
		struct runner *r = &e->runner[e->on_core[c]];
		if (r->event > r->slice_end && r->event > e->now)
			engine_schedule(e, e->on_core[c],
					r->slice_end > e->now ? r->slice_end : e->now);
	}
}

static void make_ready(struct engine *e, uint32_t number)
{
	if (e->idle) {
		e->idle--;
		take_core(e, number, idle_core(e));
		schedule_cpu(e, &e->runner[number]);
		return;
	}
	bool first = e->ready.head == NOBODY;
	e->runner[number].state = RUNNER_READY;
	line_add(e, &e->ready, number);
	if (first)
		limit_slices(e);
}

void engine_pause(struct engine *e, uint32_t runner, int64_t delay)
{
	e->runner[runner].state = RUNNER_PAUSED;
	engine_schedule(e, runner, e->now + delay);
}

static void preempt(struct engine *e, struct runner *r)
{
	r->state = RUNNER_READY;
	line_add(e, &e->ready, number_of(e, r));
	engine_leave_core(e, r);
}

/* Operations. */

static bool do_cpu(struct engine *e, struct runner *r, const struct op *op)
{
	if (op->ns <= 0)
		return true;
	r->left = op->ns;
	r->since = e->now;
	schedule_cpu(e, r);
	return false;
}

static bool do_sleep(struct engine *e, struct runner *r, const struct op *op)
{
	if (op->ns <= 0)
		return true;
	r->at++;
	engine_leave_core(e, r);
	engine_pause(e, number_of(e, r), op->ns);
	return false;
}

static bool do_create(struct engine *e, __attribute__((unused)) struct runner *r,
		      const struct op *op)
{
	for (uint32_t t = op->number; t != NOBODY; t = e->program->thread[t].twin)
		if (!e->program->thread[t].absent && e->runner[t].state == RUNNER_UNBORN)
			engine_pause(e, t, op->ns);
	return true;
}

typedef bool operation(struct engine *, struct runner *, const struct op *);
static operation *const operations[OP_KIND_COUNT] = {
    [OP_cpu] = do_cpu,
    [OP_sleep] = do_sleep,
    [OP_acquire] = engine_acquire,
    [OP_release] = engine_release,
    [OP_await] = engine_await,
    [OP_fire] = engine_fire,
    [OP_barrier] = engine_barrier,
    [OP_take] = engine_take,
    [OP_post] = engine_post,
    [OP_create] = do_create,
    [OP_join] = engine_join,
};

/* The next unit of the pool it is in, else its next span. false: there is no more. */
static bool next_span(struct engine *e, struct runner *r)
{
	const struct program *p = e->program;
	const struct span *s;
	if (r->pool != NO_POOL && e->taken[r->pool] < p->pool[r->pool].count) {
		s = &p->unit[p->pool[r->pool].first + e->taken[r->pool]++];
	} else if (r->span < r->span_end) {
		s = &p->span[r->span++];
		r->pool = s->pool;
	} else {
		return false;
	}
	r->at = s->first;
	r->end = s->first + (s->pool == NO_POOL ? s->count : 0);
	return true;
}

static void end(struct engine *e, struct runner *r)
{
	r->state = RUNNER_ENDED;
	engine_leave_core(e, r);
	engine_ended(e, r);
	if (e->program->thread[number_of(e, r)].daemon)
		return;
	e->to_end--;
	e->outcome->wall = e->now;
}

static void pay(struct engine *e, struct runner *r)
{
	r->left = r->owes;
	r->owes = 0;
	r->pays = true;
	r->since = e->now;
	schedule_cpu(e, r);
}

/* On its core, from operation to operation until one takes time. */
static void go_on(struct engine *e, struct runner *r)
{
	for (;;) {
		while (r->at == r->end)
			if (!next_span(e, r)) {
				end(e, r);
				return;
			}
		const struct op *op = &e->program->op[r->at];
		if (r->owes > 0) {
			pay(e, r);
			return;
		}
		e->outcome->operations++;
		if (e->machine->trace)
			e->machine->trace(e->machine->trace_data, number_of(e, r), r->at, e->now);
		if (!operations[op->kind](e, r, op))
			return;
		r->at++;
		e->vain = 0;
	}
}

static void cpu_event(struct engine *e, struct runner *r)
{
	if (r->spin_end) {
		bool goes = e->now < r->spin_end;
		engine_stop_spinning(e, r);
		e->vain += goes;
		if (goes)
			preempt(e, r);
		return;
	}
	int64_t ran = e->now - r->since < r->left ? e->now - r->since : r->left;
	bool in_operation = r->left > 0;
	e->outcome->cpu += ran;
	r->left -= ran;
	r->since = e->now;
	if (r->left > 0 && e->ready.head != NOBODY) {
		preempt(e, r);
	} else if (r->left > 0) {
		schedule_cpu(e, r);
	} else {
		r->at += in_operation && !r->pays;
		r->pays = false;
		if (e->ready.head != NOBODY && e->now >= r->slice_end)
			preempt(e, r);
		else
			go_on(e, r);
	}
}

#define VAIN_MANY 1000

/* Those that spin keep time going though nothing will ever happen. */
static bool only_spins(struct engine *e)
{
	if (e->vain < VAIN_MANY)
		return false;
	e->vain = 0;
	for (size_t i = 0; i < e->program->threads; i++) {
		const struct runner *r = &e->runner[i];
		bool on_core = r->state == RUNNER_RUNNING || r->state == RUNNER_READY;
		if (r->state == RUNNER_PAUSED || (on_core && (r->left > 0 || r->owes > 0)))
			return false;
		if (on_core && (r->at == r->end || e->program->op[r->at].kind != OP_acquire))
			return false;
	}
	return true;
}

static void run_events(struct engine *e)
{
	while (e->to_end && e->heap_count && !only_spins(e)) {
		struct event_entry entry = heap_take(e);
		struct runner *r = &e->runner[entry.runner];
		if (r->ticket != entry.ticket)
			continue;
		e->now = entry.time;
		if (r->state == RUNNER_PAUSED)
			make_ready(e, entry.runner);
		else
			cpu_event(e, r);
	}
}

static void start(struct engine *e)
{
	const struct program *p = e->program;
	for (size_t c = 0; c < (size_t)e->machine->cores; c++)
		e->on_core[c] = NOBODY;
	for (size_t i = 0; i < p->events; i++)
		e->event[i] = (struct line){NOBODY, NOBODY};
	for (size_t i = 0; i < p->objects; i++)
		e->place[i] =
		    (struct place){.waiters = {NOBODY, NOBODY}, .tokens = p->object[i].tokens};
	for (size_t i = 0; i < p->threads; i++) {
		const struct program_thread *t = &p->thread[i];
		struct runner *r = &e->runner[i];
		*r = (struct runner){.span = t->spans.first,
				     .span_end = t->spans.first + t->spans.count,
				     .pool = NO_POOL,
				     .next = NOBODY,
				     .joiners = {NOBODY, NOBODY}};
		e->to_end += !t->daemon && !t->absent;
		if (t->start >= 0 && !t->absent)
			engine_pause(e, (uint32_t)i, t->start);
	}
}

static void find_stuck(struct engine *e)
{
	for (size_t i = 0; e->to_end && i < e->program->threads; i++) {
		const struct runner *r = &e->runner[i];
		if (e->program->thread[i].absent || e->program->thread[i].daemon ||
		    r->state == RUNNER_ENDED || r->state == RUNNER_UNBORN)
			continue;
		e->outcome->stuck = (uint32_t)i;
		e->outcome->stuck_op = r->at;
		return;
	}
	e->to_end = 0; /* only such are left as nobody began */
}

int engine_run(const struct program *p, const struct machine *m, struct outcome *o)
{
	struct engine e = {
	    .program = p,
	    .machine = m,
	    .outcome = o,
	    .runner = memory_new(p->threads + 1, sizeof(*e.runner)),
	    .place = memory_new(p->objects + 1, sizeof(*e.place)),
	    .event = memory_new(p->events + 1, sizeof(*e.event)),
	    .taken = memory_new(p->pools + 1, sizeof(*e.taken)),
	    .on_core = memory_new((size_t)m->cores, sizeof(*e.on_core)),
	    .ready = {NOBODY, NOBODY},
	    .idle = (uint32_t)m->cores,
	};
	*o = (struct outcome){.wait = o->wait, .stuck = NOBODY};
	start(&e);
	run_events(&e);
	o->last = e.now;
	find_stuck(&e);
	free(e.runner);
	free(e.place);
	free(e.event);
	free(e.taken);
	free(e.on_core);
	free(e.heap);
	return e.to_end ? -1 : 0;
}
