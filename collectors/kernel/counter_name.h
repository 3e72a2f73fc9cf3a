/*
 * From an event's name to what perf_event_open takes, by libpfm4, and whether this machine counts
 * it.
 */
#ifndef PARPROF_KERNEL_COUNTER_NAME_H
#define PARPROF_KERNEL_COUNTER_NAME_H

#include "collectors/kernel/counter_group.h"
#include <linux/perf_event.h>

/* How each counter is opened; sampled: it also tells where. */
struct counter_plan {
	const char *native; /* the alternative taken, NULL: none */
	const char *why;    /* that is so; a constant string, or of libpfm4 */
	struct perf_event_attr attr;
	int sampled;
};

/* User space only, unless the name says :k. NULL, or why there is no such event. */
const char *counter_encode(const char *native, struct perf_event_attr *);
/* The first alternative that can be counted on ourselves; else native is NULL and why the most
 * telling reason: one of an event that exists before that of one that does not. */
void counter_plan(struct counter_plan *, const struct counter_event *);

#endif
