/*
 * The order in which a run took its locks: an edge for each pair of locks of which a thread wanted
 * one while it held the other, by the stacks of both. Equal ones are counted, not kept: the number
 * of edges is bounded by the program's code and locks, not by the length of the run.
 *
 * Made in two walks: the first one only finds which locks are taken in more than one order at all;
 * the second keeps the edges between those, as a rule none.
 *
 * Left out is what cannot be half of a deadlock: calls that give up (a try holds, but never waits),
 * and locks that nobody else could know yet (the constructor that locks its own new object).
 */
#ifndef PARPROF_LOCK_EDGE_H
#define PARPROF_LOCK_EDGE_H

#include "profiler/hash.h"
#include "reports/graph/history.h"

/* Moments at which one thread did it: the first, the last, and some between. */
#define SIDE_TIMES 6
#define SIDES_MAX 4 /* threads kept per edge: as many as the longest cycle has */
#define NO_SIDE UINT32_MAX

struct edge_side {
	uint32_t thread, next;
	struct range gates; /* in lock_order.gate: all it ever held then, the edge's own too */
	uint32_t seen, times;
	int64_t time[SIDE_TIMES];
};

struct lock_edge {
	uint32_t held, wanted; /* objects */
	uint32_t held_stack, stack;
	bool held_shared, wanted_shared;
	uint32_t side, sides;
	uint64_t count; /* how often it happened */
};

struct gate {
	uint32_t object;
	bool shared;
};

struct lock_order {
	struct lock_edge *edge; /* sorted by held, wanted */
	struct edge_side *side;
	struct gate *gate;
	size_t edges, sides, gates, edge_room, side_room, gate_room;
	uint32_t *component; /* by object: edges are inside of one; NULL in the first walk */
	struct hash index;   /* while it is made: first the pairs of locks, then numbers of edges */
};

/* The history must be sorted. */
void lock_order_read(struct lock_order *, const struct history *);
void lock_order_free(struct lock_order *);

#endif
