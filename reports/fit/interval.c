#include "reports/fit/interval.h"
#include "profiler/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TAIL 0.025
#define NORMAL_95 1.96
#define EXACT_MOST 100 /* beyond it the normal approximation is good to the third digit */

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return a < b ? -1 : a > b;
}

static double of_sorted(const double *sorted, size_t count, double share)
{
	if (!count)
		return NAN;
	double at = share * (double)(count - 1);
	size_t below = (size_t)at;
	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

double quantile(const double *value, size_t count, double share)
{
	double *sorted = memory_new(count + 1, sizeof(*sorted));
	memcpy(sorted, value, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare);
	double result = of_sorted(sorted, count, share);
	free(sorted);
	return result;
}

double median(const double *value, size_t count)
{
	return quantile(value, count, 0.5);
}

struct interval interval_share(double part, double all)
{
	double n = fmax(1, all), p = part / n, z = NORMAL_95 * NORMAL_95 / n;
	double half = sqrt(z * (p * (1 - p) + z / 4)) / (1 + z), centre = (p + z / 2) / (1 + z);
	return (struct interval){fmax(0, centre - half), p, fmin(1, centre + half), all > 0};
}

/* The largest c with P(statistic ≤ c) ≤ TAIL, -1: even 0 is too likely. ways: of each value. */
static long critical(const double *ways, size_t values, double all)
{
	double sum = 0;
	for (size_t c = 0; c < values; c++) {
		sum += ways[c];
		if (sum > all * TAIL)
			return (long)c - 1;
	}
	return (long)values - 1;
}

static long critical_normal(double mean, double variance)
{
	return (long)floor(mean - 0.5 - 1.959964 * sqrt(variance));
}

/* Wilcoxon's signed ranks: of the 2^n choices of signs, how many have each sum of ranks. */
static long critical_signed(size_t n)
{
	double m = (double)n;
	if (n > EXACT_MOST)
		return critical_normal(m * (m + 1) / 4, m * (m + 1) * (2 * m + 1) / 24);
	size_t values = n * (n + 1) / 2 + 1;
	double *ways = memory_new(values, sizeof(*ways));
	ways[0] = 1;
	for (size_t rank = 1; rank <= n; rank++)
		for (size_t sum = values; sum-- > rank;)
			ways[sum] += ways[sum - rank];
	long c = critical(ways, values, exp2(m));
	free(ways);
	return c;
}

/* Mann and Whitney's U: of the orders of m and n values, how many have each count of inversions:
 * the coefficients of the product of (1 - x^(n+i)) / (1 - x^i) for i = 1 … m. */
static long critical_u(size_t m, size_t n)
{
	double a = (double)m, b = (double)n;
	if (m > EXACT_MOST || n > EXACT_MOST)
		return critical_normal(a * b / 2, a * b * (a + b + 1) / 12);
	size_t values = m * n + 1;
	double *ways = memory_new(values, sizeof(*ways)), all = 0;
	ways[0] = 1;
	for (size_t i = 1; i <= m; i++) {
		for (size_t u = values; u-- > n + i;)
			ways[u] -= ways[u - n - i];
		for (size_t u = i; u < values; u++)
			ways[u] += ways[u - i];
	}
	for (size_t u = 0; u < values; u++)
		all += ways[u];
	long c = critical(ways, values, all);
	free(ways);
	return c;
}

static struct interval cut(double *values, size_t count, long c, bool known)
{
	qsort(values, count, sizeof(*values), compare);
	double middle = of_sorted(values, count, 0.5);
	struct interval i = {middle, middle, middle, known && c >= 0};
	if (i.known) {
		i.low = values[c];
		i.high = values[count - 1 - (size_t)c];
	}
	free(values);
	return i;
}

struct interval interval_paired(const double *difference, size_t count)
{
	size_t pairs = count * (count + 1) / 2, at = 0;
	double *walsh = memory_new(pairs + 1, sizeof(*walsh));
	for (size_t i = 0; i < count; i++)
		for (size_t k = i; k < count; k++)
			walsh[at++] = (difference[i] + difference[k]) / 2;
	long c = critical_signed(count);
	if (count == INTERVAL_LEAST)
		c = 0; /* 93.75 %, the best five can do */
	return cut(walsh, pairs, c, count >= INTERVAL_LEAST);
}

struct interval interval_apart(const double *a, size_t a_count, const double *b, size_t b_count)
{
	size_t at = 0;
	double *differences = memory_new(a_count * b_count + 1, sizeof(*differences));
	for (size_t i = 0; i < a_count; i++)
		for (size_t k = 0; k < b_count; k++)
			differences[at++] = b[k] - a[i];
	bool known = a_count >= INTERVAL_LEAST && b_count >= INTERVAL_LEAST;
	return cut(differences, at, critical_u(a_count, b_count), known);
}
