#include "profiler/histogram.h"
#include "tests/unit/unit.h"

TEST(histogram, every_time_lies_in_its_bucket)
{
	for (int64_t ns = 0; ns < 1000000000000000; ns = ns < 5000 ? ns + 1 : ns * 1001 / 1000) {
		unsigned b = histogram_bucket(ns);
		CU_ASSERT_TRUE(histogram_low(b) <= ns);
		CU_ASSERT_TRUE(b == HISTOGRAM_BUCKETS - 1 || ns < histogram_low(b + 1));
	}
}

TEST(histogram, buckets_are_no_wider_than_a_quarter)
{
	for (unsigned b = 4; b < HISTOGRAM_BUCKETS; b++) {
		int64_t low = histogram_low(b), width = histogram_low(b + 1) - low;
		CU_ASSERT_TRUE(width > 0 && width * 4 <= low);
	}
}

TEST(histogram, ends_are_open)
{
	CU_ASSERT_EQUAL(histogram_bucket(-5), 0);
	CU_ASSERT_EQUAL(histogram_bucket(INT64_MAX), HISTOGRAM_BUCKETS - 1);
	CU_ASSERT_TRUE(histogram_low(HISTOGRAM_BUCKETS - 1) > 4ll * 3600 * 1000000000);
}
