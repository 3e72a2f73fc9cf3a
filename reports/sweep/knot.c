#include "reports/sweep/knot.h"
#include "reports/sweep/circles.h"

enum {
	LIGHT = 50,   /* edges of less than this part of the run do not count */
	BUSY = 90,    /* percent of the run */
	LIGHTEST = 5, /* see untie() */
};

struct knots {
	struct pass *pass;
	struct circles circles; /* nodes: threads, then groups of objects */
	uint32_t count;
};

static void add(struct pass *p, uint32_t from, uint32_t to, int64_t ns)
{
	bool fresh;

	*(int64_t *)hash_put(&p->edges, (uint64_t)from + 1, to, &fresh) += ns;
}

void knot_edge_to_object(struct pass *p, uint32_t thread, uint32_t group, int64_t ns)
{
	add(p, thread, (uint32_t)p->history->threads + group, ns);
}

void knot_edge_to_thread(struct pass *p, uint32_t thread, uint32_t other, int64_t ns)
{
	add(p, thread, other, ns);
}

void knot_edge_object(struct pass *p, uint32_t group, uint32_t thread, int64_t ns)
{
	add(p, (uint32_t)p->history->threads + group, thread, ns);
}

/* Chains of one link are in the blame already. */
static void add_direct(struct pass *p)
{
	for (size_t i = 0; i < p->out->blames; i++) {
		const struct account_blame *b = &p->out->blame[i];
		if (b->direct && b->culprit != NOBODY && b->culprit_object == b->object)
			knot_edge_object(p, b->object, b->culprit, b->ns);
	}
}

static void collect(struct knots *k)
{
	const struct hash *all = &k->pass->edges;
	struct edge *edge = memory_new(all->count + 1, sizeof(*edge));
	int64_t *ns, least = k->pass->out->wall_ns / LIGHT;
	uint64_t key[2];
	size_t place = 0, edges = 0;

	while ((ns = hash_next(all, &place, key)))
		if (*ns > least)
			edge[edges++] =
			    (struct edge){(uint32_t)(key[0] - 1), (uint32_t)key[1], *ns};
	circles_open(&k->circles, edge, edges);
}

/* The lightest edge, when it is light beside the heaviest. */
static struct edge *lightest(const struct circles *c)
{
	struct edge *found = NULL;
	int64_t heaviest = 0;

	for (size_t i = 0; i < c->edges; i++) {
		struct edge *e = &c->edge[i];
		heaviest = e->weight > heaviest ? e->weight : heaviest;
		if (e->weight && (!found || e->weight < found->weight))
			found = e;
	}
	return found && found->weight * LIGHTEST <= heaviest ? found : NULL;
}

/* That all wait for each other says little: the lightest edges go until something stands out. */
static void untie(struct circles *c)
{
	struct edge *e;

	for (circles_find(c); c->parts == 1 && c->nodes > 2; circles_find(c)) {
		e = lightest(c);
		if (!e)
			return;
		e->weight = 0;
	}
}

static void add_knot(struct knots *k, uint32_t thread, int64_t ns)
{
	struct account *out = k->pass->out;

	out->knot = memory_grow(out->knot, out->knots + 1, sizeof(*out->knot));
	out->knot[out->knots++] = (struct account_knot){k->count, thread, ns};
}

static int64_t busy_ns(const struct account *out, uint32_t thread, bool outside)
{
	const int64_t *ns = out->state_ns[thread];

	return ns[TILE_run] + ns[TILE_spin] + (outside ? ns[TILE_io] + ns[TILE_timer] : 0);
}

/* Threads in the part, 0 when an edge leads out of it. */
static uint32_t threads_in(const struct knots *k, uint32_t part)
{
	const struct circles *c = &k->circles;
	uint32_t count = 0;

	for (size_t i = 0; i < c->edges; i++)
		if (c->edge[i].weight && c->part[c->edge[i].from] == part &&
		    c->part[c->edge[i].to] != part)
			return 0;
	for (size_t v = 0; v < c->nodes; v++)
		count += c->part[v] == part && c->node[v] < k->pass->history->threads;
	return count;
}

static int64_t waited_in_part(const struct circles *c, size_t v)
{
	int64_t ns = 0;

	for (uint32_t e = c->first[v]; e < c->first[v + 1]; e++)
		ns += c->part[c->edge[e].to] == c->part[v] ? c->edge[e].weight : 0;
	return ns;
}

/* A knot of one is somebody for whom others wait, at work all the time. */
static void add_part(struct knots *k, uint32_t part)
{
	const struct circles *c = &k->circles;
	const struct account *out = k->pass->out;
	uint32_t threads = threads_in(k, part);
	size_t before = out->knots;

	for (size_t v = 0; threads && v < c->nodes; v++) {
		uint32_t t = c->node[v];
		int64_t ns;
		if (c->part[v] != part || t >= out->threads)
			continue;
		ns = threads > 1 ? waited_in_part(c, v) : busy_ns(out, t, true);
		if (threads > 1 || ns * 100 >= out->wall_ns * BUSY)
			add_knot(k, t, ns);
	}
	k->count += out->knots > before;
}

/* Busy all the time, and neither waited nor was waited for: no edge touches it. */
static void add_busy(struct knots *k)
{
	const struct account *out = k->pass->out;

	for (uint32_t t = 0; t < out->threads; t++) {
		int64_t ns = busy_ns(out, t, false);
		if (ns > 0 && ns * 100 >= out->wall_ns * BUSY &&
		    circles_place(&k->circles, t) == k->circles.nodes) {
			add_knot(k, t, ns);
			k->count++;
		}
	}
}

void knots_find(struct pass *p)
{
	struct knots k = {.pass = p};

	add_direct(p);
	collect(&k);
	untie(&k.circles);
	for (uint32_t part = 1; part <= k.circles.parts; part++)
		add_part(&k, part);
	add_busy(&k);
	circles_close(&k.circles);
}
