#include "reports/sweep/circles.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

static int by_ends(const void *a, const void *b)
{
	const struct edge *e = a, *f = b;

	if (e->from != f->from)
		return e->from < f->from ? -1 : 1;
	return e->to < f->to ? -1 : e->to > f->to;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

uint32_t circles_place(const struct circles *c, uint32_t node)
{
	const uint32_t *at = bsearch(&node, c->node, c->nodes, sizeof(node), by_number);

	return (uint32_t)(at ? (size_t)(at - c->node) : c->nodes);
}

/* One block of memory for all that is by node. */
static void allocate(struct circles *c)
{
	size_t room = 2 * c->edges + 1;

	c->node = memory_new(8 * room, sizeof(uint32_t));
	c->first = c->node + room;
	c->order = c->first + room;
	c->low = c->order + room;
	c->part = c->low + room;
	c->open = c->part + room;
	c->path = c->open + room;
	c->place = c->path + room;
}

void circles_open(struct circles *c, struct edge *edge, size_t edges)
{
	size_t n = 0;

	*c = (struct circles){.edge = edge, .edges = edges};
	allocate(c);
	qsort(edge, edges, sizeof(*edge), by_ends);
	for (size_t i = 0; i < edges; i++) {
		c->node[n++] = edge[i].from;
		c->node[n++] = edge[i].to;
	}
	qsort(c->node, n, sizeof(uint32_t), by_number);
	for (size_t i = 0; i < n; i++)
		if (!c->nodes || c->node[c->nodes - 1] != c->node[i])
			c->node[c->nodes++] = c->node[i];
	for (size_t i = 0; i < edges; i++) {
		edge[i].from = circles_place(c, edge[i].from);
		edge[i].to = circles_place(c, edge[i].to);
		c->first[edge[i].from + 1]++;
	}
	for (size_t i = 0; i < c->nodes; i++)
		c->first[i + 1] += c->first[i];
}

void circles_close(struct circles *c)
{
	free(c->edge);
	free(c->node);
	*c = (struct circles){0};
}

static void close_part(struct circles *c, uint32_t v)
{
	uint32_t w;

	c->parts++;
	do {
		w = c->open[--c->opened];
		c->part[w] = (uint32_t)c->parts;
	} while (w != v);
}

static void reach(struct circles *c, uint32_t v, size_t depth, uint32_t *count)
{
	c->path[depth] = v;
	c->place[depth] = c->first[v];
	c->order[v] = c->low[v] = ++*count;
	c->open[c->opened++] = v;
}

static void lower(struct circles *c, uint32_t v, uint32_t to)
{
	if (to < c->low[v])
		c->low[v] = to;
}

/* Follows the next edge of the last node of the path. Whether the path has grown. */
static bool follow(struct circles *c, size_t depth, uint32_t *count)
{
	uint32_t v = c->path[depth];
	const struct edge *e = &c->edge[c->place[depth]++];

	if (e->weight == 0 || c->part[e->to])
		return false;
	if (c->order[e->to]) {
		lower(c, v, c->order[e->to]);
		return false;
	}
	reach(c, e->to, depth + 1, count);
	return true;
}

static void visit(struct circles *c, uint32_t root, uint32_t *count)
{
	size_t depth = 0;

	for (reach(c, root, 0, count);;) {
		uint32_t v = c->path[depth];
		if (c->place[depth] < c->first[v + 1]) {
			depth += follow(c, depth, count);
			continue;
		}
		if (c->low[v] == c->order[v])
			close_part(c, v);
		if (depth == 0)
			return;
		lower(c, c->path[--depth], c->low[v]);
	}
}

void circles_find(struct circles *c)
{
	uint32_t count = 0;

	c->parts = c->opened = 0;
	memset(c->order, 0, c->nodes * sizeof(uint32_t));
	memset(c->part, 0, c->nodes * sizeof(uint32_t));
	for (uint32_t v = 0; v < c->nodes; v++)
		if (!c->order[v])
			visit(c, v, &count);
}
