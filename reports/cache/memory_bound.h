/*
 * Is a program bound by memory? What a cache simulation can say of it: misses for every 1000
 * instructions. How long a miss takes, and how much of that is hidden by prefetching and by other
 * instructions, it does not know: between the limits nothing is claimed.
 */
#ifndef PARPROF_MEMORY_BOUND_H
#define PARPROF_MEMORY_BOUND_H

#include <stdint.h>

/* Name, value, why. */
#define MEMORY_LIMITS(X)                                                                           \
	X(SHORT, 5e6, "instructions: of fewer, the start of a program is a large part")            \
	X(LL_MANY, 10,                                                                             \
	  "LL misses for 1000 instructions: at 1 instruction a cycle and 200 cycles "              \
	  "a miss, waiting is twice the work")                                                     \
	X(LL_FEW, 0.5, "so few LL misses cost a tenth of that at most")                            \
	X(L1_FEW, 30,                                                                              \
	  "L1 misses for 1000 instructions that hit the next level, 12 cycles each: "              \
	  "hidden by out-of-order execution for the most part")
#define X(name, value, why) static const double MEMORY_##name = value;
MEMORY_LIMITS(X)
#undef X

struct cache_sums {
	int64_t instructions, l1_misses, ll_misses;
};

enum memory_bound { MEMORY_UNKNOWN, MEMORY_BOUND, MEMORY_BETWEEN, MEMORY_CACHE, MEMORY_NOT };

double per_thousand(int64_t misses, int64_t instructions);
/* MEMORY_CACHE: not by memory itself, but many accesses go beyond the first level. */
enum memory_bound memory_bound(const struct cache_sums *);

#endif
