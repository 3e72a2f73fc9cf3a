/*
 * Deals the work of crews to other threads: as it was recorded, or each unit to whoever is free
 * next, and to more or fewer threads than there were. All work stays the same in sum.
 */
#ifndef PARPROF_DEAL_H
#define PARPROF_DEAL_H

#include "reports/replay/crews.h"

enum deal_map {
	DEAL_AS_SEEN, /* dynamic where threads did not do equally many units, or take from a queue
		       */
	DEAL_FIXED,   /* each thread does the units it did; of other threads each the same number */
	DEAL_DYNAMIC, /* whoever comes next takes the next unit */
	DEAL_MAP_COUNT
};

struct staff {		/* threads of a group become so many */
	uint32_t group; /* program_thread.group */
	uint32_t threads;
};
struct deal {
	enum deal_map map;
	const struct staff *staff;
	size_t staffs;
};

/* *to is a changed copy of from, whose threads have one span each, with units marked. */
void deal_apply(struct program *to, const struct program *from, const struct crews *,
		const struct deal *);
/* How many threads the group's largest crew has. */
uint32_t deal_threads(const struct crews *, uint32_t group);

#endif
