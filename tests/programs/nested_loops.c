/*
 * Loops that samples meet: nested ones, one that is inlined into main's, one that calls, one around
 * a recursion. Lines that a test asks for have a name at their end. Runs for about a second.
 */
#include "known.h"

#define SIZE 256

static double left[SIZE][SIZE], right[SIZE][SIZE], result[SIZE][SIZE];
static double row[4096];

NOINLINE void multiply(int n)
{
	for (int i = 0; i < n; i++)	      /* outer */
		for (int j = 0; j < n; j++) { /* middle */
			double sum = 0;
			for (int k = 0; k < n; k++)		 /* inner */
				sum += left[i][k] * right[k][j]; /* product */
			result[i][j] = sum;
		}
}

static inline __attribute__((always_inline)) double squares(const double *a, int n)
{
	double sum = 0;
	for (int i = 0; i < n; i++) /* squares */
		sum += a[i] * a[i]; /* square */
	return sum;
}

NOINLINE unsigned long scramble(unsigned long x, int n)
{
	for (int i = 0; i < n; i++)				     /* scramble */
		x = x * 6364136223846793005u + 1442695040888963407u; /* next */
	return x;
}

NOINLINE unsigned long calls(int n)
{
	unsigned long x = 1;
	for (int i = 0; i < n; i++)	/* calls */
		x += scramble(x, 1000); /* call */
	return x;
}

NOINLINE unsigned long recurses(int depth)
{
	unsigned long x = 1;
	if (depth == 0)
		return calls(4);
	for (int i = 0; i < 3; i++)	      /* recursion */
		x ^= recurses(depth - 1) + x; /* again */
	return x;
}

int main(void)
{
	double sum = 0;
	unsigned long x = 0;
	for (int i = 0; i < 24; i++) { /* main */
		left[0][i % SIZE] = i;
		multiply(SIZE);
	}
	for (int i = 0; i < 40000; i++) { /* rows */
		row[i % 4096] = i;
		sum += squares(row, 4096);
	}
	for (int i = 0; i < 50; i++) /* tries */
		x += recurses(6);
	printf("%g %lu\n", sum + result[1][1], x);
	return 0;
}
