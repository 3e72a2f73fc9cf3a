#include "profiler/waitgraph.h"
#include "profiler/text.h"
#include <stdlib.h>

struct wait_node *waitgraph_add(struct waitgraph *g, uint32_t process)
{
	if (g->nodes == g->node_room) {
		g->node_room = g->node_room ? 2 * g->node_room : 64;
		g->node = memory_grow(g->node, g->node_room, sizeof(*g->node));
	}
	if (process >= g->processes)
		g->processes = process + 1;
	g->node[g->nodes] = (struct wait_node){.process = process, .first = g->targets};
	return &g->node[g->nodes++];
}

void waitgraph_target(struct waitgraph *g, uint32_t node)
{
	if (g->targets == g->target_room) {
		g->target_room = g->target_room ? 2 * g->target_room : 64;
		g->target = memory_grow(g->target, g->target_room, sizeof(*g->target));
	}
	g->target[g->targets++] = node;
	g->node[g->nodes - 1].count++;
}

void waitgraph_clear(struct waitgraph *g)
{
	g->nodes = g->targets = g->processes = 0;
}

void waitgraph_free(struct waitgraph *g)
{
	free(g->node);
	free(g->target);
	free(g->stuck);
	free(g->living);
	*g = (struct waitgraph){0};
}

static bool can_end(const struct waitgraph *g, const struct wait_node *n)
{
	if (n->end == ENDS_FREELY)
		return true;
	if (n->end == ENDS_BY_PROCESS)
		return g->stuck[n->process] < g->living[n->process];
	for (uint32_t i = 0; i < n->count; i++)
		if (!g->node[g->target[n->first + i]].stuck)
			return true;
	return false;
}

static void count_by_process(struct waitgraph *g)
{
	g->stuck = memory_grow(g->stuck, g->processes + 1, sizeof(*g->stuck));
	g->living = memory_grow(g->living, g->processes + 1, sizeof(*g->living));
	for (uint32_t i = 0; i < g->processes; i++)
		g->stuck[i] = g->living[i] = 0;
	for (uint32_t i = 0; i < g->nodes; i++) {
		const struct wait_node *n = &g->node[i];
		g->living[n->process] += !n->dead;
		g->stuck[n->process] += !n->dead && n->stuck;
	}
}

/* Takes away who can go on until nobody is left who can. */
void waitgraph_solve(struct waitgraph *g)
{
	bool changed = true;

	for (uint32_t i = 0; i < g->nodes; i++)
		g->node[i].stuck = g->node[i].dead || g->node[i].end != ENDS_FREELY;
	count_by_process(g);
	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < g->nodes; i++) {
			struct wait_node *n = &g->node[i];
			if (!n->stuck || n->dead || !can_end(g, n))
				continue;
			n->stuck = false;
			g->stuck[n->process]--;
			changed = true;
		}
	}
}

/* Depth first over who waits for whom. at: targets already followed, by depth. */
struct search {
	struct waitgraph *graph;
	uint32_t *path, *at, *depth_of; /* depth_of: by node, 1 + its depth on the path */
	uint32_t depth;
	waitgraph_knot *each;
	void *data;
};

static void push(struct search *s, uint32_t node)
{
	s->path[s->depth] = node;
	s->at[s->depth] = 0;
	s->depth_of[node] = ++s->depth;
}

static void found(struct search *s, enum knot_kind kind, const uint32_t *member, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		s->graph->node[member[i]].explained = true;
	s->each(s->data, kind, member, count);
}

/* Everything on the path was stuck already, whatever is left of the search. */
#define LEFT UINT32_MAX

static void follow(struct search *s, uint32_t target)
{
	struct wait_node *n = &s->graph->node[target];
	uint32_t depth = s->depth_of[target];

	if (depth == 0 && n->stuck && n->end == ENDS_BY_THREADS) {
		push(s, target);
	} else if (depth != 0 && depth != LEFT && !n->explained) {
		found(s, KNOT_CYCLE, s->path + depth - 1, s->depth - (depth - 1));
	}
}

static void search_from(struct search *s, uint32_t start)
{
	push(s, start);
	while (s->depth) {
		uint32_t node = s->path[s->depth - 1];
		const struct wait_node *n = &s->graph->node[node];
		if (s->at[s->depth - 1] < n->count)
			follow(s, s->graph->target[n->first + s->at[s->depth - 1]++]);
		else
			s->depth_of[s->path[--s->depth]] = LEFT;
	}
}

static void find_cycles(struct search *s)
{
	for (uint32_t i = 0; i < s->graph->nodes; i++) {
		const struct wait_node *n = &s->graph->node[i];
		if (n->stuck && n->end == ENDS_BY_THREADS && !s->depth_of[i])
			search_from(s, i);
	}
}

static void find_never(struct search *s)
{
	for (uint32_t i = 0; i < s->graph->nodes; i++) {
		const struct wait_node *n = &s->graph->node[i];
		if (n->end == ENDS_BY_THREADS && !n->count)
			found(s, KNOT_NEVER, &i, 1);
	}
}

/* Who waits for somebody explained is explained. */
static void explain(struct waitgraph *g)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < g->nodes; i++) {
			struct wait_node *n = &g->node[i];
			for (uint32_t t = 0; t < n->count && n->stuck && !n->explained; t++)
				if (g->node[g->target[n->first + t]].explained)
					changed = n->explained = true;
		}
	}
}

/* Its threads, when all are stuck, some of them wait for any other one, and none is explained. */
static uint32_t silent_members(const struct waitgraph *g, uint32_t process, uint32_t *member)
{
	uint32_t count = 0;
	bool any = false;

	if (g->stuck[process] < g->living[process])
		return 0;
	for (uint32_t i = 0; i < g->nodes; i++) {
		if (g->node[i].process != process || g->node[i].dead)
			continue;
		if (g->node[i].explained)
			return 0;
		any |= g->node[i].end == ENDS_BY_PROCESS;
		member[count++] = i;
	}
	return any ? count : 0;
}

void waitgraph_knots(struct waitgraph *g, waitgraph_knot *each, void *data)
{
	struct search s = {.graph = g, .each = each, .data = data};

	s.path = memory_new(g->nodes + 1, sizeof(*s.path));
	s.at = memory_new(g->nodes + 1, sizeof(*s.at));
	s.depth_of = memory_new(g->nodes + 1, sizeof(*s.depth_of));
	find_cycles(&s);
	find_never(&s);
	explain(g);
	for (uint32_t p = 0; p < g->processes; p++) {
		uint32_t count = silent_members(g, p, s.path);
		if (count)
			found(&s, KNOT_SILENT, s.path, count);
		explain(g);
	}
	free(s.path);
	free(s.at);
	free(s.depth_of);
}

uint32_t waitgraph_behind(const struct waitgraph *g, const uint32_t *member, uint32_t count)
{
	bool *reached = memory_new(g->nodes + 1, sizeof(*reached)), changed = true;
	uint32_t behind = 0;

	for (uint32_t i = 0; i < count; i++)
		reached[member[i]] = true;
	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < g->nodes; i++)
			for (uint32_t t = 0; t < g->node[i].count && !reached[i]; t++)
				if (g->node[i].stuck && reached[g->target[g->node[i].first + t]])
					changed = reached[i] = true, behind++;
	}
	free(reached);
	return behind;
}
