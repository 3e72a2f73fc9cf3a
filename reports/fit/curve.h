/*
 * Least squares fits of the universal scalability law, in logarithms: noise of run times is
 * relative. Bounds 0 ≤ a ≤ 1, 0 ≤ b ≤ 1 hold exactly: a parameter that would leave them is fixed at
 * its bound, and the rest fitted again (the best of all such choices is the bounded optimum).
 */
#ifndef PARPROF_FIT_CURVE_H
#define PARPROF_FIT_CURVE_H

#include "reports/fit/law.h"
#include <stdbool.h>
#include <stddef.h>

/* The runs with one n. */
struct point {
	double n;
	double log_rate; /* mean of the logarithms of work per second */
	double weight;	 /* how many runs */
};

enum { CURVE_RATE, CURVE_CONTENTION, CURVE_COHERENCY, CURVE_PARAMETERS };

struct curve {
	struct law law;
	double squares; /* weighted, of what is left over */
	int freedom;	/* parameters that were fitted: not fixed, not at a bound */
};

/* amdahl: coherency is fixed at 0. False: fewer points than parameters, or no convergence. */
bool curve_fit(struct curve *, const struct point *, size_t count, bool amdahl);

/* The same without bounds, in the parameters (log g, a, b), with their covariance for residuals of
 * variance 1. It is what intervals come from: near a bound the bounded estimate is biased. */
struct free_curve {
	double value[CURVE_PARAMETERS];
	double covariance[CURVE_PARAMETERS][CURVE_PARAMETERS];
	double squares;
};
bool curve_fit_free(struct free_curve *, const struct point *, size_t count, bool amdahl);

#endif
