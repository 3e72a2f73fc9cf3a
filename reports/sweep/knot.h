/*
 * Knots (wPerf, OSDI'18): threads that wait for each other and for nobody else; whatever else is
 * mended, they stay as slow as they are. Strongly connected parts, without an edge out of them, of
 * the graph of who waits for whom, less the edges that weigh little. Threads wait for groups of
 * objects, and those for the threads that hold them, so that a wait costs one edge however many
 * threads had the object during it.
 *
 * A thread that is busy nearly all the time and waits for nobody is a knot of one.
 */
#ifndef PARPROF_KNOT_H
#define PARPROF_KNOT_H

#include "reports/sweep/pass.h"

void knot_edge_to_object(struct pass *, uint32_t thread, uint32_t group, int64_t ns);
void knot_edge_to_thread(struct pass *, uint32_t thread, uint32_t other, int64_t ns);
void knot_edge_object(struct pass *, uint32_t group, uint32_t thread, int64_t ns);

/* Finds them, when all edges and all blame are known. */
void knots_find(struct pass *);

#endif
