/* A sweep in the store: tables sweep and scale_… of profiler/schema.sql. */
#ifndef PARPROF_SCALE_KEEP_H
#define PARPROF_SCALE_KEEP_H

#include "reports/scale/figures.h"
#include "reports/scale/identity.h"
#include "reports/scale/sweep.h"

struct query;
struct store;

/* The figures of what was measured. */
void figures_gather(struct figures *, const struct sweep *, bool grows);
/* Writes all of it; the sweep's id, or -1 after error(). */
int64_t keep_sweep(struct store *, const struct sweep *, const struct figures *,
		   const struct identity *);

/* Parts of keep_sweep(). */
int keep_law(struct store *, const struct figures *, const struct fit *, const char *law, bool usl,
	     int64_t sweep);
void keep_known(struct query *, int index, double value); /* NULL when it is not finite */

#endif
