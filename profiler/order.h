/*
 * Sorting by time what comes as a few sorted runs, one of each thread: a merge sort that uses the
 * runs it finds. Stable.
 */
#ifndef PARPROF_ORDER_H
#define PARPROF_ORDER_H

#include <stddef.h>
#include <stdint.h>

struct order {
	int64_t time;
	uint32_t index;
};

/* scratch: as many entries. */
void order_sort(struct order *, size_t count, struct order *scratch);

#endif
