/*
 * Strongly connected parts of a directed graph: nodes that reach each other. Tarjan's algorithm,
 * with a stack of its own: chains may be long.
 */
#ifndef PARPROF_CIRCLES_H
#define PARPROF_CIRCLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct edge {
	uint32_t from, to; /* node numbers; their places in node[] after circles_open() */
	int64_t weight;	   /* 0: it is left out */
};

struct circles {
	struct edge *edge; /* by from */
	size_t edges;
	uint32_t *node;	 /* numbers of those that edges touch, sorted */
	uint32_t *first; /* by place in node[]: of its edges; one more at the end */
	uint32_t *part;	 /* likewise: from 1 on */
	size_t nodes, parts;
	uint32_t *order, *low;	/* when a node was reached, the first that it reaches */
	uint32_t *open;		/* nodes whose part is not complete */
	uint32_t *path, *place; /* the way down, and the next edge there */
	size_t opened;
};

/* Takes the edges over, in any order; from and to become places. */
void circles_open(struct circles *, struct edge *, size_t edges);
void circles_close(struct circles *);
void circles_find(struct circles *); /* may be called again when weights have changed */
/* Its place in node[], or the number of nodes. */
uint32_t circles_place(const struct circles *, uint32_t node);

#endif
