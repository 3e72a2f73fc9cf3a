#include "profiler/order.h"

#include <stdbool.h>
#include <string.h>

static size_t run_end(const struct order *o, size_t from, size_t count)
{
	size_t i = from + 1;

	while (i < count && o[i - 1].time <= o[i].time)
		i++;
	return i < count ? i : count;
}

static void merge(const struct order *o, size_t from, size_t middle, size_t end, struct order *to)
{
	size_t a = from, b = middle;

	while (a < middle && b < end) { /* without a branch that nobody can foretell */
		bool second = o[b].time < o[a].time;
		*to++ = o[second ? b : a];
		a += !second;
		b += second;
	}
	memcpy(to, o + a, (middle - a) * sizeof(*o));
	memcpy(to + (middle - a), o + b, (end - b) * sizeof(*o));
}

/* Merges neighbouring runs into `to`; returns how many there were. */
static size_t merge_runs(const struct order *o, size_t count, struct order *to)
{
	size_t runs = 0, from, middle, end;

	for (from = 0; from < count; from = end, runs += 2) {
		middle = run_end(o, from, count);
		end = middle < count ? run_end(o, middle, count) : middle;
		merge(o, from, middle, end, to + from);
	}
	return runs;
}

void order_sort(struct order *o, size_t count, struct order *scratch)
{
	struct order *from = o, *to = scratch, *kept;

	if (!count || run_end(o, 0, count) == count)
		return;
	while (merge_runs(from, count, to) > 2) {
		kept = from;
		from = to;
		to = kept;
	}
	if (to != o)
		memcpy(o, to, count * sizeof(*o));
}
