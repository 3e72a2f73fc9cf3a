/*
 * Opening perf events: one call, and why it was refused, in words.
 *
 * The only place that knows what an errno of perf_event_open means.
 */
#ifndef PARPROF_KERNEL_PERF_OPEN_H
#define PARPROF_KERNEL_PERF_OPEN_H

#include <linux/perf_event.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* CLOCK_MONOTONIC, as the events that are opened here have it. */
static inline uint64_t perf_now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A descriptor that is closed by exec, or -1 with errno. */
int perf_open(struct perf_event_attr *, pid_t pid, int cpu);
/* 0, or the errno of opening this event on ourselves, user space only, and closing it again. */
int perf_try(uint32_t type, uint64_t config);
/* What that errno says about this machine, and what would help. Never NULL. */
const char *perf_refusal(int error);

#endif
