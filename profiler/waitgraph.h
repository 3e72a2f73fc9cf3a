/*
 * Who waits for whom, at one moment, and what of it can never end.
 *
 * A wait ends when one of those who can end it acts; a thread is stuck when all of them are. What
 * is not known to be stuck is free: the largest set of threads that only wait for each other is
 * left. Pure: made from a snapshot of threads by deadlock_find.c, or by hand in tests.
 */
#ifndef PARPROF_WAITGRAPH_H
#define PARPROF_WAITGRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wait_end {
	ENDS_FREELY,	 /* it does not wait, or something outside may end its wait */
	ENDS_BY_THREADS, /* only those in its targets can end it; without any: nobody */
	ENDS_BY_PROCESS, /* any other thread of its process may, and nobody else */
};

struct wait_node {
	uint32_t process; /* an index, below waitgraph.processes */
	enum wait_end end;
	uint32_t first, count; /* of its targets */
	bool certain;	       /* who can end it was read from the lock itself */
	bool dead;	       /* can act no more, and waits for nothing */
	bool stuck;
	bool explained; /* it waits for somebody in a knot, or is in one */
};

struct waitgraph {
	struct wait_node *node;
	uint32_t *target; /* indexes of nodes */
	uint32_t *stuck;  /* by process: how many of its threads are stuck */
	uint32_t *living; /* by process: how many it has */
	uint32_t nodes, node_room, targets, target_room, processes;
};

/* Appends a node that ends freely and has no targets; valid until the next one. */
struct wait_node *waitgraph_add(struct waitgraph *, uint32_t process);
/* Of the node added last. */
void waitgraph_target(struct waitgraph *, uint32_t node);
void waitgraph_clear(struct waitgraph *);
void waitgraph_free(struct waitgraph *);

/* Fills in what is stuck. */
void waitgraph_solve(struct waitgraph *);

enum knot_kind {
	KNOT_CYCLE, /* each member waits for the next one, the last one for the first */
	KNOT_NEVER, /* one member: nobody can end its wait */
	KNOT_SILENT /* all threads of a process wait, and nothing explains why but their waits */
};
/* Calls each() for every knot: cycles first. A thread is in one knot at most. */
typedef void waitgraph_knot(void *data, enum knot_kind, const uint32_t *member, uint32_t count);
void waitgraph_knots(struct waitgraph *, waitgraph_knot *each, void *data);

/* How many stuck threads outside wait, through others or not, for these members. */
uint32_t waitgraph_behind(const struct waitgraph *, const uint32_t *member, uint32_t count);

#endif
