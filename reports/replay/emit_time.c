/* What lies between two marks. */
#include "reports/replay/emit.h"

/* Off-core time shorter than this is a thread's own switch, not a blocking call. */
#define HIDDEN_LEAST_NS 1000

static struct op *last_op(struct emitter *e)
{
	return e->program->ops > e->first ? &e->program->op[e->program->ops - 1] : NULL;
}

static void add_time(struct emitter *e, enum op_kind kind, int64_t ns, uint32_t stack,
		     uint8_t flags)
{
	struct op *last = last_op(e);
	if (ns <= 0)
		return;
	e->making->progress_ns += ns;
	if (last && last->kind == kind && last->flags == flags && last->stack == stack) {
		last->ns += ns;
		return;
	}
	struct op *op = program_add_op(e->program, kind, 0, ns);
	op->stack = stack;
	op->flags = flags;
	op->event = emit_stamp(e);
}

void emit_sleep(struct emitter *e, int64_t ns, uint32_t stack, uint8_t flags)
{
	add_time(e, OP_sleep, ns, stack, flags);
}

static struct repeat *next_repeat(struct emitter *e)
{
	struct repeat *next = NULL;
	for (size_t i = 0; i < e->repeats; i++)
		if (e->repeat[i].left > 0 && (!next || e->repeat[i].next < next->next))
			next = &e->repeat[i];
	return next;
}

static void repeat_section(struct emitter *e, struct repeat *r)
{
	double merged = r->left < r->merged ? r->left : r->merged;
	for (uint32_t i = r->first; i < r->first + r->count; i++) {
		struct op op = e->program->op[i];
		if (op.kind == OP_fire || op.kind == OP_await || op.kind == OP_create)
			continue;
		struct op *copy = program_add_op(e->program, op.kind, op.number,
						 (int64_t)((double)op.ns * merged));
		copy->stack = op.stack;
		copy->event = emit_stamp(e);
		copy->flags = op.flags;
		if (op.kind == OP_cpu || op.kind == OP_sleep)
			e->making->progress_ns += copy->ns;
	}
	r->left -= merged;
	r->next = r->every;
}

/* Sections come at their time, but only where no lock is held: they are whole ones. */
void emit_cpu(struct emitter *e, int64_t ns, uint32_t stack, uint8_t flags)
{
	struct repeat *r;
	while (!e->opened && (r = next_repeat(e)) && r->next <= ns) {
		int64_t before = r->next, section;
		add_time(e, OP_cpu, before, stack, flags);
		for (size_t i = 0; i < e->repeats; i++)
			e->repeat[i].next -= before;
		section = (int64_t)((double)r->section_ns * r->merged);
		repeat_section(e, r);
		ns -= before + section;
	}
	for (size_t i = 0; ns > 0 && !e->opened && i < e->repeats; i++)
		e->repeat[i].next -= ns;
	add_time(e, OP_cpu, ns, stack, flags);
}

/* A piece in which the share of the time off the core is one, and which is serial or not. */
static void emit_piece(struct emitter *e, int64_t ns, const struct graph_off *off, uint32_t stack,
		       bool serial)
{
	double ready = off ? off->ready : 0, hidden = off ? off->hidden : 0;
	int64_t asleep = (int64_t)(hidden * (double)ns);
	uint8_t flags = serial ? OP_SERIAL : 0;
	int64_t cpu = (int64_t)((1 - ready - hidden) * (double)ns + 0.5);
	int64_t woke = e->woke < cpu ? e->woke : cpu;
	e->woke -= woke;
	emit_cpu(e, cpu - woke, stack, flags);
	if (asleep >= HIDDEN_LEAST_NS)
		emit_sleep(e, asleep, stack, flags);
}

/* The share of the thread's time at `at`, which holds until *until at most. */
static const struct graph_off *off_at(struct emitter *e, int64_t *until)
{
	const struct graph *g = e->graph;
	if (!g->off)
		return NULL;
	while (e->off < g->first_off[e->thread + 1] && g->off[e->off].until <= e->at)
		e->off++;
	if (e->off == g->first_off[e->thread + 1])
		return NULL;
	if (g->off[e->off].until < *until)
		*until = g->off[e->off].until;
	return &g->off[e->off];
}

static bool serial_at(struct emitter *e, int64_t *until)
{
	const struct range *r = &e->serial->of_thread[e->thread];
	const struct phase *p = e->serial->phase + r->first;
	while (e->phase < r->count && p[e->phase].end <= e->at)
		e->phase++;
	if (e->phase == r->count)
		return false;
	int64_t next = p[e->phase].begin > e->at ? p[e->phase].begin : p[e->phase].end;
	if (next < *until)
		*until = next;
	return p[e->phase].begin <= e->at;
}

void emit_time(struct emitter *e, int64_t until, uint32_t stack)
{
	while (e->at < until) {
		int64_t end = until;
		bool serial = serial_at(e, &end);
		const struct graph_off *off = off_at(e, &end);
		emit_piece(e, end - e->at, off, stack, serial);
		e->at = end;
	}
}

void emit_nap(struct emitter *e, int64_t until, uint32_t stack)
{
	while (e->at < until) {
		int64_t end = until;
		bool serial = serial_at(e, &end);
		emit_sleep(e, end - e->at, stack, serial ? OP_SERIAL : 0);
		e->at = end;
	}
}
