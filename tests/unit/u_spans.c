/* Spans of time against a table with a flag for each ns. */
#include "reports/mark/spans.h"
#include "tests/unit/unit.h"
#include <stdbool.h>
#include <stdlib.h>

#define LENGTH 200

static int64_t count(const bool *in, int64_t begin, int64_t end)
{
	int64_t ns = 0;
	for (int64_t i = begin; i < end; i++)
		ns += i >= 0 && i < LENGTH && in[i];
	return ns;
}

static void check_one(unsigned *seed)
{
	struct spans s = {0};
	bool in[LENGTH] = {0};
	int spans = rand_r(seed) % 20;
	for (int i = 0; i < spans; i++) {
		int begin = rand_r(seed) % LENGTH, end = begin + rand_r(seed) % 30 - 2;
		end = end > LENGTH ? LENGTH : end;
		spans_add(&s, begin, end);
		for (int at = begin; at < end; at++)
			in[at] = true;
	}
	spans_unite(&s);
	CU_ASSERT_EQUAL(spans_length(&s), count(in, 0, LENGTH));
	for (size_t i = 1; i < s.count; i++)
		CU_ASSERT(s.span[i - 1].end < s.span[i].begin);
	/* as a thread's tiles come: in order, one behind the other */
	s.at = 0;
	for (int begin = 0; begin < LENGTH;) {
		int end = begin + rand_r(seed) % 25;
		CU_ASSERT_EQUAL(spans_overlap(&s, begin, end), count(in, begin, end));
		begin = end + rand_r(seed) % 3;
	}
	spans_free(&s);
}

TEST(spans, are_those_of_single_ns)
{
	unsigned seed = 1;
	for (int i = 0; i < 2000; i++)
		check_one(&seed);
}

TEST(spans, none_have_no_length)
{
	struct spans s = {0};
	spans_add(&s, 5, 5);
	spans_unite(&s);
	CU_ASSERT_EQUAL(spans_length(&s), 0);
	CU_ASSERT_EQUAL(spans_overlap(&s, 0, 10), 0);
	spans_free(&s);
}
