#include "reports/graph/regroup.h"
#include "tests/unit/unit.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct item {
	int64_t time;
	uint32_t group, number; /* number: as it came */
};

static int by_group_time_number(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Runs of one group, up to so long; of each seventh group none; times mostly in order. */
static struct item *make_items(size_t count, uint32_t groups, unsigned run)
{
	struct item *item = malloc((count + 1) * sizeof(*item));
	uint32_t group = 0;
	unsigned left = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (!left--) {
			group = (uint32_t)rand() % groups;
			group -= group % 7 == 3;
			left = (unsigned)rand() % run;
		}
		item[i] = (struct item){rand() % 50 ? (int64_t)(i / 2) : rand() % 100, group, i};
	}
	return item;
}

static bool is_as_sorted(size_t count, uint32_t groups, unsigned run)
{
	struct item *item = make_items(count, groups, run);
	struct item *sorted = malloc((count + 1) * sizeof(*sorted));
	memcpy(sorted, item, count * sizeof(*item));
	qsort(sorted, count, sizeof(*sorted), by_group_time_number);
	item = regroup(item, count, LAYOUT(struct item, group, time), groups);
	bool same = !memcmp(item, sorted, count * sizeof(*item));
	free(item);
	free(sorted);
	return same;
}

TEST(regroup, orders_by_group_and_time_and_keeps_what_is_equal_in_order)
{
	static const size_t counts[] = {0, 1, 2, 63, 64, 65, 1000, 4096, 100003};
	static const uint32_t groups[] = {1, 2, 7, 64, 300, 5000};
	static const unsigned runs[] = {1, 3, 129, 2000};
	srand(7);
	for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++)
		for (size_t g = 0; g < sizeof(groups) / sizeof(*groups); g++)
			for (size_t r = 0; r < sizeof(runs) / sizeof(*runs); r++)
				CU_ASSERT_TRUE(is_as_sorted(counts[c], groups[g], runs[r]));
}
