/*
 * How fast the recorded program would be if it, or the machine, were another: replays of the
 * recording, as ratios to its replay as it was.
 */
#ifndef PARPROF_PREDICT_H
#define PARPROF_PREDICT_H

#include <stddef.h>

struct store;

/* speedup: against the recorded run; low .. high over hand-over policies and divisions of work,
 * widened when the replay does not meet the recorded run. */
struct predict_point {
	int cores;   /* 0: as recorded */
	int threads; /* in its largest pool of threads, 0: as recorded */
	double low, speedup, high;
};

/* Fills in the speedups of the points. error: the replay's own, T(replayed) / T(recorded) - 1; may
 * be NULL. 0, or -1 after error(). */
int predict_curve(struct store *, struct predict_point *, size_t count, double *error);

#endif
