#include "collectors/machine/batch.h"
#include <stdlib.h>
#include <time.h>

#define WANTED 50	/* batches in a budget */
#define TIMES_MAX 20000 /* in a batch */

uint64_t batch_now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double quantile(const struct batches *b, double part)
{
	double at = part * (b->count - 1);
	int low = (int)at;
	int high = low + 1 < b->count ? low + 1 : low;
	return b->value[low] + (at - low) * (b->value[high] - b->value[low]);
}

void batches_add_cost(struct machine_costs *costs, enum cost_number number, int threads, int times,
		      struct batches *b)
{
	if (b->count < 3 || costs->count == COSTS_MAX)
		return;
	qsort(b->value, (size_t)b->count, sizeof(*b->value), compare);
	costs->cost[costs->count++] =
	    (struct cost){number,   threads, quantile(b, 0.25), quantile(b, 0.5), quantile(b, 0.75),
			  b->count, times};
}

static bool timed(batch_function *batch, void *data, int times, double *ns)
{
	uint64_t begin = batch_now_ns();
	if (!batch(data, times))
		return false;
	*ns = (double)(batch_now_ns() - begin) / times;
	return true;
}

/* Twice to warm up: the first call of anything is slow. */
static int choose_times(uint64_t budget_ns, double ns)
{
	double times = (double)budget_ns / WANTED / (ns > 1 ? ns : 1);
	return times < 1 ? 1 : times > TIMES_MAX ? TIMES_MAX : (int)times;
}

void batch_measure(struct machine_costs *costs, enum cost_number number, uint64_t budget_ns,
		   batch_function *batch, void *data)
{
	struct batches b = {.count = 0};
	double ns;
	uint64_t end = batch_now_ns() + budget_ns;
	if (!timed(batch, data, 1, &ns) || !timed(batch, data, 4, &ns))
		return;
	int times = choose_times(budget_ns, ns);
	while (b.count < BATCHES_MAX && (b.count < BATCHES_MIN || batch_now_ns() < end))
		if (!timed(batch, data, times, &b.value[b.count++]))
			return;
	batches_add_cost(costs, number, 1, times, &b);
}
