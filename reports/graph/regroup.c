#include "reports/graph/regroup.h"
#include "profiler/order.h"
#include "profiler/text.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define GIVE_BACK ((size_t)16 << 20)
#define PAGE ((uintptr_t)4096)

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

/* Pages of memory that nobody reads any more. */
static void give_back(unsigned char *from, const unsigned char *to)
{
	uintptr_t begin = ((uintptr_t)from + PAGE - 1) & ~(PAGE - 1);
	uintptr_t end = (uintptr_t)to & ~(PAGE - 1);

	if (end > begin)
		madvise((void *)begin, end - begin, MADV_DONTNEED);
}

static unsigned char *group(unsigned char *items, size_t count, struct layout l, size_t groups)
{
	size_t *next = memory_new(groups + 1, sizeof(*next));
	unsigned char *to = memory_grow(NULL, count, l.size), *from = items, *kept = items;

	for (size_t i = 0; i < count; i++)
		next[group_of(items + i * l.size, l) + 1]++;
	for (size_t g = 0; g < groups; g++)
		next[g + 1] += next[g];
	for (size_t i = 0; i < count; i++, from += l.size) {
		memcpy(to + next[group_of(from, l)]++ * l.size, from, l.size);
		if ((size_t)(from - kept) >= GIVE_BACK) {
			give_back(kept, from);
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

static void sort(unsigned char *items, size_t count, struct layout l)
{
	struct order *order;
	size_t i = 1;

	while (i < count && time_of(items + (i - 1) * l.size, l) <= time_of(items + i * l.size, l))
		i++;
	if (i >= count)
		return;
	order = memory_grow(NULL, 2 * count, sizeof(*order));
	for (i = 0; i < count; i++)
		order[i] = (struct order){time_of(items + i * l.size, l), (uint32_t)i};
	order_sort(order, count, order + count);
	permute(items, order, count, l.size);
	free(order);
}

void *regroup(void *items, size_t count, struct layout l, size_t groups)
{
	unsigned char *all = items;
	size_t first, end;

	if (!is_grouped(all, count, l))
		all = group(all, count, l, groups);
	for (first = 0; first < count; first = end) {
		uint32_t g = group_of(all + first * l.size, l);
		for (end = first + 1; end < count && group_of(all + end * l.size, l) == g;)
			end++;
		sort(all + first * l.size, end - first, l);
	}
	return all;
}
