/*
 * Caches that threads share, as the recorded machine has them, and what becomes of threads that
 * have a footprint (footprint.h) each: one that is in a cache alone needs private + shared bytes of
 * it, n of them n * private + shared. When the first fits and the second does not, they meet misses
 * that it did not meet. What does not fit already, or needs no more, changes nothing.
 *
 * Assumed: threads are spread evenly over caches; a line of what does not fit is met as likely as
 * any other, so that 1 - cache / need of the uses miss; more threads than the machine has CPUs have
 * more caches of the same kind. Caches of the first level are left out, as footprints are of pages.
 */
#ifndef PARPROF_ADVISE_SHARED_CACHES_H
#define PARPROF_ADVISE_SHARED_CACHES_H

#include "reports/advise/footprint.h"

struct store;

enum { CACHE_LEVELS_MAX = 4 };

struct cache_level {
	char name[8]; /* "L2" */
	double bytes; /* of one */
	/* CPUs that the program may use: of the fullest one; how many caches have any. */
	double cpus, instances;
};

struct shared_caches {
	struct cache_level level[CACHE_LEVELS_MAX]; /* from the smallest */
	int levels;
	double cpus; /* that the program may use */
};

/* 0, or -1 after error(). */
int shared_caches_read(struct shared_caches *, struct store *);
/* Threads that share one of that level, of so many. */
double cache_sharers(const struct cache_level *, double threads);

struct overflow {
	const struct cache_level *level; /* NULL: none */
	double threads, sharers;
	double need; /* bytes, of `sharers` threads */
};
/* Of so many threads, the one that costs most. */
struct overflow cache_overflow(const struct shared_caches *, const struct footprint *,
			       double threads);
/* With the fewest threads that this machine has CPUs for. */
struct overflow cache_first_overflow(const struct shared_caches *, const struct footprint *);

/* What is said of it: nothing, what is likely (of a need that is much larger than the cache: uses
 * in a row, which the processor foresees), the most (of any: uses in random order). */
enum slower { SLOWER_NOT, SLOWER_LIKELY, SLOWER_MOST };
/* How many times as long computing takes with so many threads then. */
double cache_slower(const struct shared_caches *, const struct footprint *, double threads,
		    enum slower);

#endif
