/*
 * How much repeated runs differ, pooled and by point. When all points have the same number of runs
 * they count as measured in rounds, and what a round has in common (drift) is taken out.
 */
#ifndef PARPROF_FIT_NOISE_H
#define PARPROF_FIT_NOISE_H

#include <stddef.h>

struct fit_point {
	double n;
	const double *log_rate; /* logarithm of work per second, in order of rounds */
	size_t runs;
};

/* What the runs say of their noise. */
struct noise {
	double *variance; /* of a run, by point */
	double pooled;
	double drift; /* variance of the mean of all rounds; 0 when not in rounds */
	double freedom;
};

struct noise noise_of(const struct fit_point *, size_t count); /* variance is to be freed */

#endif
