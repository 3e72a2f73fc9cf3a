#include "profiler/clock.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"
#define ANCHOR_TRIES 50

enum log_clock clock_choose(void)
{
	enum log_clock clock = CLOCK_TICKS_MONOTONIC_NS;
#ifdef __x86_64__
	char source[32] = "";
	FILE *file = fopen(CLOCKSOURCE, "re");
	if (file && fgets(source, sizeof(source), file) && !strcmp(source, "tsc\n"))
		clock = CLOCK_TICKS_TSC;
	if (file)
		fclose(file);
#endif
	return clock;
}

const char *clock_name(enum log_clock clock)
{
	return clock == CLOCK_TICKS_TSC ? "tsc" : "monotonic";
}

static uint64_t read_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

uint64_t clock_thread_cpu_ns(void)
{
	return read_ns(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t clock_ticks(enum log_clock clock)
{
#ifdef __x86_64__
	if (clock == CLOCK_TICKS_TSC)
		return __builtin_ia32_rdtsc();
#endif
	(void)clock;
	return clock_monotonic_ns();
}

struct anchor clock_anchor(enum log_clock clock)
{
	struct anchor best = {0};
	uint64_t tightest = UINT64_MAX;
	if (clock == CLOCK_TICKS_MONOTONIC_NS) {
		best.ticks = best.monotonic_ns = clock_monotonic_ns();
		return best;
	}
	for (int i = 0; i < ANCHOR_TRIES; i++) {
		uint64_t before = clock_ticks(clock);
		uint64_t ns = clock_monotonic_ns();
		uint64_t window = clock_ticks(clock) - before;
		if (window < tightest) {
			tightest = window;
			best = (struct anchor){before + window / 2, ns};
		}
	}
	return best;
}

uint32_t clock_ticks_per_us(enum log_clock clock)
{
	static uint32_t measured[CLOCK_TICKS_MONOTONIC_NS + 1];
	if (clock == CLOCK_TICKS_MONOTONIC_NS)
		return 1000;
	if (!measured[clock]) {
		struct anchor first = clock_anchor(clock);
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		struct anchor second = clock_anchor(clock);
		uint64_t us = (second.monotonic_ns - first.monotonic_ns) / 1000;
		measured[clock] = (uint32_t)((second.ticks - first.ticks) / (us ? us : 1));
	}
	return measured[clock];
}
