/* A wave in a string of few points: a step takes a microsecond and needs the one before. */
#include "worth.h"

#define POINTS 3000

static double height[3][POINTS];
static long steps;

static void prepare(double scale)
{
	steps = (long)(2.5e6 * scale);
	memset(height, 0, sizeof(height));
	for (int i = 100; i < 200; i++)
		height[0][i] = height[1][i] = sin((i - 100) * M_PI / 100);
}

static void step(long number, long first, long last)
{
	const double *before = height[number % 3], *now = height[(number + 1) % 3];
	double *next = height[(number + 2) % 3];
	for (long i = first; i < last; i++)
		next[i] = 2 * now[i] - before[i] + 0.25 * (now[i - 1] - 2 * now[i] + now[i + 1]);
}

static double result(void)
{
	double sum = 0;
	for (int i = 0; i < POINTS; i++)
		sum += fabs(height[(steps + 1) % 3][i]);
	return sum;
}

static double serial(void)
{
	for (long i = 0; i < steps; i++)
		step(i, 1, POINTS - 1);
	return result();
}

static pthread_barrier_t all_done;

static void step_part(int number, int members)
{
	long first = 1 + worth_part(POINTS - 2, number, members);
	long last = 1 + worth_part(POINTS - 2, number + 1, members);
	for (long i = 0; i < steps; i++) {
		step(i, first, last);
		pthread_barrier_wait(&all_done);
	}
}

static double parallel(int threads)
{
	pthread_barrier_init(&all_done, NULL, (unsigned)threads);
	worth_team(threads, step_part);
	return result();
}

const struct worth program = {prepare, serial, parallel, 1e-9};
