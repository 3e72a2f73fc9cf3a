/*
 * Serial phases: the times in which one thread alone made progress (ran, or was at input, output or
 * a timer), while all others waited for locks, work or others, or did not exist.
 */
#ifndef PARPROF_SERIAL_H
#define PARPROF_SERIAL_H

#include "profiler/order.h"
#include "reports/graph/history.h"

struct phase {
	int64_t begin, end;
};

/* When threads begin and stop to make progress in a part of the run, in order of time; index: twice
 * the thread, plus 1 where it begins. */
struct serial_changes {
	struct order *change;
	size_t count;
};
void serial_changes_find(struct serial_changes *, const struct history *, int64_t from, int64_t to);
/* The same, but waiting for input, output or a timer is no progress, and waiting for a spin lock
 * is. */
void serial_changes_running(struct serial_changes *, const struct history *, int64_t from,
			    int64_t to);
/* The same, but who waits for a lock goes on: it has work. */
void serial_changes_with_work(struct serial_changes *, const struct history *, int64_t from,
			      int64_t to);
void serial_changes_free(struct serial_changes *);

/* Sorted by thread, there by time; of_thread: ranges. */
struct serial {
	struct phase *phase;
	struct range *of_thread;
	size_t count;
};
void serial_find(struct serial *, const struct serial_changes *, size_t threads);
/* Without these times, which are in order and apart. */
void serial_leave_out(struct serial *, size_t threads, const struct phase *, size_t count);
void serial_free(struct serial *);

/* CPU time that the threads could have had on so many cores, had they been alone on them: the
 * integral of the lesser of the cores and the threads that made progress. */
double serial_capacity(const struct serial_changes *, int cores);

/* When so many threads made progress, between the first one's begin and the last one's end; in
 * order of time, to be freed. */
struct phase *serial_counted(const struct serial_changes *, int64_t least, int64_t most,
			     size_t *count);

#endif
