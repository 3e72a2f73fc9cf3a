/*
 * teams ROUNDS: parallel regions of OpenMP for two threads, of which the second has three times as
 * much to do. Where the other waits spinning (GOMP_SPINCOUNT=infinite) a third of the CPU time is
 * the runtime's.
 */
#include "known.h"
#include <omp.h>

#define UNIT 2000000

static volatile unsigned long sum[2][64];

NOINLINE void compute(int thread, long units)
{
	for (long i = 0; i < units * UNIT; i++)
		sum[thread][0] += (unsigned long)i;
}

NOINLINE void shares(int rounds)
{
	for (int round = 0; round < rounds; round++) {
#pragma omp parallel num_threads(2) /* region */
		compute(omp_get_thread_num(), omp_get_thread_num() ? 3 : 1);
	}
}

int main(int argc, char **argv)
{
	shares(argc > 1 ? atoi(argv[1]) : 1);
	return 0;
}
