/* Intervals of ratios from repeated runs. */
#include "reports/fit/interval.h"
#include "reports/fit/random.h"
#include "tests/unit/unit.h"
#include <math.h>

TEST(interval, quartiles_are_interpolated)
{
	double v[] = {4, 1, 3, 2};
	CU_ASSERT_DOUBLE_EQUAL(median(v, 4), 2.5, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(quantile(v, 4, 0.25), 1.75, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(quantile(v, 4, 1), 4, 0);
	CU_ASSERT_TRUE(isnan(median(v, 0)));
}

/* Critical values of the published tables, two-sided 5 %: W = 2 for 7, U = 8 for 7 and 7. */
TEST(interval, ends_are_those_of_the_exact_tests)
{
	double v[] = {0, 1, 2, 3, 4, 5, 6}, w[] = {10, 11, 12, 13, 14, 15, 16};
	struct interval i = interval_paired(v, 7);
	CU_ASSERT_TRUE(i.known);
	CU_ASSERT_DOUBLE_EQUAL(i.middle, 3, 1e-12);
	/* the third smallest and third largest of the 28 means of two: 0, 0.5, 1 … 5 */
	CU_ASSERT_DOUBLE_EQUAL(i.low, 1, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(i.high, 5, 1e-12);
	i = interval_apart(v, 7, w, 7);
	CU_ASSERT_TRUE(i.known);
	CU_ASSERT_DOUBLE_EQUAL(i.middle, 10, 1e-12);
	/* the ninth smallest of 49 differences 4, 5 5, 6 6 6, 7 7 7 7: 7 */
	CU_ASSERT_DOUBLE_EQUAL(i.low, 7, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(i.high, 13, 1e-12);
}

TEST(interval, fewer_than_five_runs_have_none)
{
	double v[] = {1, 2, 3, 4, 5, 6};
	CU_ASSERT_FALSE(interval_paired(v, 0).known);
	CU_ASSERT_FALSE(interval_paired(v, 4).known);
	CU_ASSERT_DOUBLE_EQUAL(interval_paired(v, 4).low, 2.5, 1e-12);
	CU_ASSERT_FALSE(interval_apart(v, 6, v, 4).known);
	struct interval five = interval_paired(v, 5);
	CU_ASSERT_TRUE(five.known);
	CU_ASSERT_DOUBLE_EQUAL(five.low, 1, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(five.high, 5, 1e-12);
}

TEST(interval, many_runs_are_no_problem)
{
	static double v[400], w[400];
	struct random r = random_seed(9);
	for (int i = 0; i < 400; i++) {
		v[i] = random_normal(&r);
		w[i] = 1 + random_normal(&r);
	}
	struct interval i = interval_apart(v, 400, w, 400);
	CU_ASSERT_TRUE(i.low < 1 && i.high > 1 && i.high - i.low < 0.35);
	for (int k = 0; k < 400; k++)
		w[k] -= v[k];
	i = interval_paired(w, 400);
	CU_ASSERT_TRUE(i.low < 1 && i.high > 1 && i.high - i.low < 0.35);
}

/* One run in ten is 5 to 30 % slower; with drift, rounds differ by a tenth. */
static double run(struct random *r)
{
	return 0.02 * random_normal(r) +
	       (random_share(r) < 0.1 ? log(1.05 + 0.25 * random_share(r)) : 0);
}

static int covered(size_t runs, bool paired, bool drift)
{
	struct random r = random_seed(runs);
	double a[64], b[64];
	int held = 0;
	for (int s = 0; s < 1000; s++) {
		for (size_t i = 0; i < runs; i++) {
			double round = drift ? 0.1 * random_normal(&r) : 0;
			a[i] = run(&r) + round;
			b[i] = run(&r) + round + (paired ? -a[i] : 0) + 0.3;
		}
		struct interval i =
		    paired ? interval_paired(b, runs) : interval_apart(a, runs, b, runs);
		held += i.low <= 0.3 && i.high >= 0.3;
	}
	return held;
}

TEST(interval, of_a_thousand_ratios_about_950_are_held)
{
	static const size_t runs[] = {5, 7, 10, 20};
	for (int i = 0; i < 4; i++)
		for (int drift = 0; drift < 2; drift++) {
			int paired = covered(runs[i], true, drift),
			    apart = covered(runs[i], false, drift);
			CU_ASSERT_TRUE(paired >= (runs[i] == 5 ? 915 : 935) && paired <= 990);
			CU_ASSERT_TRUE(apart >= 935);
		}
}

TEST(interval, shares_are_as_wilson_has_them)
{
	struct interval half = interval_share(50, 100), none = interval_share(0, 20);
	CU_ASSERT(fabs(half.low - 0.4038) < 1e-4 && fabs(half.high - 0.5962) < 1e-4);
	CU_ASSERT_EQUAL(half.middle, 0.5);
	CU_ASSERT(fabs(none.low) < 1e-9);
	CU_ASSERT(fabs(none.high - 0.1611) < 1e-4);
	CU_ASSERT(fabs(interval_share(20, 20).high - 1) < 1e-9);
	CU_ASSERT(!interval_share(0, 0).known);
}
