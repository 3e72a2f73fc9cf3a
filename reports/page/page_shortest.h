/*
 * From which length on a tile is a row of its own, when there may be so many rows at most: shorter
 * ones that follow each other are merged, and left out where even together they are too short.
 */
#ifndef PARPROF_PAGE_SHORTEST_H
#define PARPROF_PAGE_SHORTEST_H

#include "reports/graph/graph.h"

/* 0: none need be merged. tiles: how many there are, but for running. */
int64_t page_shortest(const struct graph *, int64_t most, int64_t *tiles);

#endif
