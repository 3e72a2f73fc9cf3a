/*
 * Where the kernel tells nothing of switches: what /proc says of each thread that logs, 20 times a
 * second at most: its time on a core, and its time ready without one. Rows of the table sched_poll.
 */
#ifndef PARPROF_SCHED_POLL_H
#define PARPROF_SCHED_POLL_H

#include "profiler/store_rows.h"
#include "profiler/watch.h"

struct sched_poll {
	struct ingest *ingest;
	struct store_rows *rows;
	int64_t ns;	  /* of this round, since the start of the recording */
	uint64_t next_ns; /* CLOCK_MONOTONIC */
};

void sched_poll_open(struct sched_poll *, struct ingest *, struct store *);
/* When it is time: ns is now, since the start of the recording. */
void sched_poll_look(struct sched_poll *, const struct watch *, uint64_t monotonic_ns, int64_t ns);
void sched_poll_close(struct sched_poll *);

/* "on ready slices" of schedstat, in ns; false: it is something else. */
bool sched_poll_parse(const char *line, int64_t *on_ns, int64_t *ready_ns);

#endif
