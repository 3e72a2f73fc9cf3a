/*
 * How many lanes a run had (see account.h), found before the sweep by one pass over the waits.
 */
#ifndef PARPROF_LANES_H
#define PARPROF_LANES_H

#include "reports/graph/history.h"

struct lanes {
	int count;
	bool waits_progress;
	uint32_t peak; /* most threads alive at once */
};

struct lanes lanes_of(const struct history *);

#endif
