#include "profiler/sched_poll.h"
#include "tests/unit/unit.h"

TEST(sched_poll, lines_of_the_kernel)
{
	int64_t on = 0, ready = 0;
	CU_ASSERT_TRUE(sched_poll_parse("123456789012 42 7\n", &on, &ready));
	CU_ASSERT_EQUAL(on, 123456789012);
	CU_ASSERT_EQUAL(ready, 42);
	CU_ASSERT_TRUE(sched_poll_parse("0 0 0", &on, &ready));
	CU_ASSERT_FALSE(sched_poll_parse("", &on, &ready));
	CU_ASSERT_FALSE(sched_poll_parse("5", &on, &ready));
	CU_ASSERT_FALSE(sched_poll_parse("5 x", &on, &ready));
	CU_ASSERT_FALSE(sched_poll_parse("-5 3 1", &on, &ready));
}
