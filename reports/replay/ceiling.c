#include "reports/replay/ceiling.h"
#include "profiler/text.h"
#include <stdlib.h>

static size_t busiest(const struct ceiling_lock *l, size_t locks)
{
	size_t most = SIZE_MAX;
	for (size_t i = 0; i < locks; i++)
		if (l[i].demand > 0 && (most == SIZE_MAX || l[i].demand > l[most].demand))
			most = i;
	return most;
}

/* queue, used: of n - 1 threads; become those of n. Returns the throughput of all the work. */
static double step(double think, const struct ceiling_lock *l, size_t locks, size_t n,
		   double *queue, double *used)
{
	double cycle = think, throughput;
	for (size_t i = 0; i < locks; i++) {
		double residual = used[i] * (1 + l[i].cv2) / 2, others = queue[i] - used[i];
		cycle += l[i].demand * (1 + (others > 0 ? others : 0) + residual);
	}
	throughput = cycle > 0 ? (double)n / cycle : 0;
	for (size_t i = 0; i < locks; i++) {
		double residual = used[i] * (1 + l[i].cv2) / 2, others = queue[i] - used[i];
		queue[i] = throughput * l[i].demand * (1 + (others > 0 ? others : 0) + residual);
		used[i] = throughput * l[i].demand;
		if (used[i] > 1)
			used[i] = 1;
	}
	return throughput;
}

void ceiling_find(double think, const struct ceiling_lock *l, size_t locks, size_t threads,
		  struct ceiling *out)
{
	double *queue = memory_new(locks + 1, sizeof(*queue));
	double *used = memory_new(locks + 1, sizeof(*used));
	double all = think;
	size_t most = busiest(l, locks);
	for (size_t i = 0; i < locks; i++)
		all += l[i].demand;
	for (size_t n = 1; n <= threads; n++) {
		double speedup = step(think, l, locks, n, queue, used) * all;
		double bound = (double)n;
		out[n - 1].lock = SIZE_MAX;
		if (most != SIZE_MAX && all / l[most].demand < bound) {
			bound = all / l[most].demand;
			out[n - 1].lock = most;
		}
		out[n - 1].bound = bound;
		out[n - 1].speedup = speedup < bound ? speedup : bound;
	}
	free(queue);
	free(used);
}
