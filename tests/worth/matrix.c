/* The product of two square matrices. */
#include "worth.h"

static double *a, *b, *c;
static long size;

static void prepare(double scale)
{
	uint64_t random = 1;
	size = (long)(1800 * cbrt(scale));
	a = worth_memory((size_t)(size * size), sizeof(*a));
	b = worth_memory((size_t)(size * size), sizeof(*b));
	c = worth_memory((size_t)(size * size), sizeof(*c));
	for (long i = 0; i < size * size; i++) {
		a[i] = worth_uniform(&random);
		b[i] = worth_uniform(&random);
	}
}

static double trace(void)
{
	double sum = 0;
	for (long i = 0; i < size; i++)
		sum += c[i * size + i];
	return sum;
}

static void multiply(long first, long last)
{
	for (long i = first; i < last; i++)
		for (long k = 0; k < size; k++) {
			double factor = a[i * size + k];
			for (long j = 0; j < size; j++)
				c[i * size + j] += factor * b[k * size + j];
		}
}

static double serial(void)
{
	multiply(0, size);
	return trace();
}

static void multiply_part(int number, int members)
{
	multiply(worth_part(size, number, members), worth_part(size, number + 1, members));
}

static double parallel(int threads)
{
	worth_team(threads, multiply_part);
	return trace();
}

const struct worth program = {prepare, serial, parallel, 1e-9};
