#include "reports/order/inversion.h"
#include "profiler/text.h"
#include "reports/order/happens.h"
#include "reports/order/lock_edge.h"
#include <stdlib.h>
#include <string.h>

#define FOUND_MAX 100	  /* inversions told */
#define STEPS_MAX 300000u /* of the search: groups of locks without any order have many cycles */
#define EDGES_TRIED 16	  /* of those between the same two locks: the most frequent ones */

struct finder {
	const struct history *history;
	struct lock_order order;
	struct happens happens;
	struct range *arc; /* by object: its edges in order.edge */
	struct hash known; /* hashes of inversions that were told */
	uint32_t found, steps;
	inversion_found *each;
	void *data;
	/* the cycle in the making: edges of `at` go from lock[i] to lock[i + 1] */
	uint32_t lock[INVERSION_LOCKS_MAX], length;
	const struct lock_edge *edge[INVERSION_LOCKS_MAX];
	const struct edge_side *side[INVERSION_LOCKS_MAX];
};

static bool shares_gate(const struct finder *f, const struct edge_side *a,
			const struct edge_side *b)
{
	for (uint32_t i = 0; i < a->gates.count; i++) {
		const struct gate *x = &f->order.gate[a->gates.first + i];
		for (uint32_t k = 0; k < b->gates.count; k++) {
			const struct gate *y = &f->order.gate[b->gates.first + k];
			if (x->object == y->object && !(x->shared && y->shared))
				return true;
		}
	}
	return false;
}

/* At some of the times at which they did it, nothing but chance kept them apart. */
static bool concurrent(struct finder *f, const struct edge_side *a, const struct edge_side *b)
{
	for (uint32_t i = 0; i < a->times; i++)
		for (uint32_t k = 0; k < b->times; k++)
			if (!happens_before(&f->happens, a->thread, a->time[i], b->thread,
					    b->time[k]) &&
			    !happens_before(&f->happens, b->thread, b->time[k], a->thread,
					    a->time[i]))
				return true;
	return false;
}

static bool fits(struct finder *f, uint32_t depth, const struct edge_side *s)
{
	for (uint32_t i = 0; i < depth; i++)
		if (f->side[i]->thread == s->thread || shares_gate(f, f->side[i], s) ||
		    !concurrent(f, f->side[i], s))
			return false;
	return true;
}

/* Readers do not keep readers out: a lock of the cycle is wanted by the edge before it. */
static bool excludes(const struct finder *f, uint32_t depth, const struct lock_edge *e)
{
	if (depth && e->held_shared && f->edge[depth - 1]->wanted_shared)
		return false;
	return depth + 1 < f->length || !(e->wanted_shared && f->edge[0]->held_shared);
}

/* The same code on locks made in the same places is the same inversion, wherever it begins. */
static uint64_t hash_of(const struct finder *f)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < f->length; i++) {
		const struct lock_edge *e = f->edge[i];
		uint64_t h = f->history->object[e->held].group;
		h = (h ^ (uint64_t)f->history->object[e->wanted].group << 32) *
		    0x9e3779b97f4a7c15ull;
		h = (h ^ h >> 29 ^ e->held_stack) * 0xbf58476d1ce4e5b9ull;
		h = (h ^ h >> 31 ^ e->stack) * 0x94d049bb133111ebull;
		sum += h ^ h >> 30;
	}
	return sum | 1;
}

static void tell(struct finder *f)
{
	struct inversion v = {.length = f->length};
	bool fresh;

	hash_put(&f->known, hash_of(f), 0, &fresh);
	if (!fresh)
		return;
	f->found++;
	for (uint32_t i = 0; i < f->length; i++)
		v.step[i] = (struct inversion_step){f->edge[i]->held, f->side[i]->thread,
						    f->edge[i]->held_stack, f->edge[i]->stack,
						    f->edge[i]->count};
	f->each(f->data, &v);
}

/* The edges of one object are sorted by what is wanted. */
static struct range arc_between(const struct finder *f, uint32_t from, uint32_t to)
{
	uint32_t end = f->arc[from].first + f->arc[from].count, low = f->arc[from].first;
	struct range found = {0, 0};

	for (uint32_t high = end; low < high;) {
		uint32_t middle = low + (high - low) / 2;
		if (f->order.edge[middle].wanted < to)
			low = middle + 1;
		else
			high = middle;
	}
	found.first = low;
	while (found.count < EDGES_TRIED && low < end && f->order.edge[low].wanted == to)
		found.count++, low++;
	return found;
}

/* Chooses an edge and a thread for each arc of the cycle. Of equal choices the first one that fits
 * is enough; others of other code are told as well. */
static void choose(struct finder *f, uint32_t depth)
{
	struct range r;

	if (depth == f->length) {
		tell(f);
		return;
	}
	r = arc_between(f, f->lock[depth], f->lock[(depth + 1) % f->length]);
	for (uint32_t i = r.first; i < r.first + r.count; i++) {
		const struct lock_edge *e = &f->order.edge[i];
		if (!excludes(f, depth, e))
			continue;
		f->edge[depth] = e;
		for (uint32_t s = e->side; s != NO_SIDE && f->found < FOUND_MAX;
		     s = f->order.side[s].next) {
			if (f->steps++ > STEPS_MAX || !fits(f, depth, &f->order.side[s]))
				continue;
			f->side[depth] = &f->order.side[s];
			choose(f, depth + 1);
		}
	}
}

static bool on_path(const struct finder *f, uint32_t lock, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		if (f->lock[i] == lock)
			return true;
	return false;
}

/* Each cycle begins at its lowest lock. */
static void extend(struct finder *f, uint32_t length)
{
	uint32_t last = f->lock[length - 1], before = last;
	struct range r = f->arc[last];

	for (uint32_t i = r.first; i < r.first + r.count; i++) {
		uint32_t next = f->order.edge[i].wanted;
		if (next == before || f->order.component[next] != f->order.component[last])
			continue;
		before = next;
		if (f->steps++ > STEPS_MAX || f->found >= FOUND_MAX)
			return;
		if (next == f->lock[0]) {
			f->length = length;
			choose(f, 0);
		} else if (length < INVERSION_LOCKS_MAX && next > f->lock[0] &&
			   !on_path(f, next, length)) {
			f->lock[length] = next;
			extend(f, length + 1);
		}
	}
}

static void index_arcs(struct finder *f)
{
	f->arc = memory_new(f->history->objects + 1, sizeof(*f->arc));
	for (size_t i = 0; i < f->order.edges; i++) {
		struct range *r = &f->arc[f->order.edge[i].held];
		if (!r->count++)
			r->first = (uint32_t)i;
	}
}

void inversions_find(const struct history *h, inversion_found *each, void *data)
{
	struct finder f = {.history = h, .each = each, .data = data};

	lock_order_read(&f.order, h);
	if (f.order.edges) {
		index_arcs(&f);
		happens_open(&f.happens, h);
		hash_init(&f.known, 0);
		for (uint32_t i = 0; i < h->objects; i++) {
			f.lock[0] = i;
			extend(&f, 1);
		}
		hash_free(&f.known);
		happens_close(&f.happens);
		free(f.arc);
	}
	lock_order_free(&f.order);
}
