/*
 * The recorder's view of the clock that targets stamp records with: raw TSC ticks where the kernel
 * itself trusts the TSC, else CLOCK_MONOTONIC nanoseconds. Both sides read the same clock; anchors
 * tie it to CLOCK_MONOTONIC.
 */
#ifndef PARPROF_CLOCK_H
#define PARPROF_CLOCK_H

#include "collectors/log.h"

struct anchor {
	uint64_t ticks;
	uint64_t monotonic_ns;
};

enum log_clock clock_choose(void);
const char *clock_name(enum log_clock);
uint64_t clock_ticks(enum log_clock);
uint64_t clock_monotonic_ns(void);
uint64_t clock_thread_cpu_ns(void); /* used by the calling thread */
/* Both clocks at one moment: the tightest of several readings, a few us in all. */
struct anchor clock_anchor(enum log_clock);

/* The clock's rate, measured once: about a millisecond. */
uint32_t clock_ticks_per_us(enum log_clock);

#endif
