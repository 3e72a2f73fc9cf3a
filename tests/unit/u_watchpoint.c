/* Watchpoints on this very thread: as far as the machine has debug registers that work. */
#include "collectors/kernel/watchpoint.h"
#include "collectors/kernel/perf_open.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static volatile uint64_t word[2] __attribute__((aligned(8)));

TEST(watchpoint, fires_once_for_the_word_that_is_written)
{
	struct watchpoints w;
	const char *why = NULL;
	uint64_t watched[2] = {(uint64_t)(uintptr_t)&word[0], (uint64_t)(uintptr_t)&word[1]};
	bool work = watchpoint_cost_ns(&why) > 0;
	int error = watchpoints_open(&w, gettid());
	CU_ASSERT_PTR_NOT_NULL(why);
	if (error) {
		CU_ASSERT_FALSE(work);
		return;
	}
	CU_ASSERT_TRUE_FATAL(w.count >= 2);
	CU_ASSERT_TRUE(watchpoints_arm(&w, watched, 2, true));
	CU_ASSERT_EQUAL(watchpoints_fired(&w), 0);
	for (uint64_t i = 0; i < 10; i++)
		word[1] = i;
	CU_ASSERT_EQUAL(watchpoints_fired(&w), work ? 2u : 0u);
	watchpoints_close(&w);
}

TEST(watchpoint, are_refused_with_a_reason_when_all_are_taken)
{
	struct watchpoints first, second;
	if (watchpoints_open(&first, gettid()) != 0)
		return;
	int error = watchpoints_open(&second, gettid());
	CU_ASSERT_EQUAL(error, ENOSPC);
	CU_ASSERT_PTR_NOT_NULL(strstr(perf_refusal(error), "debug registers"));
	watchpoints_close(&first);
	CU_ASSERT_EQUAL(watchpoints_open(&second, gettid()), 0);
	watchpoints_close(&second);
}
