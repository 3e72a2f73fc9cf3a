/*
 * Counting: one inherited perf event per counter and core, opened on a held child before its exec,
 * so that all threads and processes that come of it are counted and nothing is opened in them.
 *
 * When a thread ends the kernel writes its counts into the ring of each core; overflows come there
 * as well, with the call chain. All events of a core share one ring.
 *
 * Invariants
 *  - For each counter: the readings handed on and counter_rest() add up to what was counted.
 *  - Nothing in a ring is trusted: the kernel's writer for a thread that ends may run on another
 *    core than the ring's own.
 *  - Times are CLOCK_MONOTONIC.
 */
#ifndef PARPROF_KERNEL_COUNTER_H
#define PARPROF_KERNEL_COUNTER_H

#include "collectors/kernel/counter_name.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What a thread that ended was counted on one core; enabled is the same on all of them. */
struct counter_reading {
	int counter;
	uint32_t pid, tid; /* 0: all that no thread's end told */
	uint64_t time_ns;
	uint64_t value, enabled_ns, running_ns;
};

#define COUNTER_FRAMES 64
struct counter_overflow {
	int counter;
	uint32_t pid, tid;
	uint64_t time_ns;
	uint64_t weight; /* events that it stands for */
	int frames;
	uint64_t frame[COUNTER_FRAMES]; /* the instruction, then return addresses */
};

struct counter_sink {
	void *data;
	void (*reading)(void *data, const struct counter_reading *);
	void (*overflow)(void *data, const struct counter_overflow *);
};

struct counter_set;

/* Opens the plans that have a native name; one that cannot be opened loses it and gets the reason.
 * pid: a held child. */
struct counter_set *counter_open(struct counter_plan *plans, int count, pid_t pid);
/* Hands on what lies in the rings. */
void counter_drain(struct counter_set *, const struct counter_sink *);
/* What is left of the totals: of the first process's main thread, and of threads that still run. */
void counter_rest(struct counter_set *, const struct counter_sink *);
uint64_t counter_lost(const struct counter_set *); /* records for which a ring had no room */
void counter_close(struct counter_set *);

#endif
