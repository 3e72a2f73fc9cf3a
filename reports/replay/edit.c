#include "reports/replay/edit.h"
#include "profiler/text.h"
#include <stdlib.h>

const char *const edit_names[EDIT_KIND_COUNT] = {
#define X(name, argument, words) #name,
    EDIT_KINDS(X)
#undef X
};

#define OPEN_MAX 64
struct pass {
	const struct program *from;
	struct program *to;
	const struct edit *edit;
	enum edit_level level;
	int cores;
	uint32_t thread;
	uint32_t at, end;	  /* operations of the thread */
	uint8_t carried;	  /* OP_UNIT of an operation that was left out */
	uint32_t opened;	  /* target locks held */
	struct op open[OPEN_MAX]; /* split: the acquisitions */
	uint32_t *shards;	  /* split: by object, the first of its new ones */
	uint64_t random;
	struct op *kept; /* batch: operations inside sections so far */
	size_t kept_count, kept_room;
	uint32_t sections;
	bool in_phase; /* serial */
};

bool edit_has_levels(const struct edit *e)
{
	return e->kind == EDIT_split || (e->kind == EDIT_rwlock && e->factor <= 0);
}

static void put(struct pass *p, const struct op *op)
{
	struct op *copy = program_add_op(p->to, op->kind, op->number, op->ns);
	*copy = *op;
	copy->flags |= p->carried;
	p->carried = 0;
}

static void leave_out(struct pass *p, const struct op *op)
{
	p->carried |= op->flags & (OP_UNIT | OP_REST);
}

static bool takes_time(const struct op *op)
{
	return op->kind == OP_cpu || op->kind == OP_sleep;
}

static bool is_target(const struct pass *p, const struct op *op)
{
	return (op->kind == OP_acquire || op->kind == OP_release) &&
	       op->number < p->edit->objects && p->edit->object[op->number];
}

static void track(struct pass *p, const struct op *op)
{
	if (!is_target(p, op))
		return;
	if (op->kind == OP_acquire)
		p->opened++;
	else if (p->opened)
		p->opened--;
}

static void put_scaled(struct pass *p, const struct op *op, double factor)
{
	struct op copy = *op;
	copy.ns = (int64_t)((double)op->ns * factor + 0.5);
	put(p, &copy);
}

static void do_without(struct pass *p, const struct op *op)
{
	if (is_target(p, op))
		leave_out(p, op);
	else
		put(p, op);
}

static void do_hold(struct pass *p, const struct op *op)
{
	track(p, op);
	put_scaled(p, op, p->opened && takes_time(op) ? p->edit->factor : 1);
}

static uint32_t shard_count(const struct edit *e)
{
	return e->factor > 1 ? (uint32_t)e->factor : 1;
}

static uint32_t roll(struct pass *p, uint32_t sides)
{
	p->random = p->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(p->random >> 33) % sides;
}

static void do_split(struct pass *p, const struct op *op)
{
	struct op copy = *op;
	uint32_t k = shard_count(p->edit), i = p->opened;
	if (!is_target(p, op) || p->level == EDIT_WORST) {
		put(p, op);
		return;
	}
	if (p->level == EDIT_BEST) {
		copy.number = p->shards[op->number];
		copy.flags |= OP_SHARDED;
		copy.event = k;
	} else if (op->kind == OP_acquire) {
		copy.number = p->shards[op->number] + roll(p, k);
		if (p->opened < OPEN_MAX) {
			p->open[p->opened] = *op;
			p->open[p->opened++].event = copy.number;
		}
	} else {
		while (i && p->open[i - 1].number != op->number)
			i--;
		copy.number = i ? p->open[i - 1].event : p->shards[op->number];
		if (i)
			p->open[i - 1] = p->open[--p->opened];
	}
	put(p, &copy);
}

static bool has(const bool *set, uint32_t count, uint32_t i)
{
	return set && i < count && set[i];
}

/* The release of the target lock that is acquired at i. */
static uint32_t end_of_section(const struct pass *p, uint32_t i)
{
	uint32_t object = p->from->op[i].number;
	for (i++; i < p->end; i++)
		if (p->from->op[i].kind == OP_release && p->from->op[i].number == object)
			return i;
	return p->end;
}

/* What is known of a section: reads when some stack in it is in the set; when all of those that are
 * known have to be, none may be out of it. The time before a wait has the stack of that. */
static bool section_is_in(const struct pass *p, const bool *set, bool all)
{
	uint32_t end = end_of_section(p, p->at), i = p->at;
	bool some = false;
	if (i > 0 && p->from->op[i - 1].kind == OP_cpu)
		i--;
	for (; i <= end && i < p->end; i++) {
		uint32_t stack = p->from->op[i].stack;
		if (!stack)
			continue;
		some |= has(set, p->edit->stacks, stack);
		if (all && !has(set, p->edit->stacks, stack))
			return false;
	}
	return some;
}

static bool section_reads(const struct pass *p)
{
	const struct edit *e = p->edit;
	if (!edit_has_levels(e)) /* told by the user */
		return section_is_in(p, e->stack, false);
	if (p->level == EDIT_BEST)
		return true;
	if (!section_is_in(p, e->stack, true))
		return false;
	return p->level == EDIT_LIKELY || section_is_in(p, e->stack_surely, false);
}

static void do_rwlock(struct pass *p, const struct op *op)
{
	struct op copy = *op;
	if (op->kind == OP_acquire && is_target(p, op) && section_reads(p))
		copy.flags |= OP_SHARED;
	put(p, &copy);
}

static void do_move(struct pass *p, const struct op *op)
{
	if (is_target(p, op) && op->kind == OP_acquire && !p->opened) {
		uint32_t end = end_of_section(p, p->at);
		leave_out(p, op);
		for (uint32_t i = p->at; i < end; i++)
			if (takes_time(&p->from->op[i]))
				put_scaled(p, &p->from->op[i], p->edit->factor);
	}
	track(p, op);
	put_scaled(p, op, p->opened && takes_time(op) ? 1 - p->edit->factor : 1);
}

static void keep(struct pass *p, const struct op *op)
{
	if (p->kept_count == p->kept_room) {
		p->kept_room = p->kept_room * 2 + 16;
		p->kept = memory_grow(p->kept, p->kept_room, sizeof(*p->kept));
	}
	p->kept[p->kept_count++] = *op;
}

/* What was put off until now, under one lock. kept[0] is the first acquisition. */
static void flush(struct pass *p)
{
	if (!p->sections)
		return;
	struct op release = p->kept[0];
	release.kind = OP_release;
	for (size_t i = 0; i < p->kept_count; i++)
		put(p, &p->kept[i]);
	put(p, &release);
	p->kept_count = p->sections = 0;
}

/* Signals, waits and the like inside: the section cannot be put off. */
static bool is_plain(const struct pass *p, uint32_t from, uint32_t end)
{
	for (uint32_t i = from + 1; i < end; i++) {
		const struct op *op = &p->from->op[i];
		if (!takes_time(op) && op->kind != OP_acquire && op->kind != OP_release)
			return false;
	}
	return true;
}

/* Sections are put off until there are enough of them, or the thread waits for others. */
static void do_batch(struct pass *p, const struct op *op)
{
	uint32_t end;
	bool waits = op->kind == OP_barrier || op->kind == OP_join || op->kind == OP_await;
	if (waits)
		flush(p);
	if (!is_target(p, op) || op->kind != OP_acquire || p->opened) {
		track(p, op);
		put(p, op);
		return;
	}
	end = end_of_section(p, p->at);
	if (end == p->end || !is_plain(p, p->at, end) ||
	    (p->sections && p->kept[0].number != op->number)) {
		flush(p);
		track(p, op);
		put(p, op);
		return;
	}
	leave_out(p, op);
	for (uint32_t i = p->at; i < end; i++) {
		struct op inner = p->from->op[i];
		inner.flags &= (uint8_t) ~(OP_UNIT | OP_REST);
		if (i > p->at || !p->sections)
			keep(p, &inner);
	}
	p->at = end;
	if (++p->sections >= p->edit->factor)
		flush(p);
}

/* From operation i on: whether any of this serial phase was in the function. */
static bool phase_matches(const struct pass *p, uint32_t i)
{
	for (; i < p->end; i++) {
		const struct op *op = &p->from->op[i];
		if (takes_time(op) && !(op->flags & OP_SERIAL))
			return false;
		if (has(p->edit->stack, p->edit->stacks, op->stack))
			return true;
	}
	return false;
}

static void do_serial(struct pass *p, const struct op *op)
{
	double ways = p->edit->factor;
	bool serial = takes_time(op) && op->flags & OP_SERIAL;
	bool begins =
	    serial &&
	    (p->at == p->from->span[p->from->thread[p->thread].spans.first].first || !p->in_phase);
	if (begins)
		p->opened = phase_matches(p, p->at);
	else if (takes_time(op) && !serial)
		p->opened = 0;
	if (takes_time(op))
		p->in_phase = serial;
	if (op->kind == OP_cpu && ways > p->cores)
		ways = p->cores;
	put_scaled(p, op, serial && p->opened ? 1 / ways : 1);
}

/* Inside when it was there at both ends, or asleep in it. */
static void do_function(struct pass *p, const struct op *op)
{
	const struct edit *e = p->edit;
	const struct op *before = p->at ? op - 1 : op;
	bool in = takes_time(op) && has(e->stack, e->stacks, op->stack);
	if (in && op->kind == OP_cpu)
		in = has(e->stack, e->stacks, before->stack);
	in |= takes_time(op) && has(e->thread, e->threads, p->from->thread[p->thread].history);
	put_scaled(p, op, in ? e->factor : 1);
}

typedef void pass_function(struct pass *, const struct op *);
static pass_function *const passes[EDIT_KIND_COUNT] = {
#define X(name, argument, words) do_##name,
    EDIT_KINDS(X)
#undef X
};

static void add_shards(struct pass *p)
{
	const struct edit *e = p->edit;
	p->shards = memory_new(p->from->objects + 1, sizeof(*p->shards));
	for (uint32_t i = 0; i < e->objects; i++) {
		if (!e->object[i])
			continue;
		p->shards[i] = (uint32_t)p->to->objects;
		for (uint32_t k = 0; k < shard_count(e); k++) {
			struct program_object *o =
			    program_add_object(p->to, p->from->object[i].kind);
			*o = p->from->object[i];
		}
	}
}

static void edit_thread(struct pass *p, uint32_t thread)
{
	const struct span *from = &p->from->span[p->from->thread[thread].spans.first];
	struct span *to = &p->to->span[p->from->thread[thread].spans.first];
	size_t first = p->to->ops;
	p->thread = thread;
	p->opened = p->carried = 0;
	p->in_phase = false;
	p->end = from->first + from->count;
	for (p->at = from->first; p->at < p->end; p->at++)
		passes[p->edit->kind](p, &p->from->op[p->at]);
	flush(p);
	*to = (struct span){(uint32_t)first, (uint32_t)(p->to->ops - first), NO_POOL};
}

void edit_apply(struct program *to, const struct program *from, const struct edit *edit,
		const struct edit_case *c)
{
	struct pass p = {
	    .from = from, .to = to, .edit = edit, .level = c->level, .cores = c->cores};
	program_copy(to, from);
	to->ops = 0;
	p.random = (c->seed + 1) * 88172645463325253u;
	if (edit->kind == EDIT_split)
		add_shards(&p);
	for (uint32_t t = 0; t < from->threads; t++)
		if (from->thread[t].spans.count)
			edit_thread(&p, t);
	free(p.shards);
	free(p.kept);
}
