/*
 * What things cost on this machine, remembered between runs of the tool in a file of the user:
 * $XDG_CACHE_HOME/parprof/costs.HOST, or below ~/.cache. A text, replaced as a whole. It is of use
 * only on the same processor, kernel and number of CPUs.
 */
#ifndef PARPROF_COST_CACHE_H
#define PARPROF_COST_CACHE_H

#include "collectors/machine/cost.h"
#include <stdbool.h>

struct machine;
struct text;

/* False, and why there are none in words. */
bool cost_cache_read(struct machine_costs *, const struct machine *, struct text *why);
/* 0, or -1 after a warning. */
int cost_cache_write(const struct machine_costs *, const struct machine *);

#endif
