#include "reports/order/lock_edge.h"
#include "profiler/text.h"
#include "reports/graph/regroup.h"
#include "reports/order/components.h"
#include <stdlib.h>
#include <string.h>

#define HELD_MAX 32 /* of one thread at a time; the target times fewer */

/* An interpreter's lock is not among them: it is dropped before another one is waited for. */
static bool is_lock(const struct history_object *o)
{
	return o->family == HISTORY_mutex || o->family == HISTORY_rwlock ||
	       o->family == HISTORY_spin || (o->family == HISTORY_semaphore && o->use == USE_LOCK);
}

/* Who used an object first, and when somebody else did. */
struct first_use {
	int64_t time, other_time;
	uint32_t thread;
};

/* A timed hold of one thread, in order of time: history.hold has them by object. */
struct own_hold {
	int64_t acquired;
	uint32_t thread, hold;
};

struct reader {
	struct lock_order *order;
	const struct history *history;
	struct first_use *use;
	struct own_hold *own;
	size_t own_count;
	/* of the thread that is walked */
	uint32_t thread;
	const struct history_hold *held[HELD_MAX];
	uint32_t held_count;
};

static void note_use(struct first_use *u, uint32_t thread, int64_t time)
{
	if (u->thread == NOBODY || (thread == u->thread && time < u->time)) {
		u->thread = thread;
		u->time = time;
	} else if (thread != u->thread && time < u->time) {
		u->other_time = u->time < u->other_time ? u->time : u->other_time;
		u->thread = thread;
		u->time = time;
	} else if (thread != u->thread && time < u->other_time) {
		u->other_time = time;
	}
}

static void find_uses(struct reader *r)
{
	const struct history *h = r->history;

	r->use = memory_new(h->objects + 1, sizeof(*r->use));
	for (size_t i = 0; i < h->objects; i++)
		r->use[i] = (struct first_use){INT64_MAX, INT64_MAX, NOBODY};
	for (size_t i = 0; i < h->holds; i++)
		if (h->hold[i].acquired)
			note_use(&r->use[h->hold[i].object], h->hold[i].thread,
				 h->hold[i].acquired);
	for (size_t i = 0; i < h->waits; i++)
		if (h->wait[i].object < h->objects)
			note_use(&r->use[h->wait[i].object], h->wait[i].thread, h->wait[i].begin);
}

/* It was made while this thread ran, by it as it seems, and nobody else has used it so far. */
static bool is_unpublished(const struct reader *r, uint32_t object, int64_t time)
{
	const struct history_object *o = &r->history->object[object];
	const struct first_use *u = &r->use[object];

	return o->init > 0 && r->history->thread[r->thread].begin < o->init && o->init <= time &&
	       u->thread == r->thread && u->other_time > time;
}

static struct lock_edge *edge_get(struct reader *r, const struct lock_edge *key)
{
	struct lock_order *o = r->order;
	bool fresh;
	uint64_t modes = (uint64_t)key->held_shared << 1 | key->wanted_shared;
	uint32_t *number =
	    hash_put(&o->index, (uint64_t)key->held << 32 | key->wanted,
		     (uint64_t)key->held_stack << 33 | (uint64_t)key->stack << 2 | modes, &fresh);

	if (!fresh)
		return &o->edge[*number];
	if (o->edges == o->edge_room) {
		o->edge_room = o->edge_room ? 2 * o->edge_room : 64;
		o->edge = memory_grow(o->edge, o->edge_room, sizeof(*o->edge));
	}
	*number = (uint32_t)o->edges;
	o->edge[o->edges] = *key;
	o->edge[o->edges].side = NO_SIDE;
	return &o->edge[o->edges++];
}

/* NULL: enough threads are known to do it. */
static struct edge_side *side_get(struct reader *r, struct lock_edge *e)
{
	struct lock_order *o = r->order;
	uint32_t i = e->side;

	while (i != NO_SIDE && o->side[i].thread != r->thread)
		i = o->side[i].next;
	if (i != NO_SIDE)
		return &o->side[i];
	if (e->sides == SIDES_MAX)
		return NULL;
	if (o->sides == o->side_room) {
		o->side_room = o->side_room ? 2 * o->side_room : 64;
		o->side = memory_grow(o->side, o->side_room, sizeof(*o->side));
	}
	o->side[o->sides] = (struct edge_side){.thread = r->thread, .next = e->side};
	e->side = (uint32_t)o->sides;
	e->sides++;
	return &o->side[o->sides++];
}

/* The first and the last one stay; those between are replaced in turn, ever more seldom. */
static void side_add_time(struct edge_side *s, int64_t time)
{
	uint32_t seen = s->seen++;

	if (s->times < SIDE_TIMES) {
		s->time[s->times++] = time;
		return;
	}
	if ((seen & (seen - 1)) == 0) {
		uint32_t place = 1 + (uint32_t)__builtin_ctz(seen) % (SIDE_TIMES - 2);
		s->time[place] = s->time[SIDE_TIMES - 1];
	}
	s->time[SIDE_TIMES - 1] = time;
}

static bool has_gate(const struct lock_order *o, const struct edge_side *s, struct gate g)
{
	for (uint32_t i = 0; i < s->gates.count; i++) {
		const struct gate *have = &o->gate[s->gates.first + i];
		if (have->object == g.object && have->shared <= g.shared)
			return true;
	}
	return false;
}

static void gate_push(struct lock_order *o, struct gate g)
{
	if (o->gates == o->gate_room) {
		o->gate_room = o->gate_room ? 2 * o->gate_room : 256;
		o->gate = memory_grow(o->gate, o->gate_room, sizeof(*o->gate));
	}
	o->gate[o->gates++] = g;
}

/*
 * Of a path through the code that is run many times only some runs are timed whole, and the locks
 * around it are seen in some of them only: what was held in one of them counts for all. New gates
 * go behind a copy of the old ones.
 */
static void side_add_gates(struct reader *r, struct edge_side *s)
{
	struct lock_order *o = r->order;
	bool copied = false;

	for (uint32_t i = 0; i < r->held_count; i++) {
		struct gate g = {r->held[i]->object, r->held[i]->flags & HISTORY_SHARED};
		if (has_gate(o, s, g))
			continue;
		if (!copied) {
			uint32_t first = (uint32_t)o->gates;
			for (uint32_t k = 0; k < s->gates.count; k++)
				gate_push(o, o->gate[s->gates.first + k]);
			s->gates.first = first;
			copied = true;
		}
		gate_push(o, g);
		s->gates.count++;
	}
}

static void add_edge(struct reader *r, const struct history_hold *held, struct lock_edge key,
		     int64_t time, uint32_t weight)
{
	struct lock_edge *e;
	struct edge_side *s;

	key.held = held->object;
	key.held_stack = held->stack;
	key.held_shared = held->flags & HISTORY_SHARED;
	if (!r->order->component) {
		bool fresh;
		hash_put(&r->order->index, (uint64_t)key.held << 32 | key.wanted, 1, &fresh);
		return;
	}
	if (r->order->component[key.held] != r->order->component[key.wanted])
		return;
	e = edge_get(r, &key);
	e->count += weight;
	s = side_get(r, e);
	if (!s)
		return;
	side_add_time(s, time);
	side_add_gates(r, s);
}

static bool holds(const struct reader *r, uint32_t object)
{
	for (uint32_t i = 0; i < r->held_count; i++)
		if (r->held[i]->object == object)
			return true;
	return false;
}

/* The thread wants an object: at once, or after a wait. */
static void request(struct reader *r, uint32_t object, uint32_t stack, unsigned flags, int64_t time,
		    uint32_t weight)
{
	struct lock_edge key = {
	    .wanted = object, .stack = stack, .wanted_shared = flags & HISTORY_SHARED};

	if (flags & HISTORY_GIVES_UP || !r->held_count || holds(r, object) ||
	    is_unpublished(r, object, time))
		return;
	for (uint32_t i = 0; i < r->held_count; i++)
		if (!is_unpublished(r, r->held[i]->object, time))
			add_edge(r, r->held[i], key, time, weight);
}

static void drop_released(struct reader *r, int64_t time)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < r->held_count; i++)
		if (r->held[i]->released > time)
			r->held[kept++] = r->held[i];
	r->held_count = kept;
}

static void on_wait(struct reader *r, const struct history_wait *w)
{
	if (w->object >= r->history->objects || !is_lock(&r->history->object[w->object]) ||
	    !(w->flags & (HISTORY_ACQUIRED | HISTORY_UNFINISHED)))
		return;
	drop_released(r, w->begin);
	request(r, w->object, w->stack, w->flags, w->begin, w->weight);
}

/* before: the thread's last wait, which may have ended with this hold: then it was the request. */
static void on_hold(struct reader *r, const struct history_hold *x,
		    const struct history_wait *before)
{
	drop_released(r, x->acquired);
	if (!before || before->object != x->object || before->end != x->acquired)
		request(r, x->object, x->stack, x->flags, x->acquired, x->weight);
	if (r->held_count < HELD_MAX)
		r->held[r->held_count++] = x;
}

/* Holds of one thread and its waits, in order of time. */
static void walk(struct reader *r, const struct own_hold *own, size_t count)
{
	const struct history *h = r->history;
	const struct range waits = h->thread[r->thread].waits;
	uint32_t w = 0;

	r->held_count = 0;
	for (size_t i = 0; i < count; i++) {
		for (; w < waits.count && h->wait[waits.first + w].begin < own[i].acquired; w++)
			on_wait(r, &h->wait[waits.first + w]);
		on_hold(r, &h->hold[own[i].hold], w ? &h->wait[waits.first + w - 1] : NULL);
	}
	for (; w < waits.count && r->held_count; w++)
		on_wait(r, &h->wait[waits.first + w]);
}

static void gather(struct reader *r)
{
	const struct history *h = r->history;

	r->own = memory_grow(NULL, h->holds + 1, sizeof(*r->own));
	for (size_t i = 0; i < h->holds; i++) {
		const struct history_hold *x = &h->hold[i];
		if (x->acquired && x->thread < h->threads && is_lock(&h->object[x->object]))
			r->own[r->own_count++] =
			    (struct own_hold){x->acquired, x->thread, (uint32_t)i};
	}
	r->own =
	    regroup(r->own, r->own_count, LAYOUT(struct own_hold, thread, acquired), h->threads);
}

static int by_locks(const void *a, const void *b)
{
	const struct lock_edge *x = a, *y = b;

	if (x->held != y->held)
		return x->held < y->held ? -1 : 1;
	if (x->wanted != y->wanted)
		return x->wanted < y->wanted ? -1 : 1;
	return x->count > y->count ? -1 : x->count < y->count;
}

static void walk_all(struct reader *r)
{
	for (size_t i = 0, n; i < r->own_count; i += n) {
		r->thread = r->own[i].thread;
		for (n = 1; i + n < r->own_count && r->own[i + n].thread == r->thread; n++)
			;
		walk(r, r->own + i, n);
	}
}

/* The pairs of locks, by the one that is held. */
struct pairs {
	uint32_t *wanted;
	struct range *of;
};

static uint32_t next_of(const void *data, uint32_t from, uint32_t n)
{
	const struct pairs *p = data;

	return n < p->of[from].count ? p->wanted[p->of[from].first + n] : COMPONENT_END;
}

static void pairs_make(struct pairs *p, const struct hash *all, size_t objects)
{
	uint64_t key[2];
	uint32_t first = 0;

	p->wanted = memory_new(all->count + 1, sizeof(*p->wanted));
	p->of = memory_new(objects + 1, sizeof(*p->of));
	for (size_t place = 0; hash_next(all, &place, key);)
		p->of[key[0] >> 32].count++;
	for (size_t i = 0; i < objects; i++) {
		p->of[i].first = first;
		first += p->of[i].count;
		p->of[i].count = 0;
	}
	for (size_t place = 0; hash_next(all, &place, key);) {
		struct range *of = &p->of[key[0] >> 32];
		p->wanted[of->first + of->count++] = (uint32_t)key[0];
	}
}

/* Whether any two locks are taken in more than one order. */
static bool find_components(struct lock_order *o, size_t objects)
{
	struct pairs p;
	bool any = false;

	pairs_make(&p, &o->index, objects);
	o->component = components_of((uint32_t)objects, next_of, &p);
	for (uint32_t i = 0; i < objects && !any; i++)
		for (uint32_t n = 0; n < p.of[i].count && !any; n++)
			any = o->component[i] == o->component[p.wanted[p.of[i].first + n]];
	free(p.wanted);
	free(p.of);
	hash_free(&o->index);
	return any;
}

void lock_order_read(struct lock_order *o, const struct history *h)
{
	struct reader r = {.order = o, .history = h};

	*o = (struct lock_order){0};
	hash_init(&o->index, 0);
	find_uses(&r);
	gather(&r);
	walk_all(&r);
	if (find_components(o, h->objects)) {
		hash_init(&o->index, sizeof(uint32_t));
		walk_all(&r);
		hash_free(&o->index);
	}
	if (o->edges)
		qsort(o->edge, o->edges, sizeof(*o->edge), by_locks);
	free(r.own);
	free(r.use);
}

void lock_order_free(struct lock_order *o)
{
	free(o->edge);
	free(o->side);
	free(o->gate);
	free(o->component);
	*o = (struct lock_order){0};
}
