#include "reports/replay/chains.h"
#include "profiler/text.h"
#include <stdlib.h>

#define OPEN_MAX 16
struct search {
	struct chains *chains;
	const struct program *program;
	const struct history *history;
	uint32_t thread, end;
	size_t open[OPEN_MAX]; /* chains that have begun */
	bool paused[OPEN_MAX]; /* in a wait for a condition */
	int opened;
	size_t last;	  /* chain of this thread that ended last, SIZE_MAX: none */
	uint32_t awaited; /* semaphore just before, NOTHING */
};

static bool is_condition(const struct search *s, const struct op *op, enum op_kind kind)
{
	return op->kind == kind && op->number < s->history->objects &&
	       s->history->object[op->number].family == HISTORY_condition;
}

static bool is_semaphore(const struct search *s, const struct op *op, enum op_kind kind)
{
	return op->kind == kind && op->number < s->history->objects &&
	       s->history->object[op->number].family == HISTORY_semaphore;
}

static void note(uint32_t *list, uint8_t *count, uint32_t object)
{
	for (uint8_t i = 0; i < *count; i++)
		if (list[i] == object)
			return;
	if (*count < CHAIN_WAKERS)
		list[(*count)++] = object;
}

static int find_open(const struct search *s, uint32_t mutex)
{
	for (int i = s->opened - 1; i >= 0; i--)
		if (s->chains->chain[s->open[i]].mutex == mutex)
			return i;
	return -1;
}

static void begin(struct search *s, uint32_t at)
{
	const struct op *op = &s->program->op[at];
	struct chains *all = s->chains;
	int open = find_open(s, op->number);
	if (open >= 0) {
		s->paused[open] = false;
		return;
	}
	if (s->opened == OPEN_MAX)
		return;
	if (all->count == all->room) {
		all->room = all->room * 2 + 64;
		all->chain = memory_grow(all->chain, all->room, sizeof(*all->chain));
	}
	struct chain *c = &all->chain[all->count];
	*c = (struct chain){.thread = s->thread, .mutex = op->number, .first = at};
	if (s->awaited != NOTHING)
		note(c->waited, &c->waits, s->awaited);
	s->paused[s->opened] = false;
	s->open[s->opened++] = all->count++;
}

/* The condition that the thread waits for right after this release, NOTHING. */
static uint32_t waits_next(const struct search *s, uint32_t at)
{
	for (at++; at < s->end; at++) {
		const struct op *op = &s->program->op[at];
		if (is_condition(s, op, OP_await))
			return op->number;
		if (op->kind != OP_cpu)
			return NOTHING;
	}
	return NOTHING;
}

static void end(struct search *s, uint32_t at)
{
	const struct op *op = &s->program->op[at];
	int open = find_open(s, op->number);
	if (open < 0)
		return;
	struct chain *c = &s->chains->chain[s->open[open]];
	uint32_t condition = waits_next(s, at);
	if (condition != NOTHING) {
		note(c->waited, &c->waits, condition);
		s->paused[open] = true;
		return;
	}
	c->last = at;
	c->stack = op->stack;
	c->stamp = op->event;
	s->last = s->open[open];
	for (s->opened--; open < s->opened; open++) {
		s->open[open] = s->open[open + 1];
		s->paused[open] = s->paused[open + 1];
	}
}

static void fire(struct search *s, uint32_t object)
{
	size_t c = s->opened ? s->open[s->opened - 1] : s->last;
	if (c != SIZE_MAX)
		note(s->chains->chain[c].fired, &s->chains->chain[c].fires, object);
}

static void search_thread(struct search *s, const struct span *span)
{
	s->opened = 0;
	s->last = SIZE_MAX;
	s->awaited = NOTHING;
	s->end = span->first + span->count;
	for (uint32_t i = span->first; i < s->end; i++) {
		const struct op *op = &s->program->op[i];
		if (op->kind == OP_acquire)
			begin(s, i);
		else if (op->kind == OP_release)
			end(s, i);
		else if (is_condition(s, op, OP_fire) || is_semaphore(s, op, OP_fire))
			fire(s, op->number);
		if (is_semaphore(s, op, OP_await))
			s->awaited = op->number;
		else if (op->kind != OP_cpu)
			s->awaited = NOTHING;
	}
}

/* Those that never ended are left out. */
static void drop_open(struct chains *all)
{
	size_t kept = 0;
	for (size_t i = 0; i < all->count; i++)
		if (all->chain[i].last)
			all->chain[kept++] = all->chain[i];
	all->count = kept;
}

void chains_find(struct chains *all, const struct program *p, const struct history *h)
{
	struct search s = {.chains = all, .program = p, .history = h};
	*all = (struct chains){0};
	for (uint32_t t = 0; t < p->threads; t++) {
		s.thread = t;
		if (p->thread[t].spans.count)
			search_thread(&s, &p->span[p->thread[t].spans.first]);
	}
	drop_open(all);
}

void chains_free(struct chains *all)
{
	free(all->chain);
	*all = (struct chains){0};
}
