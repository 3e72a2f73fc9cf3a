/*
 * What a sweep's runs say: speedups with intervals, serial parts, laws, and a verdict. Pure C.
 *
 * Invariants
 *  - Points are those that were measured at least once, in rising order of n; speedup is against
 *    the first of them.
 *  - A figure that cannot be known is NAN.
 */
#ifndef PARPROF_SCALE_FIGURES_H
#define PARPROF_SCALE_FIGURES_H

#include "reports/fit/fit.h"
#include "reports/fit/interval.h"

#define FIGURES_GAIN 0.05   /* more is worth a core */
#define FIGURES_CROWDED 0.1 /* of the cores, taken by others: no verdict */

/* What is measured at a point; medians where not said otherwise. */
struct figures_point {
	int n;
	size_t runs;
	double *seconds; /* of each run, in order of rounds */
	double others;	 /* part of the cores that others and the host took */
	double busy;	 /* part of the cores that was used at all */
	/* made of it */
	double time, quartile_low, quartile_high;
	struct interval speedup;
	double efficiency;
	double serial, serial_low, serial_high;
};

struct figures {
	struct figures_point *points;
	size_t count;
	bool grows; /* the work grows with n */
	bool fitted_amdahl, fitted_usl;
	struct fit amdahl, usl;
	const char *verdict;
	int best, knee; /* n; 0: not known */
};

/* points' upper half is given, and `grows`. */
void figures_make(struct figures *);
void figures_free(struct figures *);

#endif
