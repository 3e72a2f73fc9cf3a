#include "profiler/text.h"
#include "reports/scale/plan.h"
#include <stdlib.h>

static int compare(const void *left, const void *right)
{
	return *(const int *)left - *(const int *)right;
}

static void sort_once(int *list, size_t *count)
{
	size_t kept = 0;
	qsort(list, *count, sizeof(*list), compare);
	for (size_t i = 0; i < *count; i++)
		if (!kept || list[kept - 1] != list[i])
			list[kept++] = list[i];
	*count = kept;
}

/* "4" or "4-8"; false: neither. */
static bool parse_range(const char **at, long *from, long *to)
{
	char *end;
	*from = *to = strtol(*at, &end, 10);
	if (end == *at)
		return false;
	if (*end == '-') {
		const char *second = end + 1;
		*to = strtol(second, &end, 10);
		if (end == second)
			return false;
	}
	*at = end;
	return *from >= 1 && *from <= *to && *to <= PLAN_MOST;
}

int *plan_list(const char *words, size_t *count)
{
	int *list = NULL;
	*count = 0;
	for (const char *at = words;; at++) {
		long from, to;
		if (!parse_range(&at, &from, &to) || (*at && *at != ',')) {
			free(list);
			return NULL;
		}
		list = memory_grow(list, *count + (size_t)(to - from + 1), sizeof(*list));
		while (from <= to)
			list[(*count)++] = (int)from++;
		if (!*at)
			break;
	}
	sort_once(list, count);
	return list;
}

int *plan_default(int most, size_t *count)
{
	int *list = memory_new(64, sizeof(*list));
	*count = 0;
	for (int n = 1; n <= most && n <= 8; n++)
		if (n != 5 || most <= 8)
			if (n != 7 || most <= 8)
				list[(*count)++] = n;
	for (int n = 8; n < most; n *= 2) {
		if (n + n / 2 <= most)
			list[(*count)++] = n + n / 2;
		list[(*count)++] = n * 2 < most ? n * 2 : most;
	}
	sort_once(list, count);
	return list;
}
