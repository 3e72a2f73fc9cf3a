/*
 * From the graph of a run to a program: what each thread did, less all time spent waiting.
 *
 * Kept: the time on a core, the time asleep or in input and output, each section under a lock,
 * signals and posts that ended a wait, arrivals at barriers, creates and joins. A hold that stands
 * for several acquisitions becomes so many, spread over the thread's time until the next such one;
 * acquisitions known from counts alone are spread over the thread's life. A wait whose end nobody
 * is known to have caused stays as long as it was, asleep.
 */
#ifndef PARPROF_MAKE_H
#define PARPROF_MAKE_H

#include "reports/graph/graph.h"
#include "reports/replay/engine.h"

/* What the program is of the run. */
struct making {
	int64_t from, to;	/* the part of the run it covers */
	bool cut;		/* not all of it */
	double merged;		/* sections that are one in it, 1: each for itself */
	int64_t wall;		/* from `from` to the last end of a thread that is no daemon */
	int64_t wakes[WAKES];	/* ns from a release to the waiter's return, in order of length */
	int64_t wake_cost;	/* ns that waking somebody costs; not in the program's operations */
	double speed;		/* of its cores: less than 1 when other programs used them, too */
	int64_t unexplained_ns; /* waits that stay as they were */
	int64_t progress_ns;	/* all work: on a core, asleep, input and output */
};

/* Objects and threads have the numbers they have in the history; other objects come behind. At
 * most about `limit` operations: else a part of the run. */
void program_make(struct program *, const struct graph *, size_t limit, struct making *);

#endif
