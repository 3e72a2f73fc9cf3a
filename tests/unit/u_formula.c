/* Formulas of counters. */
#include "reports/counter/formula.h"
#include "tests/unit/unit.h"
#include <math.h>
#include <string.h>

static double known(void *data, const char *name, size_t length)
{
	(void)data;
	if (length == 1 && *name >= 'a' && *name <= 'e')
		return *name - 'a' + 1; /* a is 1 … e is 5 */
	return length == 4 && !memcmp(name, "zero", 4) ? 0 : NAN;
}

static double value(const char *formula)
{
	return formula_value(formula, known, NULL);
}

TEST(formula, follows_the_rules_of_arithmetic)
{
	CU_ASSERT_EQUAL(value("a + b * c"), 7);
	CU_ASSERT_EQUAL(value("(a + b) * c"), 9);
	CU_ASSERT_EQUAL(value("e - b - a"), 2);
	CU_ASSERT_EQUAL(value("1000 * d / b / e"), 400);
	CU_ASSERT_EQUAL(value(" -b*-( c ) "), 6);
	CU_ASSERT_EQUAL(value("1e3*a+.5"), 1000.5);
}

TEST(formula, what_is_not_known_has_no_value)
{
	CU_ASSERT(isnan(value("a / zero")));
	CU_ASSERT(isnan(value("a + unknown")));
	CU_ASSERT(isnan(value("a / (b - b)")));
	CU_ASSERT(isnan(value("1e308 * 1e308")));
}

TEST(formula, what_is_no_formula_has_no_value)
{
	static const char *const wrong[] = {"",	     "a b", "a +", "(a",  "a)", "* a",
					    "a ? b", "()",  "a;b", "nan", "1e", "--"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CU_ASSERT(isnan(value(wrong[i])));
	char deep[5001];
	memset(deep, '(', 5000);
	deep[5000] = 0;
	CU_ASSERT(isnan(value(deep)));
	memset(deep, '-', 5000);
	CU_ASSERT(isnan(value(deep)));
}
