#include "reports/graph/regroup.h"
#include "profiler/order.h"
#include "profiler/text.h"
#include "reports/graph/blocks.h"
#include "reports/graph/large.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define GIVE_BACK ((size_t)16 << 20)

static uint32_t group_of(const unsigned char *item, struct layout l)
{
	uint32_t group;

	memcpy(&group, item + l.group, sizeof(group));
	return group;
}

static int64_t time_of(const unsigned char *item, struct layout l)
{
	int64_t time;

	memcpy(&time, item + l.time, sizeof(time));
	return time;
}

static bool is_grouped(const unsigned char *items, size_t count, struct layout l)
{
	uint32_t last = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t group = group_of(items + i * l.size, l);
		if (group < last)
			return false;
		last = group;
	}
	return true;
}

/* Items of one group mostly come several in a row. */
static size_t run_length(const unsigned char *items, size_t count, struct layout l, uint32_t group)
{
	size_t n = 1;

	while (n < count && group_of(items + n * l.size, l) == group)
		n++;
	return n;
}

/* Of few items for each group. */
static unsigned char *group_apart(unsigned char *items, size_t count, struct layout l,
				  size_t groups)
{
	size_t *next = memory_new(groups + 1, sizeof(*next)), n;
	unsigned char *to = large_new(count, l.size), *kept = items;

	for (size_t i = 0; i < count; i++)
		next[group_of(items + i * l.size, l) + 1]++;
	for (size_t g = 0; g < groups; g++)
		next[g + 1] += next[g];
	for (size_t i = 0; i < count; i += n) {
		unsigned char *from = items + i * l.size;
		uint32_t g = group_of(from, l);
		n = run_length(from, count - i, l, g);
		memcpy(to + next[g] * l.size, from, n * l.size);
		next[g] += n;
		if ((size_t)(from - kept) >= GIVE_BACK) {
			large_give_back(kept, from);
			kept = from;
		}
	}
	free(next);
	free(items);
	return to;
}

/* Puts item order[i].index in place i: follows the cycles, so that no second array is needed. */
static void permute(unsigned char *items, struct order *order, size_t count, size_t size)
{
	unsigned char kept[128];

	for (size_t start = 0; start < count; start++) {
		size_t to = start, from = order[start].index;
		if (from == start)
			continue;
		memcpy(kept, items + start * size, size);
		for (; from != start; to = from, from = order[to].index) {
			memcpy(items + to * size, items + from * size, size);
			order[to].index = (uint32_t)to;
		}
		memcpy(items + to * size, kept, size);
		order[to].index = (uint32_t)to;
	}
}

/* Memory for the order of a group, kept for the next one. */
struct scratch {
	struct order *order;
	size_t room;
};

static void sort(unsigned char *items, size_t count, struct layout l, struct scratch *scratch)
{
	size_t i = 1;

	while (i < count && time_of(items + (i - 1) * l.size, l) <= time_of(items + i * l.size, l))
		i++;
	if (i >= count)
		return;
	if (scratch->room < count) {
		free(scratch->order);
		scratch->room = count + count / 4;
		scratch->order = large_new(2 * scratch->room, sizeof(*scratch->order));
	}
	for (i = 0; i < count; i++)
		scratch->order[i] = (struct order){time_of(items + i * l.size, l), (uint32_t)i};
	order_sort(scratch->order, count, scratch->order + count);
	permute(items, scratch->order, count, l.size);
}

void *regroup(void *items, size_t count, struct layout l, size_t groups)
{
	struct scratch scratch = {0};
	unsigned char *all = items;
	size_t first, n;

	if (!is_grouped(all, count, l) && !blocks_group(all, count, l, groups))
		all = group_apart(all, count, l, groups);
	for (first = 0; first < count; first += n) {
		unsigned char *begin = all + first * l.size;
		n = run_length(begin, count - first, l, group_of(begin, l));
		sort(begin, n, l, &scratch);
	}
	free(scratch.order);
	return all;
}
