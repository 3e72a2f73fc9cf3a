/*
 * Robust figures of repeated runs. Ratios of times are treated as logarithms; the estimate is that
 * of Hodges and Lehmann, its interval comes from the exact distribution of the rank statistic, and
 * so holds whatever the noise is like: a few slow runs do not move it.
 */
#ifndef PARPROF_FIT_INTERVAL_H
#define PARPROF_FIT_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>

#define INTERVAL_LEAST 5 /* runs: fewer have no interval of 95 % */

struct interval {
	double low, middle, high; /* low = high = middle when not known */
	bool known;
};

/* Of values that came in pairs (round by round), their differences given. Five give 93.75 %, more
 * at least 95 %. */
struct interval interval_paired(const double *difference, size_t count);
/* Of b - a, from separate runs. */
struct interval interval_apart(const double *a, size_t a_count, const double *b, size_t b_count);

/* Of a share that part of all samples had: Wilson's 95 %, which is never empty and stays within 0
 * and 1 (E. B. Wilson, JASA 22, 1927). middle: the share itself. */
struct interval interval_share(double part, double all);

double median(const double *value, size_t count); /* not a number for none */
/* share: 0.25, 0.75: the quartiles; interpolated. */
double quantile(const double *value, size_t count, double share);

#endif
