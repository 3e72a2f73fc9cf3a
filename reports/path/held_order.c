/* Holds of the history are grouped by object; here they are listed by thread. */
#include "profiler/order.h"
#include "profiler/text.h"
#include "reports/path/held.h"
#include <stdlib.h>

enum { AHEAD = 16 };

/* first[t]: of thread t, one more at the end. Returns how many the busiest thread has. */
static size_t count_holds(const struct history *h, size_t *first)
{
	size_t most = 0;

	for (size_t i = 0; i < h->holds; i++)
		if (h->hold[i].acquired)
			first[h->hold[i].thread + 1]++;
	for (size_t t = 0; t < h->threads; t++) {
		if (first[t + 1] > most)
			most = first[t + 1];
		first[t + 1] += first[t];
	}
	return most;
}

static void sort_by_time(const struct history *h, uint32_t *list, size_t count,
			 struct order *scratch)
{
	for (size_t i = 0; i < count; i++) {
		if (i + AHEAD < count) /* they lie anywhere */
			__builtin_prefetch(&h->hold[list[i + AHEAD]]);
		scratch[i] = (struct order){h->hold[list[i]].acquired, list[i]};
	}
	order_sort(scratch, count, scratch + count);
	for (size_t i = 0; i < count; i++)
		list[i] = scratch[i].index;
}

uint32_t *held_order(const struct history *h)
{
	size_t *first = memory_new(h->threads + 2, sizeof(*first));
	size_t *next = memory_new(h->threads + 1, sizeof(*next));
	size_t most = count_holds(h, first);
	uint32_t *list = memory_new(first[h->threads] + 1, sizeof(*list));
	struct order *scratch = memory_new(2 * most + 1, sizeof(*scratch));

	for (size_t t = 0; t < h->threads; t++)
		next[t] = first[t];
	for (size_t i = 0; i < h->holds; i++)
		if (h->hold[i].acquired)
			list[next[h->hold[i].thread]++] = (uint32_t)i;
	for (size_t t = 0; t < h->threads; t++)
		sort_by_time(h, list + first[t], first[t + 1] - first[t], scratch);
	free(scratch);
	free(next);
	free(first);
	return list;
}
