/*
 * A sweep: every point of a plan is run so many times, in rounds. A round visits all points in an
 * order of its own, so that what changes on the machine meanwhile hits all of them alike.
 */
#ifndef PARPROF_SCALE_SWEEP_H
#define PARPROF_SCALE_SWEEP_H

#include "reports/scale/plan.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sweep_end { SWEEP_COMPLETE, SWEEP_INTERRUPTED, SWEEP_FAILED };

struct sweep_run {
	struct execution took;
	int position; /* among all, from 1; 0: it was not made */
};

struct sweep {
	const struct plan *plan;
	size_t rounds, warmup;
	uint64_t seed;
	bool show_output;
	/* what was measured: runs[point * rounds + round] */
	struct sweep_run *runs;
	int64_t began_unix_ns;
	enum sweep_end ended;
	int status; /* of the program, for our caller */
};

/* Fills in what was measured. What ends it early has been told. */
void sweep_measure(struct sweep *);
void sweep_free(struct sweep *);
const char *sweep_end_name(enum sweep_end);

#endif
