#include "reports/fit/curve.h"
#include <cminpack-1/cminpack.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MOST 256	   /* more are not fitted */
#define LEAST_DIVISOR 1e-6 /* 1 + a(n-1) + bn(n-1) is never less: its logarithm is taken */

struct problem {
	const struct point *points;
	bool fixed[CURVE_PARAMETERS];
	double value[CURVE_PARAMETERS]; /* of those that are fixed, and where the others begin */
};

static void unpack(const struct problem *p, const double *x, double *value)
{
	for (int i = 0; i < CURVE_PARAMETERS; i++)
		value[i] = p->fixed[i] ? p->value[i] : *x++;
}

static double divisor(const double *value, double n)
{
	double d = 1 + value[CURVE_CONTENTION] * (n - 1) + value[CURVE_COHERENCY] * n * (n - 1);
	return d > LEAST_DIVISOR ? d : LEAST_DIVISOR;
}

static double predicted(const double *value, double n)
{
	return value[CURVE_RATE] + log(n) - log(divisor(value, n));
}

/* In the form lmder wants: the Jacobian by columns, one for each free parameter. */
static void slopes(const struct problem *p, const double *value, int m, double *jacobian,
		   int stride)
{
	for (int i = 0; i < m; i++) {
		double n = p->points[i].n, root = sqrt(p->points[i].weight);
		double d = divisor(value, n);
		double slope[] = {1, -(n - 1) / d, -n * (n - 1) / d};
		double *at = jacobian + i;
		for (int k = 0; k < CURVE_PARAMETERS; k++) {
			if (p->fixed[k])
				continue;
			*at = -root * slope[k];
			at += stride;
		}
	}
}

static int residuals(void *data, int m, __attribute__((unused)) int n, const double *x, double *f,
		     double *jacobian, int stride, int what)
{
	const struct problem *p = data;
	double value[CURVE_PARAMETERS];
	unpack(p, x, value);
	if (what == 2) {
		slopes(p, value, m, jacobian, stride);
		return 0;
	}
	for (int i = 0; i < m; i++)
		f[i] = sqrt(p->points[i].weight) *
		       (p->points[i].log_rate - predicted(value, p->points[i].n));
	return 0;
}

/* What lmder works on. */
struct workspace {
	double x[CURVE_PARAMETERS], f[POINTS_MOST], jacobian[POINTS_MOST * CURVE_PARAMETERS];
	double scratch[5 * CURVE_PARAMETERS + POINTS_MOST];
	int order[CURVE_PARAMETERS];
	int free;
};

static bool solve(struct problem *p, size_t count, struct workspace *w)
{
	w->free = 0;
	for (int i = 0; i < CURVE_PARAMETERS; i++)
		if (!p->fixed[i])
			w->x[w->free++] = p->value[i];
	if ((int)count < w->free || count > POINTS_MOST)
		return false;
	int info = lmder1(residuals, p, (int)count, w->free, w->x, w->f, w->jacobian, (int)count,
			  1e-12, w->order, w->scratch, (int)(sizeof(w->scratch) / sizeof(double)));
	unpack(p, w->x, p->value);
	return info > 0 && isfinite(p->value[CURVE_RATE]);
}

static double sum_of_squares(const struct workspace *w, size_t count)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += w->f[i] * w->f[i];
	return sum;
}

/* The best rate per core is a lower bound of g; contention and coherency begin small, as in R's
 * package usl. */
static struct problem begin(const struct point *points, size_t count, bool amdahl)
{
	struct problem p = {.points = points, .value = {-INFINITY, 0.01, amdahl ? 0 : 1e-4}};
	p.fixed[CURVE_COHERENCY] = amdahl;
	for (size_t i = 0; i < count; i++)
		p.value[CURVE_RATE] =
		    fmax(p.value[CURVE_RATE], points[i].log_rate - log(points[i].n));
	return p;
}

bool curve_fit_free(struct free_curve *c, const struct point *points, size_t count, bool amdahl)
{
	struct problem p = begin(points, count, amdahl);
	struct workspace w;
	*c = (struct free_curve){0};
	if (!solve(&p, count, &w))
		return false;
	memcpy(c->value, p.value, sizeof(c->value));
	c->squares = sum_of_squares(&w, count);
	covar(w.free, w.jacobian, (int)count, w.order, 0, w.scratch);
	for (int i = 0; i < w.free; i++) /* the fixed one, if any, is the last */
		for (int k = 0; k < w.free; k++)
			c->covariance[i][k] = w.jacobian[i + k * (int)count];
	return true;
}

/* Where each of the two bounded parameters is: free, at 0, at 1. */
enum place { PLACE_FREE, PLACE_LOW, PLACE_HIGH, PLACES };

static void put(struct problem *p, int parameter, enum place place)
{
	p->fixed[parameter] = place != PLACE_FREE;
	if (place != PLACE_FREE)
		p->value[parameter] = place == PLACE_HIGH;
}

static bool allowed(const struct problem *p)
{
	for (int i = CURVE_CONTENTION; i <= CURVE_COHERENCY; i++)
		if (!(p->value[i] >= 0 && p->value[i] <= 1))
			return false;
	return true;
}

static void keep_better(struct curve *best, const struct problem *p, const struct workspace *w,
			size_t count)
{
	double squares = sum_of_squares(w, count);
	if (best->freedom && best->squares <= squares)
		return;
	best->law = (struct law){exp(p->value[CURVE_RATE]), p->value[CURVE_CONTENTION],
				 p->value[CURVE_COHERENCY]};
	best->squares = squares;
	best->freedom = w->free;
}

bool curve_fit(struct curve *c, const struct point *points, size_t count, bool amdahl)
{
	*c = (struct curve){0};
	for (int i = 0; i < PLACES * PLACES; i++) {
		struct problem p = begin(points, count, amdahl);
		struct workspace w;
		put(&p, CURVE_CONTENTION, i % PLACES);
		if (!amdahl)
			put(&p, CURVE_COHERENCY, i / PLACES);
		else if (i >= PLACES)
			break;
		if (!solve(&p, count, &w) || !allowed(&p))
			continue;
		keep_better(c, &p, &w, count);
		if (i == 0) /* inside the bounds: nothing at them is better */
			break;
	}
	return c->freedom > 0;
}
