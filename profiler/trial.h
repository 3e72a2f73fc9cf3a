/*
 * A trial: a program run for a moment under the preload library with an arena of its own, whose
 * contents are thrown away. Tells what watching costs here, and whether it works at all.
 */
#ifndef PARPROF_TRIAL_H
#define PARPROF_TRIAL_H

#include "profiler/text.h"
#include <stdbool.h>
#include <stdint.h>

struct trial {
	bool attached; /* the library found the arena and logged the process */
	int status;    /* of wait(2), -1 when it did not start or was ended for taking too long */
	struct text said;	/* its stdout */
	struct text complained; /* its stderr */
};

/* At most `limit_ms`. 0, or -1 when there was no way to try. */
int trial_run(struct trial *, const char *library, uint32_t hold_interval, char *const argv[],
	      int limit_ms);
void trial_free(struct trial *);

/* What watching adds, in ns; 0 when it could not be measured. */
struct costs {
	double pair;   /* to an uncontended lock and unlock */
	double hold;   /* to one whose hold is timed */
	double record; /* to an event that is written as a record, with its stack */
};
void costs_measure(struct costs *, const char *library);

#endif
