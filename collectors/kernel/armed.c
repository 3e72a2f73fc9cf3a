#include "collectors/kernel/armed.h"
#include "collectors/kernel/perf_open.h"
#include "collectors/kernel/traps.h"
#include <string.h>
#include <unistd.h>

#define LINE 64u
#define LINES 128u
#define ACROSS 60u /* of a line, where 8 bytes lie in two */
#define PASSES 16u
#define TRIES 7
#define SLOW 3	 /* times as long: more than what noise makes of the best of some tries */
#define LOSES 2u /* so much more time passes */

static char lines[(LINES + 1) * LINE] __attribute__((aligned(LINE)));
static uint64_t unused __attribute__((aligned(8)));

static uint64_t stores_ns(void)
{
	uint64_t begin = perf_now_ns();
	for (unsigned pass = 0; pass < PASSES; pass++)
		for (unsigned line = 0; line < LINES; line++) {
			char *at = lines + line * LINE + ACROSS;
			uint64_t value;
			memcpy(&value, at, sizeof(value));
			value += pass;
			memcpy(at, &value, sizeof(value));
			__asm__ volatile("" ::: "memory");
		}
	return perf_now_ns() - begin;
}

static bool measure(void)
{
	struct trap_place p = {
	    .address = (uint64_t)(uintptr_t)&unused, .bytes = sizeof(unused), .limit = 1};
	uint64_t best[2] = {UINT64_MAX, UINT64_MAX}; /* without, with */
	for (int i = 0; i < 2 * TRIES; i++) {
		struct traps t = {0};
		bool armed = i % 2;
		if (armed && traps_open(&t, TRAP_REGISTER, gettid(), &p, 1) != 0)
			return false;
		uint64_t took = stores_ns();
		best[armed] = took < best[armed] ? took : best[armed];
		traps_close(&t);
	}
	return best[1] > SLOW * best[0];
}

bool armed_slows(void)
{
	static enum { UNKNOWN, NO, YES } slows;
	if (slows == UNKNOWN)
		slows = measure() ? YES : NO;
	return slows == YES;
}

uint64_t armed_loss_ns(uint64_t ns)
{
	return armed_slows() ? LOSES * ns : 0;
}
