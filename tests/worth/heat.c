/* How heat spreads in a plate: each step needs the one before. */
#include "worth.h"

#define SIDE 768

static double (*now)[SIDE], (*next)[SIDE];
static long steps;

static void prepare(double scale)
{
	steps = (long)(5000 * scale);
	now = worth_memory(SIDE, sizeof(*now));
	next = worth_memory(SIDE, sizeof(*next));
	for (int i = 0; i < SIDE; i++)
		now[i][0] = next[i][0] = now[0][i] = next[0][i] = 100;
}

static void step_rows(double (*from)[SIDE], double (*to)[SIDE], long first, long last)
{
	for (long y = first; y < last; y++)
		for (long x = 1; x < SIDE - 1; x++)
			to[y][x] =
			    from[y][x] + 0.2 * (from[y - 1][x] + from[y + 1][x] + from[y][x - 1] +
						from[y][x + 1] - 4 * from[y][x]);
}

static double result(double (*plate)[SIDE])
{
	double sum = 0;
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < SIDE; x++)
			sum += plate[y][x];
	return sum;
}

static double serial(void)
{
	for (long i = 0; i < steps; i++) {
		double(*last)[SIDE] = now;
		step_rows(now, next, 1, SIDE - 1);
		now = next;
		next = last;
	}
	return result(now);
}

static pthread_barrier_t all_done;

static void step_part(int number, int members)
{
	double(*from)[SIDE] = now, (*to)[SIDE] = next;
	for (long i = 0; i < steps; i++) {
		double(*last)[SIDE] = from;
		step_rows(from, to, 1 + worth_part(SIDE - 2, number, members),
			  1 + worth_part(SIDE - 2, number + 1, members));
		pthread_barrier_wait(&all_done);
		from = to;
		to = last;
	}
}

static double parallel(int threads)
{
	pthread_barrier_init(&all_done, NULL, (unsigned)threads);
	worth_team(threads, step_part);
	return result(steps % 2 ? next : now);
}

const struct worth program = {prepare, serial, parallel, 1e-9};
