#include "profiler/clockmap.h"
#include "tests/unit/unit.h"

TEST(clockmap, counts_from_the_first_anchor)
{
	struct clockmap c;
	clockmap_init(&c);
	clockmap_anchor(&c, 5000, 70000);
	clockmap_anchor(&c, 8000, 71000);
	CU_ASSERT_EQUAL(clockmap_ns(&c, 5000), 0);
	CU_ASSERT_EQUAL(clockmap_ns(&c, 8000), 1000);
	CU_ASSERT_EQUAL(clockmap_ns(&c, 11000), 2000);
	clockmap_free(&c);
}

TEST(clockmap, before_the_start_is_zero)
{
	struct clockmap c;
	clockmap_init(&c);
	clockmap_anchor(&c, 5000, 70000);
	clockmap_anchor(&c, 8000, 71000);
	CU_ASSERT_EQUAL(clockmap_ns(&c, 4999), 0);
	CU_ASSERT_EQUAL(clockmap_ns(&c, 0), 0);
	clockmap_free(&c);
}

TEST(clockmap, ignores_anchors_that_go_back)
{
	struct clockmap c;
	clockmap_init(&c);
	clockmap_anchor(&c, 5000, 70000);
	clockmap_anchor(&c, 8000, 71000);
	clockmap_anchor(&c, 7000, 90000);
	clockmap_anchor(&c, 9000, 70500);
	CU_ASSERT_EQUAL(clockmap_ns(&c, 11000), 2000);
	clockmap_free(&c);
}

/* What was said about the past must not change: a wait and the release that ends it may be
 * converted with an anchor between them. */
TEST(clockmap, past_does_not_change_and_time_does_not_step)
{
	const double rate = 2.5; /* ticks per ns */
	struct clockmap c;
	uint64_t ticks = 1000000, ns = 500, before[50];
	int64_t last = 0;
	clockmap_init(&c);
	clockmap_anchor(&c, ticks, ns);
	clockmap_anchor(&c, ticks + 25000000, ns + 10000200); /* 200 ns wrong */
	for (unsigned i = 0; i < 50; i++) {
		uint64_t to = ticks + (uint64_t)(i + 1) * 1000000000 * rate;
		before[i] = (uint64_t)clockmap_ns(&c, to);
		clockmap_anchor(&c, to, ns + (uint64_t)(i + 1) * 1000000000 + i % 3 * 50);
		CU_ASSERT_EQUAL(clockmap_ns(&c, to), (int64_t)before[i]);
	}
	for (unsigned i = 0; i < 50; i++)
		CU_ASSERT_EQUAL(clockmap_ns(&c, ticks + (uint64_t)(i + 1) * 1000000000 * rate),
				(int64_t)before[i]);
	for (uint64_t t = ticks; t < ticks + 50 * 2500000000; t += 77777777) {
		CU_ASSERT_TRUE(clockmap_ns(&c, t) >= last);
		last = clockmap_ns(&c, t);
	}
	CU_ASSERT_DOUBLE_EQUAL((double)before[49], 50e9, 1000);
	clockmap_free(&c);
}
