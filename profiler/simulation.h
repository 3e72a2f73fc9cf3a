/*
 * A run under valgrind's cachegrind instead of the preload library: the program's own behaviour,
 * its cache misses counted in simulated caches of this machine's sizes, about 40 times slower.
 *
 * Its threads run one at a time and its times mean nothing, so locks and waits are not watched.
 * Every process writes its counts when it exits: one that is killed or becomes another program
 * does not, which is said in table unseen.
 */
#ifndef PARPROF_SIMULATION_H
#define PARPROF_SIMULATION_H

#include "profiler/cachegrind_cache.h"
#include "profiler/openings.h"
#include "profiler/text.h"

struct launch;
struct store;

struct simulation {
	struct simulated_caches caches;
	enum cache_source source;
	struct text changed;	  /* sentences: sizes that had to be rounded */
	char *folder;		  /* of cachegrind's files, ours; NULL: not made */
	struct openings openings; /* in it; with folder only */
	char **arguments;	  /* valgrind's, then the program's */
	struct text *made;	  /* those that are ours to free */
	int made_count;
};

/* Makes the launch run its program under valgrind. sizes: see cachegrind_cache.h, NULL: this
 * machine's. 0, or -1 after error(). */
int simulation_open(struct simulation *, struct launch *, const char *sizes);
/* Facts of the run: what was simulated. */
void simulation_facts(const struct simulation *, struct store *);
/* After the program's end: its counts go into the store. keep: the name that cachegrind's files are
 * kept under, with .PID behind it, or NULL; replace: those that exist. 0, or -1 after error(). */
int simulation_import(struct simulation *, struct store *, const char *keep, bool replace);
void simulation_close(struct simulation *); /* removes the folder */

#endif
