#include "reports/replay/queues.h"
#include "profiler/hash.h"
#include "profiler/order.h"
#include "profiler/text.h"
#include "reports/replay/chains.h"
#include <stdlib.h>

#define SECTIONS_LEAST 4
#define TOLERANCE 0.1 /* between puts and gets: the run's end, a sample */

enum side { TAKES, POSTS, SIDES };

/* A condition or semaphore as tokens. */
struct relation {
	uint32_t object, mutex;
	int depth;	  /* of the sites */
	struct hash site; /* key -> enum side */
	size_t count[SIDES];
	int64_t start; /* tokens there at the beginning */
	/* The same from each half of the run alone: from those who had to wait. They differ when
	 * sections are missing in the recording. */
	int64_t half[2];
	uint32_t tokens; /* object of the program */
	bool after;	 /* posted behind the section */
	bool reverse;	 /* made of another one, with the sides exchanged */
};

struct insertion {
	uint32_t at; /* before that operation */
	enum op_kind kind;
	uint32_t object;
};

struct finder {
	struct program *program;
	const struct history *history;
	const struct sites *sites;
	struct chains chains;
	struct relation *relation;
	size_t relations, room;
	bool *dropped; /* operations */
	struct insertion *insertion;
	size_t insertions, insertion_room;
};

static uint64_t key_of(const struct finder *f, const struct chain *c, int depth)
{
	return site_key(f->sites, c->stack, depth) + 1; /* 0 is no key */
}

static bool names(const uint32_t *list, uint8_t count, uint32_t object)
{
	for (uint8_t i = 0; i < count; i++)
		if (list[i] == object)
			return true;
	return false;
}

/* Adds the chain's site to a side. false: it is on the other one. */
static bool add_site(const struct finder *f, struct relation *r, const struct chain *c,
		     enum side side)
{
	bool fresh;
	uint8_t *known = hash_put(&r->site, key_of(f, c, r->depth), 1, &fresh);
	if (fresh)
		*known = side;
	return *known == side;
}

/* The sites at which the object is waited for and signalled: false when they are not apart, or
 * belong to several mutexes. */
static bool find_sites(const struct finder *f, struct relation *r)
{
	bool some[SIDES] = {false, false};
	for (size_t i = 0; i < f->chains.count; i++) {
		const struct chain *c = &f->chains.chain[i];
		bool takes = names(c->waited, c->waits, r->object);
		bool posts = names(c->fired, c->fires, r->object);
		if (!takes && !posts)
			continue;
		if (r->mutex == NOTHING)
			r->mutex = c->mutex;
		if (c->mutex != r->mutex || (takes && posts) ||
		    !add_site(f, r, c, takes ? TAKES : POSTS))
			return false;
		some[takes ? TAKES : POSTS] = true;
	}
	return some[TAKES] && some[POSTS];
}

/* The side of a chain, SIDES: none. */
static enum side side_of(const struct finder *f, const struct relation *r, const struct chain *c)
{
	if (c->mutex != r->mutex)
		return SIDES;
	const uint8_t *side = hash_get(&r->site, key_of(f, c, r->depth), 1);
	return side ? (enum side)(*side ^ (uint8_t)r->reverse) : SIDES;
}

/* Both sides in order of time: how many more were taken than posted, at most. */
static void count_sides(const struct finder *f, struct relation *r)
{
	size_t n = f->chains.count, used = 0;
	struct order *order = memory_new(2 * n + 1, sizeof(*order));
	int64_t balance = 0;
	for (size_t i = 0; i < n; i++)
		if (side_of(f, r, &f->chains.chain[i]) != SIDES)
			order[used++] = (struct order){f->chains.chain[i].stamp, (uint32_t)i};
	order_sort(order, used, order + n);
	r->count[TAKES] = r->count[POSTS] = 0;
	r->start = 0;
	r->half[0] = r->half[1] = INT64_MIN;
	for (size_t i = 0; i < used; i++) {
		const struct chain *c = &f->chains.chain[order[i].index];
		bool takes = side_of(f, r, c) == TAKES;
		int64_t *half = &r->half[i >= used / 2];
		r->count[takes ? TAKES : POSTS]++;
		balance += takes ? 1 : -1;
		if (balance > r->start)
			r->start = balance;
		if (takes && names(c->waited, c->waits, r->object) && balance > *half)
			*half = balance;
	}
	free(order);
}

static bool is_close(double a, double b)
{
	double most = a > b ? a : b, apart = a > b ? a - b : b - a;
	return apart <= 2 || apart <= TOLERANCE * most;
}

static bool is_balanced(const struct finder *f, const struct relation *r)
{
	const struct history_object *o = &f->history->object[r->object];
	double takes = (double)r->count[TAKES];
	if (r->count[TAKES] < SECTIONS_LEAST || r->count[POSTS] < SECTIONS_LEAST)
		return false;
	if (!is_close(takes, (double)r->count[POSTS]))
		return false;
	if (r->half[0] != INT64_MIN && r->half[1] != INT64_MIN &&
	    !is_close((double)r->half[0], (double)r->half[1]))
		return false;
	/* All calls of a semaphore are counted, those that did not wait too. */
	return o->family != HISTORY_semaphore || !o->acquisitions ||
	       is_close(takes, (double)o->acquisitions);
}

static struct relation *add_relation(struct finder *f)
{
	if (f->relations == f->room) {
		f->room = f->room * 2 + 8;
		f->relation = memory_grow(f->relation, f->room, sizeof(*f->relation));
	}
	struct relation *r = &f->relation[f->relations++];
	*r = (struct relation){.mutex = NOTHING};
	hash_init(&r->site, 1);
	return r;
}

/* The coarsest sites that tell the sides apart. */
static void try_object(struct finder *f, uint32_t object)
{
	for (int depth = 0; depth < SITE_DEPTHS; depth++) {
		struct relation *r = add_relation(f);
		r->object = object;
		r->depth = depth;
		r->after = f->history->object[object].family == HISTORY_semaphore;
		if (find_sites(f, r)) {
			count_sides(f, r);
			if (is_balanced(f, r)) {
				r->tokens = (uint32_t)f->program->objects;
				struct program_object *o =
				    program_add_object(f->program, OBJECT_TOKENS);
				o->history = object;
				o->tokens = r->start;
				return;
			}
		}
		hash_free(&r->site);
		f->relations--;
	}
}

static bool has_opposite(const struct finder *f, const struct relation *r)
{
	for (size_t i = 0; i < f->relations; i++) {
		const struct relation *x = &f->relation[i];
		if (x != r && x->mutex == r->mutex && x->count[TAKES] == r->count[POSTS] &&
		    x->count[POSTS] == r->count[TAKES])
			return true;
	}
	return false;
}

/* Where room in a queue is waited for, its items are never taken before they were put, though
 * nobody had to wait for that. The other way round nothing follows: it may be without bounds. */
static void add_opposite(struct finder *f, size_t of)
{
	if (!f->relation[of].start || has_opposite(f, &f->relation[of]))
		return;
	struct relation *r = add_relation(f);
	uint64_t key[2];
	size_t place = 0;
	const uint8_t *side;
	bool fresh;
	const struct relation *from = &f->relation[of];
	r->object = NOTHING;
	r->mutex = from->mutex;
	r->depth = from->depth;
	r->reverse = true;
	while ((side = hash_next(&from->site, &place, key)))
		*(uint8_t *)hash_put(&r->site, key[0], key[1], &fresh) = *side;
	count_sides(f, r);
	r->tokens = (uint32_t)f->program->objects;
	program_add_object(f->program, OBJECT_TOKENS)->tokens = r->start;
}

static void insert(struct finder *f, uint32_t at, enum op_kind kind, uint32_t object)
{
	if (f->insertions == f->insertion_room) {
		f->insertion_room = f->insertion_room * 2 + 64;
		f->insertion = memory_grow(f->insertion, f->insertion_room, sizeof(*f->insertion));
	}
	f->insertion[f->insertions++] = (struct insertion){at, kind, object};
}

static const struct relation *relation_of(const struct finder *f, uint32_t object)
{
	for (size_t i = 0; i < f->relations; i++)
		if (f->relation[i].object == object)
			return &f->relation[i];
	return NULL;
}

/* Waits for and signals of what became tokens go; around a wait inside a section its release and
 * acquisition, too. */
static void drop_operations(struct finder *f)
{
	struct program *p = f->program;
	for (size_t t = 0; t < p->threads; t++) {
		const struct span *s = &p->span[p->thread[t].spans.first];
		if (!p->thread[t].spans.count)
			continue;
		uint32_t release = NOTHING;
		bool after = false;
		for (uint32_t i = s->first; i < s->first + s->count; i++) {
			const struct op *op = &p->op[i];
			const struct relation *r = NULL;
			if (op->kind == OP_await || op->kind == OP_fire)
				r = relation_of(f, op->number);
			f->dropped[i] = r != NULL;
			if (r && op->kind == OP_await && !r->after && release != NOTHING) {
				f->dropped[release] = true;
				after = true;
			} else if (op->kind == OP_acquire && after &&
				   op->number == p->op[release].number) {
				f->dropped[i] = true;
				after = false;
			}
			if (op->kind == OP_release)
				release = i;
			else if (op->kind != OP_cpu && !after)
				release = NOTHING;
		}
	}
}

static void insert_tokens(struct finder *f)
{
	for (size_t i = 0; i < f->chains.count; i++) {
		const struct chain *c = &f->chains.chain[i];
		for (size_t j = 0; j < f->relations; j++) {
			const struct relation *r = &f->relation[j];
			enum side side = side_of(f, r, c);
			if (side == TAKES)
				insert(f, c->first, OP_take, r->tokens);
			else if (side == POSTS)
				insert(f, c->last + r->after, OP_post, r->tokens);
		}
	}
}

static int by_place(const void *a, const void *b)
{
	const struct insertion *x = a, *y = b;
	return x->at != y->at ? (x->at > y->at) - (x->at < y->at)
			      : (x->kind < y->kind) - (x->kind > y->kind); /* posts first */
}

static void rewrite(struct finder *f)
{
	struct program *p = f->program;
	struct op *from = p->op;
	size_t next = 0;
	qsort(f->insertion, f->insertions, sizeof(*f->insertion), by_place);
	p->op = NULL;
	p->ops = p->op_room = 0;
	for (size_t t = 0; t < p->threads; t++) {
		struct span *s = &p->span[p->thread[t].spans.first];
		uint32_t first = (uint32_t)p->ops, end = s->first + s->count;
		if (!p->thread[t].spans.count)
			continue;
		while (next < f->insertions && f->insertion[next].at < s->first)
			next++;
		for (uint32_t i = s->first; i <= end; i++) {
			for (; next < f->insertions && f->insertion[next].at == i; next++) {
				const struct insertion *x = &f->insertion[next];
				struct op *op = program_add_op(p, x->kind, x->object, 0);
				const struct op *near = &from[i < end ? i : i - 1];
				op->stack = near->stack;
				op->event = near->event;
			}
			if (i < end && !f->dropped[i])
				*program_add_op(p, OP_cpu, 0, 0) = from[i];
		}
		*s = (struct span){first, (uint32_t)p->ops - first, NO_POOL};
	}
	free(from);
}

size_t queues_find(struct program *p, const struct history *h, const struct sites *sites)
{
	struct finder f = {.program = p, .history = h, .sites = sites};
	chains_find(&f.chains, p, h);
	unsigned char *sides = memory_new(h->objects + 1, 1);
	for (size_t i = 0; i < f.chains.count; i++) {
		const struct chain *c = &f.chains.chain[i];
		for (int j = 0; j < c->waits; j++)
			sides[c->waited[j]] |= 1;
		for (int j = 0; j < c->fires; j++)
			sides[c->fired[j]] |= 2;
	}
	for (uint32_t i = 0; i < h->objects; i++)
		if (sides[i] == 3)
			try_object(&f, i);
	free(sides);
	size_t found = f.relations;
	for (size_t i = 0; i < found; i++)
		add_opposite(&f, i);
	if (f.relations) {
		f.dropped = memory_new(p->ops + 1, sizeof(*f.dropped));
		drop_operations(&f);
		insert_tokens(&f);
		rewrite(&f);
	}
	for (size_t i = 0; i < f.relations; i++)
		hash_free(&f.relation[i].site);
	chains_free(&f.chains);
	free(f.relation);
	free(f.dropped);
	free(f.insertion);
	return f.relations;
}
