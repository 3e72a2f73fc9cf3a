/*
 * What a replay says a program will reach, beside what a sweep measures: one recorded run, replayed
 * at every point; a program with points of progress is recorded once more, to see what its counts
 * are. Forecasts are kept in table prediction, and later sweeps of the same build of the program
 * are held against them.
 */
#ifndef PARPROF_SCALE_FORECAST_H
#define PARPROF_SCALE_FORECAST_H

#include "reports/replay/predict.h"
#include "reports/scale/identity.h"
#include "reports/scale/plan.h"
#include "reports/scale/throughput.h"

struct store;

struct forecast {
	struct predict_point *points; /* of the plan; speedup against its first; NULL: none */
	double error;		      /* of the replay, on the recorded run itself */
	int64_t made_unix_ns;
	struct throughput throughput; /* also without points */
};

/* Runs the program once, recorded, and asks the replay. Without any forecast when something fails;
 * it has been said, and is no reason not to measure. */
void forecast_make(struct forecast *, const struct plan *);
/* The part after the recording, with any other replay: 0, or -1 after error(). */
typedef int forecast_curve(struct store *, struct predict_point *, size_t count, double *error);
int forecast_ask(struct forecast *, const struct plan *, struct store *, forecast_curve *);
/* Writes it as made for that sweep; 0, or -1 after error(). */
int forecast_keep(const struct forecast *, struct store *, const struct plan *,
		  const struct identity *, int64_t sweep);
void forecast_free(struct forecast *);

#endif
