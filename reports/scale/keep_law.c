#include "profiler/store.h"
#include "reports/scale/keep.h"
#include <math.h>

/* NULL when it cannot be known or has no end. */
void keep_known(struct query *q, int index, double value)
{
	if (isfinite(value))
		query_bind_double(q, index, value);
	else
		query_bind_null(q, index);
}

static int write_parameter(struct query *q, int64_t sweep, const char *law, const char *parameter,
			   double value, struct band band, bool misfit)
{
	query_bind_int(q, 1, sweep);
	query_bind_text(q, 2, law);
	query_bind_text(q, 3, parameter);
	keep_known(q, 4, value);
	keep_known(q, 5, band.low);
	keep_known(q, 6, band.high);
	query_bind_int(q, 7, misfit);
	return query_run(q);
}

static int write_parameters(struct store *store, const struct fit *f, const char *law, bool usl,
			    int64_t sweep)
{
	struct query *q = store_query(store, "INSERT INTO scale_fit VALUES (?, ?, ?, ?, ?, ?, ?)");
	const struct law *l = &f->law;
	int result = q ? 0 : -1;
	if (result == 0)
		result = write_parameter(q, sweep, law, usl ? "contention" : "serial",
					 l->contention, f->contention, f->misfit);
	if (result == 0 && usl)
		result = write_parameter(q, sweep, law, "coherency", l->coherency, f->coherency,
					 f->misfit);
	if (result == 0 && usl)
		result = write_parameter(q, sweep, law, "peak", law_peak(l), f->peak, f->misfit);
	if (result == 0)
		result = write_parameter(q, sweep, law, "limit", law_limit(l), f->limit, f->misfit);
	query_close(q);
	return result;
}

static int write_curve(struct store *store, const struct figures *f, const struct fit *fit,
		       const char *law, int64_t sweep)
{
	struct query *q = store_query(store, "INSERT INTO scale_curve VALUES (?, ?, ?, ?, ?, ?)");
	double base = f->points[0].n;
	int result = q ? 0 : -1;
	for (size_t i = 0; i < f->count && result == 0; i++) {
		struct band band = fit_speedup(fit, f->points[i].n, base);
		query_bind_int(q, 1, sweep);
		query_bind_text(q, 2, law);
		query_bind_int(q, 3, f->points[i].n);
		query_bind_double(
		    q, 4, law_speedup(&fit->law, f->points[i].n) / law_speedup(&fit->law, base));
		query_bind_double(q, 5, band.low);
		query_bind_double(q, 6, band.high);
		result = query_run(q);
	}
	query_close(q);
	return result;
}

int keep_law(struct store *store, const struct figures *f, const struct fit *fit, const char *law,
	     bool usl, int64_t sweep)
{
	int result = write_parameters(store, fit, law, usl, sweep);
	return result == 0 ? write_curve(store, f, fit, law, sweep) : result;
}
