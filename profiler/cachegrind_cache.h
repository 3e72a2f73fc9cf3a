/*
 * Caches as cachegrind can simulate them: of the machine's geometry, or of a description like
 * "D1=32k:8:64,LL=2M:16", made legal: the lines a power of two, and the sets, too.
 */
#ifndef PARPROF_CACHEGRIND_CACHE_H
#define PARPROF_CACHEGRIND_CACHE_H

#include "collectors/machine/cache_geometry.h"
#include "profiler/text.h"
#include <stdbool.h>

#define SIMULATED_CACHES(X) X(I1, "cache_i1") X(D1, "cache_d1") X(LL, "cache_ll")
enum {
#define X(name, fact) SIMULATED_##name,
	SIMULATED_CACHES(X)
#undef X
	    SIMULATED_COUNT
};

struct simulated_caches {
	struct cache_geometry cache[SIMULATED_COUNT];
};

extern const char *const simulated_name[SIMULATED_COUNT]; /* I1, D1, LL: also of the options */
extern const char *const simulated_fact[SIMULATED_COUNT]; /* key in table run */

/* This machine's, then what the description says otherwise (NULL: nothing). Each change that was
 * needed is a sentence in `changed`. -1: the description is wrong, `why` says how. */
int simulated_caches_choose(struct simulated_caches *, const struct cache_levels *,
			    const char *description, struct text *changed, struct text *why);
/* The nearest one that cachegrind takes; false: it was legal. */
bool simulated_cache_round(struct cache_geometry *);
/* "48.0 kB, 12 ways, lines of 64 B" */
void simulated_cache_print(struct text *, const struct cache_geometry *);

#endif
