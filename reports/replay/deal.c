#include "reports/replay/deal.h"
#include "profiler/order.h"
#include "profiler/text.h"
#include <stdlib.h>

/* A stretch of a thread's code, between barriers. */
struct stretch {
	uint32_t first, end;	    /* operations */
	uint32_t units_at, rest_at; /* the first unit, what follows the last one; end: none */
};

struct dealer {
	struct program *to;
	const struct program *from;
	const struct crew *crew;
	const uint32_t *thread; /* of the crew, as recorded */
	uint32_t wanted;	/* threads */
	enum deal_map map;
	struct span *span; /* being made for the threads, grouped by thread at the end */
	uint32_t *span_of; /* whose each is */
	size_t spans, room;
	uint32_t *own;	     /* by new thread: its number */
	struct order *order; /* units of a generation, by time */
	struct span *unit;
	size_t units, unit_room;
};

static bool takes_time(const struct op *op)
{
	return op->kind == OP_cpu || op->kind == OP_sleep;
}

static const struct span *code_of(const struct program *p, uint32_t thread)
{
	return &p->span[p->thread[thread].spans.first];
}

/* The stretch that begins at `first` of a thread that ends at `end`. */
static struct stretch stretch_at(const struct program *p, uint32_t first, uint32_t end)
{
	struct stretch s = {first, first, UINT32_MAX, UINT32_MAX};
	for (; s.end < end && p->op[s.end].kind != OP_barrier; s.end++) {
		if (s.units_at == UINT32_MAX && p->op[s.end].flags & OP_UNIT)
			s.units_at = s.end;
		if (p->op[s.end].flags & OP_REST)
			s.rest_at = s.end;
	}
	if (s.units_at == UINT32_MAX)
		s.units_at = s.end;
	if (s.rest_at == UINT32_MAX)
		s.rest_at = s.end;
	return s;
}

static void add_span(struct dealer *d, uint32_t thread, struct span span)
{
	if (span.pool == NO_POOL && !span.count)
		return;
	if (d->spans == d->room) {
		d->room = d->room * 2 + 64;
		d->span = memory_grow(d->span, d->room, sizeof(*d->span));
		d->span_of = memory_grow(d->span_of, d->room, sizeof(*d->span_of));
	}
	d->span_of[d->spans] = thread;
	d->span[d->spans++] = span;
}

static void add_operations(struct dealer *d, uint32_t thread, uint32_t first, uint32_t end)
{
	add_span(d, thread, (struct span){first, end - first, NO_POOL});
}

/* Copies of operations, at the end of the program. What a thread does only because there is one of
 * it more than recorded takes nothing from queues and tells nobody; what one does for another that
 * is not there any more is only that. */
enum copy { COPY_MORE, COPY_MESSAGES };

static void add_copies(struct dealer *d, uint32_t thread, uint32_t first, uint32_t end,
		       double scale, enum copy what)
{
	uint32_t begin = (uint32_t)d->to->ops;
	for (uint32_t i = first; i < end; i++) {
		struct op op = d->from->op[i];
		bool message = op.kind == OP_post || op.kind == OP_fire;
		bool waits = op.kind == OP_take || op.kind == OP_await;
		if (what == COPY_MESSAGES ? !message : message || waits || op.kind == OP_create)
			continue;
		if (takes_time(&op))
			op.ns = (int64_t)((double)op.ns * scale);
		*program_add_op(d->to, OP_cpu, 0, 0) = op;
	}
	add_operations(d, thread, begin, (uint32_t)d->to->ops);
}

/* The part of the code that each thread does once. */
static void deal_once(struct dealer *d, uint32_t thread, uint32_t recorded, uint32_t first,
		      uint32_t end)
{
	if (thread < d->crew->count && thread < d->wanted)
		add_operations(d, thread, first, end);
	else if (thread < d->wanted)
		add_copies(d, thread, first, end, 1, COPY_MORE);
	else
		add_copies(d, recorded % d->wanted, first, end, 1, COPY_MESSAGES);
}

/* Work without units: divided among all, as unevenly as it was. */
static void deal_share(struct dealer *d, uint32_t thread, const struct stretch *s)
{
	double scale = (double)d->crew->count / d->wanted;
	if (d->wanted == d->crew->count) {
		add_operations(d, thread, s->first, s->end);
		return;
	}
	if (thread >= d->wanted) {
		add_copies(d, thread % d->wanted, s->first, s->end, 1, COPY_MESSAGES);
		return;
	}
	uint32_t begin = (uint32_t)d->to->ops;
	for (uint32_t i = s->first; i < s->end; i++) {
		struct op op = d->from->op[i];
		bool extra = thread >= d->crew->count;
		if (extra && (op.kind == OP_post || op.kind == OP_fire || op.kind == OP_take ||
			      op.kind == OP_await || op.kind == OP_create))
			continue;
		if (takes_time(&op))
			op.ns = (int64_t)((double)op.ns * scale);
		*program_add_op(d->to, OP_cpu, 0, 0) = op;
	}
	add_operations(d, thread, begin, (uint32_t)d->to->ops);
}

static void collect_units(struct dealer *d, const struct stretch *s)
{
	uint32_t begin = s->units_at;
	for (uint32_t i = begin + 1; i <= s->rest_at && begin < s->rest_at; i++) {
		if (i < s->rest_at && !(d->from->op[i].flags & OP_UNIT))
			continue;
		if (d->units == d->unit_room) {
			d->unit_room = d->unit_room * 2 + 64;
			d->unit = memory_grow(d->unit, d->unit_room, sizeof(*d->unit));
			d->order = memory_grow(d->order, 2 * d->unit_room, sizeof(*d->order));
		}
		uint32_t timed = begin;
		while (timed + 1 < i && d->from->op[timed].flags & OP_SHARDED)
			timed++;
		d->order[d->units] = (struct order){d->from->op[timed].event, (uint32_t)d->units};
		d->unit[d->units++] = (struct span){begin, i - begin, NO_POOL};
		begin = i;
	}
}

/* All units of a generation, in order of time. */
static void deal_units(struct dealer *d)
{
	order_sort(d->order, d->units, d->order + d->unit_room);
	if (d->map == DEAL_DYNAMIC && d->units) {
		program_add_pool(d->to);
		for (size_t i = 0; i < d->units; i++) {
			const struct span *u = &d->unit[d->order[i].index];
			program_add_unit(d->to, u->first, u->count);
		}
		for (uint32_t t = 0; t < d->wanted; t++)
			add_span(d, t, (struct span){0, 0, (uint32_t)d->to->pools - 1});
		return;
	}
	for (size_t i = 0; i < d->units; i++)
		add_span(d, (uint32_t)(i % d->wanted), d->unit[d->order[i].index]);
}

/* One generation: a stretch of each recorded thread, from at[] on. */
static void deal_generation(struct dealer *d, const struct stretch *stretch)
{
	uint32_t count = d->crew->count, most = count > d->wanted ? count : d->wanted;
	bool some = false;
	d->units = 0;
	for (uint32_t t = 0; t < count; t++)
		some |= stretch[t].units_at < stretch[t].end;
	for (uint32_t t = 0; t < most; t++) {
		const struct stretch *s = &stretch[t % count];
		if (some)
			deal_once(d, t, t % count, s->first, s->units_at);
		else
			deal_share(d, t, s);
	}
	if (!some)
		return;
	for (uint32_t t = 0; t < count; t++)
		collect_units(d, &stretch[t]);
	deal_units(d);
	for (uint32_t t = 0; t < most; t++)
		deal_once(d, t, t % count, stretch[t % count].rest_at, stretch[t % count].end);
}

/* The barrier after a generation: all come to it. */
static void deal_barrier(struct dealer *d, const struct stretch *stretch, bool *counted)
{
	for (uint32_t t = 0; t < d->wanted; t++) {
		uint32_t at = stretch[t % d->crew->count].end;
		const struct op *op = &d->from->op[at];
		add_operations(d, t, at, at + 1);
		if (t || counted[op->number])
			continue;
		counted[op->number] = true;
		d->to->object[op->number].parties += d->wanted - d->crew->count;
	}
}

/* Generation after generation, as long as all threads have one more. */
static void deal_code(struct dealer *d)
{
	uint32_t count = d->crew->count;
	struct stretch *stretch = memory_new(count, sizeof(*stretch));
	uint32_t *at = memory_new(count, sizeof(*at));
	bool *counted = memory_new(d->from->objects + 1, sizeof(*counted)), all = true;
	for (uint32_t t = 0; t < count; t++)
		at[t] = code_of(d->from, d->thread[t])->first;
	while (all) {
		for (uint32_t t = 0; t < count; t++) {
			const struct span *code = code_of(d->from, d->thread[t]);
			uint32_t end = code->first + code->count;
			stretch[t] = stretch_at(d->from, at[t], end);
			all &= stretch[t].end < end;
			at[t] = stretch[t].end + 1;
		}
		if (!all) /* the rest of those that have more is one stretch */
			for (uint32_t t = 0; t < count; t++) {
				const struct span *code = code_of(d->from, d->thread[t]);
				if (stretch[t].end < code->first + code->count)
					stretch[t].end = code->first + code->count;
			}
		deal_generation(d, stretch);
		if (all)
			deal_barrier(d, stretch, counted);
	}
	free(stretch);
	free(at);
	free(counted);
}

/* More threads than recorded begin and end with one that was. */
static void make_threads(struct dealer *d)
{
	uint32_t count = d->crew->count;
	d->own = memory_new(d->wanted, sizeof(*d->own));
	for (uint32_t t = 0; t < d->wanted && t < count; t++)
		d->own[t] = d->thread[t];
	for (uint32_t t = count; t < d->wanted; t++) {
		uint32_t like = d->thread[t % count];
		struct program_thread model = d->to->thread[like];
		*program_add_thread(d->to) = model;
		d->own[t] = (uint32_t)d->to->threads - 1;
		d->to->thread[like].twin = d->own[t];
	}
	for (uint32_t t = d->wanted; t < count; t++)
		d->to->thread[d->thread[t]].absent = true;
}

/* Spans of one thread lie together. */
static void write_spans(struct dealer *d)
{
	struct program *p = d->to;
	size_t first = p->spans, *next = memory_new(d->wanted + 1, sizeof(*next));
	for (size_t i = 0; i < d->spans; i++)
		next[d->span_of[i] + 1]++;
	for (uint32_t t = 0; t < d->wanted; t++) {
		p->thread[d->own[t]].spans =
		    (struct range){(uint32_t)(first + next[t]), (uint32_t)next[t + 1]};
		next[t + 1] += next[t];
	}
	p->spans = p->span_room = first + d->spans;
	p->span = memory_grow(p->span, p->span_room + 1, sizeof(*p->span));
	for (size_t i = 0; i < d->spans; i++)
		p->span[first + next[d->span_of[i]]++] = d->span[i];
	free(next);
}

static void deal_crew(struct program *to, const struct program *from, const struct crews *all,
		      const struct crew *crew, uint32_t wanted, enum deal_map map)
{
	struct dealer d = {.to = to,
			   .from = from,
			   .crew = crew,
			   .thread = all->thread + crew->first,
			   .wanted = wanted,
			   .map = map};
	make_threads(&d);
	deal_code(&d);
	write_spans(&d);
	free(d.span);
	free(d.span_of);
	free(d.own);
	free(d.order);
	free(d.unit);
}

uint32_t deal_threads(const struct crews *all, uint32_t group)
{
	uint32_t most = 0;
	for (size_t i = 0; i < all->count; i++)
		if (all->crew[i].group == group && all->crew[i].count > most)
			most = all->crew[i].count;
	return most;
}

/* A smaller crew of the group grows in proportion. */
static uint32_t threads_of(const struct crews *all, const struct crew *c, const struct deal *d)
{
	for (size_t i = 0; i < d->staffs; i++) {
		if (c->group != d->staff[i].group)
			continue;
		uint32_t most = deal_threads(all, c->group);
		uint32_t n = (uint32_t)((double)d->staff[i].threads * c->count / most + 0.5);
		return n ? n : 1;
	}
	return c->count;
}

void deal_apply(struct program *to, const struct program *from, const struct crews *all,
		const struct deal *deal)
{
	program_copy(to, from);
	for (size_t i = 0; i < all->count; i++) {
		const struct crew *c = &all->crew[i];
		uint32_t n = threads_of(all, c, deal);
		enum deal_map map = deal->map;
		if (map == DEAL_AS_SEEN)
			map = c->pulls ? DEAL_DYNAMIC : DEAL_FIXED;
		if (n != c->count || (map == DEAL_DYNAMIC && c->units && c->count > 1))
			deal_crew(to, from, all, c, n, map);
	}
}
