/* Holds of the history are grouped by object; here they are listed by thread. */
#include "profiler/order.h"
#include "profiler/text.h"
#include "reports/path/held.h"
#include <stdlib.h>

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

/* Reads the holds in the order in which they lie: to look them up by index costs more than to carry
 * their times along. */
static struct order *list_times(const struct history *h, const size_t *first)
{
	size_t *next = memory_new(h->threads + 1, sizeof(*next));
	struct order *list = memory_grow(NULL, first[h->threads] + 1, sizeof(*list));

	for (size_t t = 0; t < h->threads; t++)
		next[t] = first[t];
	for (size_t i = 0; i < h->holds; i++)
		if (h->hold[i].acquired)
			list[next[h->hold[i].thread]++] =
			    (struct order){h->hold[i].acquired, (uint32_t)i};
	free(next);
	return list;
}

uint32_t *held_order(const struct history *h)
{
	size_t *first = memory_new(h->threads + 2, sizeof(*first));
	struct order *scratch = memory_new(count_holds(h, first) + 1, sizeof(*scratch));
	struct order *list = list_times(h, first);
	uint32_t *order = memory_grow(NULL, first[h->threads] + 1, sizeof(*order));

	for (size_t t = 0; t < h->threads; t++)
		order_sort(list + first[t], first[t + 1] - first[t], scratch);
	for (size_t i = 0; i < first[h->threads]; i++)
		order[i] = list[i].index;
	free(list);
	free(scratch);
	free(first);
	return order;
}
