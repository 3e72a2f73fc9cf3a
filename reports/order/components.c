#include "reports/order/components.h"
#include "profiler/text.h"
#include <stdlib.h>

struct node {
	uint32_t number; /* 1 + order of the first visit, 0: not yet */
	uint32_t low;	 /* the lowest number it leads back to */
	uint32_t tried;	 /* of its edges */
	uint32_t parent;
};

struct tarjan {
	struct node *node;
	uint32_t *stack, *component; /* component: 0 while on the stack or not visited */
	uint32_t depth, visited, components;
	components_next *next;
	const void *data;
};

static void enter(struct tarjan *t, uint32_t node, uint32_t parent)
{
	t->node[node] = (struct node){++t->visited, t->visited, 0, parent};
	t->stack[t->depth++] = node;
}

/* All its edges were followed. Returns where the visit goes on. */
static uint32_t leave(struct tarjan *t, uint32_t node)
{
	struct node *n = &t->node[node];

	if (n->low == n->number) {
		t->components++;
		do
			t->component[t->stack[--t->depth]] = t->components;
		while (t->stack[t->depth] != node);
	}
	if (n->parent != COMPONENT_END && n->low < t->node[n->parent].low)
		t->node[n->parent].low = n->low;
	return n->parent;
}

static void visit(struct tarjan *t, uint32_t start)
{
	uint32_t at = start;

	enter(t, start, COMPONENT_END);
	while (at != COMPONENT_END) {
		struct node *n = &t->node[at];
		uint32_t to = t->next(t->data, at, n->tried++);
		if (to == COMPONENT_END) {
			at = leave(t, at);
		} else if (!t->node[to].number) {
			enter(t, to, at);
			at = to;
		} else if (!t->component[to] && t->node[to].number < n->low) {
			n->low = t->node[to].number;
		}
	}
}

uint32_t *components_of(uint32_t nodes, components_next *next, const void *data)
{
	struct tarjan t = {.next = next, .data = data};

	t.node = memory_new(nodes + 1, sizeof(*t.node));
	t.stack = memory_new(nodes + 1, sizeof(*t.stack));
	t.component = memory_new(nodes + 1, sizeof(*t.component));
	for (uint32_t i = 0; i < nodes; i++)
		if (!t.node[i].number)
			visit(&t, i);
	free(t.node);
	free(t.stack);
	return t.component;
}
