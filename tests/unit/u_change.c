/* What changed between two sides, and what is noise. */
#include "reports/diff/change.h"
#include "reports/fit/random.h"
#include "tests/unit/unit.h"
#include <math.h>

static const struct change *judged(struct changes *c, const double *a, size_t a_count,
				   const double *b, size_t b_count, bool paired)
{
	*c = (struct changes){0};
	for (size_t i = 0; i < a_count; i++)
		changes_add(c, SIDE_A, "lock", "mu", "a.c", "ns", a[i]);
	for (size_t i = 0; i < b_count; i++)
		changes_add(c, SIDE_B, "lock", "mu", "a.c", "ns", b[i]);
	changes_judge(c, paired, "run");
	return changes_find(c, "lock", "mu");
}

TEST(change, one_value_each_tells_nothing_of_noise)
{
	struct changes c;
	const struct change *row = judged(&c, (double[]){10}, 1, (double[]){15}, 1, true);
	CU_ASSERT_EQUAL(row->judgement, JUDGED_UNKNOWN);
	CU_ASSERT_DOUBLE_EQUAL(row->part, 0.5, 1e-9);
	CU_ASSERT_TRUE(isnan(row->low) && isnan(row->high));
	changes_free(&c);
	row = judged(&c, (double[]){10}, 1, (double[]){10}, 1, true);
	CU_ASSERT_EQUAL(row->judgement, JUDGED_SAME);
	changes_free(&c);
}

TEST(change, what_only_one_side_has_is_no_change)
{
	struct changes c;
	const struct change *row = judged(&c, (double[]){1, 2, 3, 4, 5}, 5, NULL, 0, false);
	CU_ASSERT_EQUAL(row->judgement, JUDGED_ALONE);
	CU_ASSERT_TRUE(isnan(row->part) && isnan(row->low));
	changes_free(&c);
}

TEST(change, a_few_values_are_noise_when_they_overlap)
{
	struct changes c;
	double a[] = {10, 12, 11}, near[] = {11, 13, 12}, far[] = {20, 21, 22};
	CU_ASSERT_EQUAL(judged(&c, a, 3, near, 3, true)->judgement, JUDGED_NOISE);
	changes_free(&c);
	const struct change *row = judged(&c, a, 3, far, 3, true);
	CU_ASSERT_EQUAL(row->judgement, JUDGED_APART);
	CU_ASSERT_TRUE(isnan(row->low));
	changes_free(&c);
}

TEST(change, many_values_have_an_interval)
{
	struct changes c;
	double a[7], b[7];
	struct random r = random_seed(21);
	/* pairs drift together: in pairs a tenth more is seen, apart it is not */
	for (int i = 0; i < 7; i++) {
		double drift = exp(0.5 * random_normal(&r));
		a[i] = drift * exp(0.01 * random_normal(&r));
		b[i] = 1.1 * drift * exp(0.01 * random_normal(&r));
	}
	const struct change *row = judged(&c, a, 7, b, 7, true);
	CU_ASSERT_EQUAL(row->judgement, JUDGED_CHANGED);
	CU_ASSERT_TRUE(row->low > 0.05 && row->low < 0.1 && row->high > 0.1 && row->high < 0.15);
	changes_free(&c);
	CU_ASSERT_EQUAL(judged(&c, a, 7, b, 7, false)->judgement, JUDGED_NOISE);
	changes_free(&c);
	CU_ASSERT_EQUAL(judged(&c, a, 7, b, 6, true)->judgement, JUDGED_NOISE); /* no pairs */
	changes_free(&c);
}

/* Of a hundred comparisons of the same with the same about five are called changes. */
TEST(change, noise_is_called_noise)
{
	struct random r = random_seed(22);
	int changed = 0;
	for (int s = 0; s < 400; s++) {
		struct changes c;
		double a[7], b[7];
		for (int i = 0; i < 7; i++) {
			a[i] = exp(0.2 * random_normal(&r));
			b[i] = exp(0.2 * random_normal(&r));
		}
		changed += judged(&c, a, 7, b, 7, s % 2)->judgement == JUDGED_CHANGED;
		changes_free(&c);
	}
	CU_ASSERT_TRUE(changed >= 6 && changed <= 34);
}

TEST(change, what_one_side_lacks_is_zero_there_in_its_place)
{
	struct changes c = {0};
	const double waits[] = {5, 0, 7, 0, 9};
	for (size_t i = 0; i < 5; i++) {
		c.before[SIDE_A] = i;
		changes_add(&c, SIDE_A, "run", "wall", NULL, "ns", 1);
		if (waits[i] > 0)
			changes_add(&c, SIDE_A, "lock", "old_mu", NULL, "ns", waits[i]);
		if (i == 3)
			changes_add(&c, SIDE_A, "lock", "late_mu", NULL, "ns", 3);
	}
	changes_pad(&c, SIDE_A, 5);
	changes_pad(&c, SIDE_B, 5);
	changes_judge(&c, true, "run");
	const struct change *old = changes_find(&c, "lock", "old_mu"),
			    *late = changes_find(&c, "lock", "late_mu");
	for (size_t i = 0; i < 5; i++) {
		CU_ASSERT_EQUAL(old->value[SIDE_A][i], waits[i]);
		CU_ASSERT_EQUAL(late->value[SIDE_A][i], i == 3 ? 3 : 0);
		CU_ASSERT_EQUAL(old->value[SIDE_B][i], 0);
	}
	CU_ASSERT_DOUBLE_EQUAL(old->part, -1, 1e-9);
	changes_free(&c);
}

TEST(change, rows_are_matched_by_words_and_sorted_by_size)
{
	struct changes c = {0};
	changes_add(&c, SIDE_A, "run", "wall", NULL, "ns", 100);
	changes_add(&c, SIDE_A, "run", "cpu", NULL, "ns", 1);
	changes_add(&c, SIDE_A, "lock", "small", "a.c", "ns", 5);
	changes_add(&c, SIDE_A, "lock", "mu", "a.c", "ns", 5);
	changes_add(&c, SIDE_A, "lock", "mu", "b.c", "ns", 50);
	changes_add(&c, SIDE_B, "lock", "mu", "b.c", "ns", 20);
	changes_add(&c, SIDE_B, "run", "wall", NULL, "ns", 100);
	changes_add(&c, SIDE_B, "run", "cpu", NULL, "ns", 90);
	changes_add(&c, SIDE_B, "lock", "small", "a.c", "ns", 6);
	changes_add(&c, SIDE_B, "lock", "new", "a.c", "ns", 70);
	changes_pad(&c, SIDE_A, 1);
	changes_pad(&c, SIDE_B, 1);
	changes_judge(&c, true, "run");
	static const char *const names[] = {"wall", "cpu", "new", "mu", "mu", "small"};
	CU_ASSERT_EQUAL_FATAL(c.count, 6);
	for (int i = 0; i < 6; i++)
		CU_ASSERT_STRING_EQUAL(c.rows[i].name, names[i]);
	CU_ASSERT_STRING_EQUAL(c.rows[3].place, "b.c");
	CU_ASSERT_TRUE(isnan(c.rows[2].part)); /* from nothing: no ratio */
	changes_free(&c);
}
