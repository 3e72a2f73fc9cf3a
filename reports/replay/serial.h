/*
 * Serial phases: the times in which one thread alone made progress (ran, or was at input, output or
 * a timer), while all others waited for locks, work or others, or did not exist.
 */
#ifndef PARPROF_SERIAL_H
#define PARPROF_SERIAL_H

#include "reports/graph/history.h"

struct phase {
	int64_t begin, end;
};
/* Sorted by thread, there by time; of_thread: ranges. */
struct serial {
	struct phase *phase;
	struct range *of_thread;
	size_t count;
};
/* In that part of the run. */
void serial_find(struct serial *, const struct history *, int64_t from, int64_t to);
void serial_free(struct serial *);

/* CPU time that the threads could have had on so many cores, had they been alone on them: the
 * integral of the lesser of the cores and the threads that waited for nothing. */
double serial_capacity(const struct history *, int64_t from, int64_t to, int cores);

#endif
