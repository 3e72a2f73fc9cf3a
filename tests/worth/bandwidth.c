/* Long vectors: one becomes the sum of another and a multiple of a third, again and again. */
#include "worth.h"

static double *a, *b, *c;
static long count, passes;

static void prepare(double scale)
{
	count = (long)(20e6 * cbrt(scale));
	passes = (long)(100 * pow(scale, 2. / 3)) + 1;
	a = worth_memory((size_t)count, sizeof(*a));
	b = worth_memory((size_t)count, sizeof(*b));
	c = worth_memory((size_t)count, sizeof(*c));
	for (long i = 0; i < count; i++) {
		b[i] = (double)i;
		c[i] = 1;
	}
}

static void triad(double factor, long first, long last)
{
	for (long i = first; i < last; i++)
		a[i] = b[i] + factor * c[i];
}

static double result(void)
{
	return a[0] + a[count / 2] + a[count - 1];
}

static double serial(void)
{
	for (long pass = 0; pass < passes; pass++)
		triad((double)pass, 0, count);
	return result();
}

static void triad_part(int number, int members)
{
	for (long pass = 0; pass < passes; pass++)
		triad((double)pass, worth_part(count, number, members),
		      worth_part(count, number + 1, members));
}

static double parallel(int threads)
{
	worth_team(threads, triad_part);
	return result();
}

const struct worth program = {prepare, serial, parallel, 1e-9};
