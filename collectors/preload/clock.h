/* The one time source: raw ticks, of the clock the arena's header names. */
#ifndef PARPROF_CLOCK_H
#define PARPROF_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

extern bool clock_is_tsc;

static inline uint64_t ticks_now(void)
{
#ifdef __x86_64__
	if (__builtin_expect(clock_is_tsc, 1))
		return __builtin_ia32_rdtsc();
#endif
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
