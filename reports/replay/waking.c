#include "reports/replay/waking.h"
#include "profiler/text.h"
#include <stdlib.h>

#define SAMPLES_MOST 200000
#define SAMPLES_LEAST 8	 /* of each sort at one place */
#define COST_MOST 100000 /* ns; more is something else */
#define FEW 16
#define USUAL_NS 40000 /* from a core that slept */
#define MANY 256       /* samples, from which on their longest count as they are */
#define LONGEST_TIMES 3
#define WAKES_MOST 100000 /* looked at for their median */

/* From a release to what its thread did next. */
struct gap {
	uint64_t place; /* of both */
	bool woke;
	int64_t ns;
};

static int by_place(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->woke != y->woke)
		return x->woke ? 1 : -1;
	return (x->ns > y->ns) - (x->ns < y->ns);
}

/* A wait for a lock is named as its acquisition without a wait would be. */
static uint32_t place_of(const struct marks *m, const struct mark *mark)
{
	if (mark->kind == MARK_WAIT && m->wait_hold[mark->index] != NOTHING)
		return m->history->hold[m->wait_hold[mark->index]].stack;
	return mark->stack;
}

static size_t find_gaps(const struct marks *m, struct gap *gap)
{
	size_t n = 0;
	for (size_t i = 0; i + 1 < m->count && n < SAMPLES_MOST; i++) {
		const struct mark *x = &m->mark[i], *next = x + 1;
		if (x->kind != MARK_RELEASE || next->thread != x->thread ||
		    (next->kind != MARK_WAIT && next->kind != MARK_ACQUIRE))
			continue;
		gap[n++] =
		    (struct gap){(uint64_t)x->stack << 32 | place_of(m, next),
				 m->history->hold[x->index].waiters > 0, next->time - x->time};
	}
	return n;
}

int64_t waking_cost(const struct marks *m)
{
	struct gap *gap = memory_new(SAMPLES_MOST, sizeof(*gap));
	size_t n = find_gaps(m, gap), woke, end;
	double sum = 0, weight = 0;
	qsort(gap, n, sizeof(*gap), by_place);
	for (size_t begin = 0; begin < n; begin = end) {
		for (woke = begin;
		     woke < n && gap[woke].place == gap[begin].place && !gap[woke].woke;)
			woke++;
		for (end = woke; end < n && gap[end].place == gap[begin].place;)
			end++;
		size_t without = woke - begin, with = end - woke;
		size_t least = without < with ? without : with;
		if (least < SAMPLES_LEAST)
			continue;
		sum +=
		    (double)least * (double)(gap[woke + with / 2].ns - gap[begin + without / 2].ns);
		weight += (double)least;
	}
	free(gap);
	double cost = weight > 0 ? sum / weight : 0;
	return cost <= 0 ? 0 : cost < COST_MOST ? (int64_t)cost : 0;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Ends of threads and processes take long for other reasons. */
static bool is_plain(const struct history *h, const struct history_wait *w)
{
	enum history_family family = h->object[w->object].family;
	return w->waker != NOBODY && family != HISTORY_join && family != HISTORY_child;
}

/* Of those from begin to end, one at least: so the few that are very long count. */
static int64_t mean(const int64_t *wake, size_t begin, size_t end)
{
	double sum = (double)wake[begin];
	size_t n = 1;
	for (size_t i = begin + 1; i < end; i++, n++)
		sum += (double)wake[i];
	return (int64_t)(sum / (double)n);
}

/* Of few, one that was long by accident would count as if such were usual. */
static void cut_longest(int64_t *wake, size_t n)
{
	int64_t most =
	    LONGEST_TIMES * wake[n / 2] > USUAL_NS ? LONGEST_TIMES * wake[n / 2] : USUAL_NS;
	for (size_t i = n; i-- > 0 && wake[i] > most;)
		wake[i] = most;
}

/* Too few to go by are joined by others of a usual length. */
void waking_times(const struct history *h, int64_t *wakes, size_t count)
{
	int64_t *wake = memory_new(WAKES_MOST, sizeof(*wake));
	size_t n = 0, step = h->waits / (WAKES_MOST - FEW) + 1;
	for (size_t i = 0; i < h->waits; i += step)
		if (is_plain(h, &h->wait[i]))
			wake[n++] = h->wait[i].end - h->wait[i].woken;
	while (n < FEW)
		wake[n++] = USUAL_NS;
	qsort(wake, n, sizeof(*wake), compare);
	if (n < MANY)
		cut_longest(wake, n);
	for (size_t i = 0; i < count; i++)
		wakes[i] = mean(wake, i * n / count, (i + 1) * n / count);
	free(wake);
}
