/*
 * The kernel's side of a recording: opens the rings on the program, and hands what comes to tasks
 * and samples. Where the kernel refuses, the recording goes on without, and says why; what /proc
 * tells stands in for the switches.
 */
#ifndef PARPROF_KERNEL_FEED_H
#define PARPROF_KERNEL_FEED_H

#include "profiler/samples.h"
#include "profiler/sched_poll.h"
#include "profiler/tasks.h"
#include <sys/types.h>

struct kernel_settings {
	bool switches;
	uint32_t hertz; /* of samples, 0: none */
	uint32_t stack_depth;
};

struct kernel_feed {
	bool open, samples_wanted;
	bool polling; /* instead of the rings */
	struct sched_poll poll;
	struct rings rings;
	struct happenings happenings;
	struct tasks tasks;
	struct samples samples;
	struct store *store;
	struct ingest *ingest;
	uint64_t start_ns; /* CLOCK_MONOTONIC at the recording's time 0 */
	uint64_t settled_ns;
	uint64_t lost;
};

/* pid: held before its exec. */
void kernel_feed_open(struct kernel_feed *, const struct kernel_settings *, pid_t, struct store *,
		      struct ingest *);
void kernel_feed_start(struct kernel_feed *, uint64_t monotonic_ns);
/* All of the log that was written before that time has been read. Returns how many bytes were
 * found. */
uint64_t kernel_feed_tick(struct kernel_feed *, const struct watch *, uint64_t monotonic_ns);
void kernel_feed_close(struct kernel_feed *, uint64_t monotonic_ns);
/* It was not run after all, or nothing more can be written. */
void kernel_feed_drop(struct kernel_feed *);

#endif
