/*
 * A law fitted to a sweep, with bands of 95 %.
 *
 * The bands come from the covariance of the unbounded fit and Student's distribution, cut at the
 * bounds. The variance of the runs is taken twice, pooled over all points and by point (shrunk
 * towards the pooled one, in the sandwich form), and the larger one used: that kept the coverage at
 * 95 % for noise that is normal, skewed, or grows with n (tests/unit/u_fit.c measures it).
 * Where a law does not describe the points its bands are widened by how far it misses them.
 */
#ifndef PARPROF_FIT_FIT_H
#define PARPROF_FIT_FIT_H

#include "reports/fit/curve.h"
#include "reports/fit/noise.h"

#define FIT_POINTS_GOOD 6 /* fewer: the fit is a guess, as R's package usl warns */

struct band {
	double low, high;
};

struct fit {
	struct law law;
	struct band rate, contention, coherency;
	struct band peak;  /* n of the best speedup; high may be infinite */
	struct band limit; /* speedup; high may be infinite */
	bool misfit;	   /* the law does not describe the points */
	bool few;	   /* points than FIT_POINTS_GOOD */
	size_t points;
	/* for fit_speedup() */
	struct free_curve free;
	double pooled[CURVE_PARAMETERS][CURVE_PARAMETERS];
	double apart[CURVE_PARAMETERS][CURVE_PARAMETERS];
	double width; /* Student's quantile */
};

/* amdahl: coherency is 0. When all points have the same number of runs they count as measured in
 * rounds, and what a round has in common (drift) is taken out. False: too few points or runs. */
bool fit_law(struct fit *, const struct fit_point *, size_t count, bool amdahl);

/* Of the law's speedup from base to n. */
struct band fit_speedup(const struct fit *, double n, double base);

#endif
