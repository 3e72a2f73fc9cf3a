/*
 * The kernel's side of a recording: opens the rings on the program, and hands what comes to tasks
 * and samples. Where the kernel refuses, the recording goes on without, and says why; what /proc
 * tells stands in for the switches.
 */
#ifndef PARPROF_KERNEL_FEED_H
#define PARPROF_KERNEL_FEED_H

#include "profiler/address_samples.h"
#include "profiler/samples.h"
#include "profiler/sched_poll.h"
#include "profiler/tasks.h"
#include <sys/types.h>

/* Who takes samples: the kernel, and where it refuses, or in any case, the threads themselves. */
enum sample_by { SAMPLE_BY_AUTO, SAMPLE_BY_KERNEL, SAMPLE_BY_SIGNAL };

struct kernel_settings {
	bool switches;
	uint32_t hertz; /* of samples, 0: none */
	enum sample_by by;
	uint32_t stack_depth;
};

/* Who wants to know what samples show, and when a process ends or becomes another program. */
struct sample_listener {
	void *data;
	samples_frames *frames;
	address_samples_uses *uses; /* of the sample whose frames came last */
	void (*ended)(void *data, uint32_t pid, int64_t ns);
};

struct kernel_feed {
	bool open, samples_wanted;
	bool polling; /* instead of the rings */
	struct sched_poll poll;
	struct rings rings;
	struct happenings happenings;
	struct tasks tasks;
	struct samples samples;
	struct address_samples addresses;
	struct sample_listener listener;
	struct store *store;
	struct ingest *ingest;
	uint64_t start_ns; /* CLOCK_MONOTONIC at the recording's time 0 */
	uint64_t settled_ns;
	uint64_t lost;
};

/* How often threads are to sample themselves, 0: they need not. */
struct own_samples {
	uint32_t hertz;
	bool python_only; /* those of Python: the kernel's samples know nothing of its frames */
};
/* pid: held before its exec. */
struct own_samples kernel_feed_open(struct kernel_feed *, const struct kernel_settings *, pid_t,
				    struct store *, struct ingest *);
void kernel_feed_listen(struct kernel_feed *, const struct sample_listener *); /* NULL: nobody */
void kernel_feed_start(struct kernel_feed *, uint64_t monotonic_ns);
/* All of the log that was written before that time has been read. Returns how many bytes were
 * found. */
uint64_t kernel_feed_tick(struct kernel_feed *, const struct watch *, uint64_t monotonic_ns);
void kernel_feed_close(struct kernel_feed *, uint64_t monotonic_ns);
/* It was not run after all, or nothing more can be written. */
void kernel_feed_drop(struct kernel_feed *);

#endif
