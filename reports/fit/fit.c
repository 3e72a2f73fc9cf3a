#include "reports/fit/fit.h"
#include "profiler/text.h"
#include "reports/fit/noise.h"
#include "reports/fit/random.h"
#include "reports/fit/student.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 2000
#define MISFIT_QUANTILE 2.326 /* normal: 1 % of the good fits are called misfits */

/* Gradient of the law's log rate in (log g, a, b). */
static void gradient(const struct free_curve *c, double n, double *slope)
{
	double a = c->value[CURVE_CONTENTION], b = c->value[CURVE_COHERENCY];
	double d = fmax(1e-6, 1 + a * (n - 1) + b * n * (n - 1));
	slope[CURVE_RATE] = 1;
	slope[CURVE_CONTENTION] = -(n - 1) / d;
	slope[CURVE_COHERENCY] = -n * (n - 1) / d;
}

/* Pooled: covariance × variance. By point: the sum over points of what its mean moves the
 * parameters, times its own variance (White 1980). */
static void covariances(struct fit *f, const struct point *p, const struct noise *n, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		double slope[CURVE_PARAMETERS], moves[CURVE_PARAMETERS] = {0};
		gradient(&f->free, p[i].n, slope);
		for (int k = 0; k < CURVE_PARAMETERS; k++)
			for (int l = 0; l < CURVE_PARAMETERS; l++)
				moves[k] += p[i].weight * f->free.covariance[k][l] * slope[l];
		for (int k = 0; k < CURVE_PARAMETERS; k++)
			for (int l = 0; l < CURVE_PARAMETERS; l++)
				f->apart[k][l] +=
				    moves[k] * moves[l] * n->variance[i] / p[i].weight;
	}
	for (int k = 0; k < CURVE_PARAMETERS; k++)
		for (int l = 0; l < CURVE_PARAMETERS; l++)
			f->pooled[k][l] = f->free.covariance[k][l] * n->pooled;
}

static void multiply(struct fit *f, double factor)
{
	for (int k = 0; k < CURVE_PARAMETERS * CURVE_PARAMETERS; k++) {
		(&f->pooled[0][0])[k] *= factor;
		(&f->apart[0][0])[k] *= factor;
	}
}

/* How likely a ratio of variances is by chance, as a normal deviate (Paulson 1942). */
static double f_deviate(double ratio, double above, double below)
{
	double a = 2 / (9 * above), b = 2 / (9 * below), root = cbrt(ratio);
	return ((1 - b) * root - (1 - a)) / sqrt(b * root * root + a);
}

/* Points farther from the curve than their runs from each other: the law is wrong there, and what
 * it misses them by is its error. Without repeats it is all that is known of the noise. */
static void judge(struct fit *f, struct noise *n, double left)
{
	double missed = left > 0 ? f->free.squares / left : 0;
	if (n->freedom < 1) {
		n->freedom = left;
		n->pooled = missed;
		for (size_t i = 0; i < f->points; i++)
			n->variance[i] = missed;
	} else if (left > 0 && n->pooled > 0 && missed > n->pooled &&
		   f_deviate(missed / n->pooled, left, n->freedom) > MISFIT_QUANTILE) {
		f->misfit = true;
		n->freedom = left;
	}
}

static double wider(const struct fit *f, const double *slope)
{
	double pooled = 0, apart = 0;
	for (int k = 0; k < CURVE_PARAMETERS; k++)
		for (int l = 0; l < CURVE_PARAMETERS; l++) {
			pooled += slope[k] * slope[l] * f->pooled[k][l];
			apart += slope[k] * slope[l] * f->apart[k][l];
		}
	return f->width * sqrt(fmax(0, fmax(pooled, apart)));
}

static double bounded(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

static struct band parameter_band(const struct fit *f, int parameter, double estimate)
{
	double slope[CURVE_PARAMETERS] = {0};
	slope[parameter] = 1;
	double half = wider(f, slope), middle = f->free.value[parameter];
	return (struct band){fmin(estimate, bounded(middle - half, 0, 1)),
			     fmax(estimate, bounded(middle + half, 0, 1))};
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return a < b ? -1 : a > b;
}

static struct band middle_of(double *draws, double estimate)
{
	qsort(draws, DRAWS, sizeof(*draws), compare);
	return (struct band){fmin(estimate, draws[DRAWS / 40]),
			     fmax(estimate, draws[DRAWS - 1 - DRAWS / 40])};
}

/* Peak and limit are no smooth functions of the parameters: drawn from their distribution, with the
 * covariance that is larger for what decides the peak. */
static void draw(struct fit *f, bool amdahl)
{
	int decides = amdahl ? CURVE_CONTENTION : CURVE_COHERENCY;
	const double(*c)[CURVE_PARAMETERS] =
	    f->pooled[decides][decides] >= f->apart[decides][decides] ? f->pooled : f->apart;
	double *peaks = memory_new(DRAWS, sizeof(double)),
	       *limits = memory_new(DRAWS, sizeof(double));
	double scale = f->width / normal_quantile(0.975); /* the tails of Student's, near enough */
	double a = sqrt(fmax(0, c[1][1])), ab = a > 0 ? c[1][2] / a : 0;
	double b = sqrt(fmax(0, c[2][2] - ab * ab));
	struct random r = random_seed(f->points);
	for (int i = 0; i < DRAWS; i++) {
		double x = random_normal(&r) * scale, y = random_normal(&r) * scale;
		struct law l = {1, bounded(f->free.value[CURVE_CONTENTION] + a * x, 0, 1),
				bounded(f->free.value[CURVE_COHERENCY] + ab * x + b * y, 0, 1)};
		peaks[i] = law_peak(&l);
		limits[i] = law_limit(&l);
	}
	f->peak = middle_of(peaks, law_peak(&f->law));
	f->limit = middle_of(limits, law_limit(&f->law));
	free(peaks);
	free(limits);
}

static double mean_of(const double *value, size_t count)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += value[i];
	return sum / (double)count;
}

static struct point *points_of(const struct fit_point *p, size_t count)
{
	struct point *points = memory_new(count, sizeof(*points));
	for (size_t i = 0; i < count; i++)
		points[i] =
		    (struct point){p[i].n, mean_of(p[i].log_rate, p[i].runs), (double)p[i].runs};
	return points;
}

static void make_bands(struct fit *f, const struct point *points, size_t count, struct noise *n,
		       bool amdahl)
{
	double left = (double)count - (amdahl ? 2 : 3);
	judge(f, n, left);
	covariances(f, points, n, count);
	if (f->misfit)
		multiply(f, f->free.squares / left / n->pooled);
	f->pooled[CURVE_RATE][CURVE_RATE] += n->drift;
	f->apart[CURVE_RATE][CURVE_RATE] += n->drift;
	f->width = n->freedom >= 1 ? student_quantile(0.975, n->freedom) : 0;
	double rate[CURVE_PARAMETERS] = {1};
	double half = wider(f, rate), middle = f->free.value[CURVE_RATE];
	f->rate = (struct band){fmin(f->law.rate, exp(middle - half)),
				fmax(f->law.rate, exp(middle + half))};
	f->contention = parameter_band(f, CURVE_CONTENTION, f->law.contention);
	f->coherency = parameter_band(f, CURVE_COHERENCY, f->law.coherency);
	draw(f, amdahl);
}

bool fit_law(struct fit *f, const struct fit_point *p, size_t count, bool amdahl)
{
	struct curve curve;
	*f = (struct fit){.points = count, .few = count < FIT_POINTS_GOOD};
	for (size_t i = 0; i < count; i++)
		if (!p[i].runs)
			return false;
	struct point *points = points_of(p, count);
	struct noise n = noise_of(p, count);
	size_t parameters = amdahl ? 2 : 3;
	bool fitted = count >= parameters && (count > parameters || n.freedom >= 1) &&
		      curve_fit(&curve, points, count, amdahl) &&
		      curve_fit_free(&f->free, points, count, amdahl);
	if (fitted) {
		f->law = curve.law;
		make_bands(f, points, count, &n, amdahl);
	}
	free(n.variance);
	free(points);
	return fitted;
}

struct band fit_speedup(const struct fit *f, double n, double base)
{
	double at[CURVE_PARAMETERS], from[CURVE_PARAMETERS];
	gradient(&f->free, n, at);
	gradient(&f->free, base, from);
	double log_free = log(n / base);
	double a = f->free.value[CURVE_CONTENTION], b = f->free.value[CURVE_COHERENCY];
	log_free -= log(fmax(1e-6, 1 + a * (n - 1) + b * n * (n - 1)));
	log_free += log(fmax(1e-6, 1 + a * (base - 1) + b * base * (base - 1)));
	for (int k = 0; k < CURVE_PARAMETERS; k++)
		at[k] -= from[k];
	double half = wider(f, at);
	double estimate = law_speedup(&f->law, n) / law_speedup(&f->law, base);
	double ideal = n / base; /* no law within the bounds is beyond it */
	return (struct band){fmin(estimate, exp(log_free - half)),
			     fmax(estimate, fmin(exp(log_free + half), ideal))};
}
