#include "reports/scale/figures.h"
#include "profiler/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BEST_SHARE 0.02	    /* slower by no more than that is as fast */
#define FINE_EFFICIENCY 0.8 /* at the last point */
#define CROWDED_BUSY 0.9    /* of the cores: with that much used, others were in the way */
#define CROWDED_OWN 0.1	    /* of the cores: a program that uses less, mostly sleeps or waits */

static double work(const struct figures *f, const struct figures_point *p)
{
	return f->grows ? p->n : 1;
}

/* Logarithms of the rate of work, in order of rounds; to be freed. */
static double *log_rates(const struct figures *f, const struct figures_point *p)
{
	double *rate = memory_new(p->runs + 1, sizeof(*rate));
	for (size_t i = 0; i < p->runs; i++)
		rate[i] = log(work(f, p) / p->seconds[i]);
	return rate;
}

/* Of the logarithm of b's rate by a's: round by round where both have the same rounds. */
static struct interval compare_points(const struct figures *f, const struct figures_point *a,
				      const struct figures_point *b)
{
	double *x = log_rates(f, a), *y = log_rates(f, b);
	struct interval i;
	if (a->runs == b->runs) {
		for (size_t k = 0; k < a->runs; k++)
			y[k] -= x[k];
		i = interval_paired(y, b->runs);
	} else {
		i = interval_apart(x, a->runs, y, b->runs);
	}
	free(x);
	free(y);
	return i;
}

static struct interval exponential(struct interval i)
{
	return (struct interval){exp(i.low), exp(i.middle), exp(i.high), i.known};
}

/* The part that explains the speedup from the first point to this one. The interval by the delta
 * method, from that of the logarithm of the speedup. */
static void make_serial(const struct figures *f, struct figures_point *p, double ratio)
{
	double s = p->speedup.middle;
	double half = log(p->speedup.high / p->speedup.low) / 2;
	double slope = f->grows ? -s / (ratio - 1) : karp_flatt_slope(s, ratio);
	p->serial = f->grows ? gustafson_serial(s, ratio) : karp_flatt(s, ratio);
	p->serial_low = p->speedup.known ? p->serial + slope * half : NAN;
	p->serial_high = p->speedup.known ? p->serial - slope * half : NAN;
}

static void make_point(struct figures *f, struct figures_point *p)
{
	const struct figures_point *first = &f->points[0];
	double ratio = (double)p->n / first->n;
	p->time = median(p->seconds, p->runs);
	p->quartile_low = quantile(p->seconds, p->runs, 0.25);
	p->quartile_high = quantile(p->seconds, p->runs, 0.75);
	p->serial = p->serial_low = p->serial_high = NAN;
	p->speedup = (struct interval){1, 1, 1, true};
	if (p != first) {
		p->speedup = exponential(compare_points(f, first, p));
		make_serial(f, p, ratio);
	}
	p->efficiency = p->speedup.middle / ratio;
}

static void fit_laws(struct figures *f)
{
	struct fit_point *points = memory_new(f->count + 1, sizeof(*points));
	for (size_t i = 0; i < f->count; i++)
		points[i] = (struct fit_point){f->points[i].n, log_rates(f, &f->points[i]),
					       f->points[i].runs};
	f->fitted_amdahl = fit_law(&f->amdahl, points, f->count, true);
	f->fitted_usl = fit_law(&f->usl, points, f->count, false);
	for (size_t i = 0; i < f->count; i++)
		free((double *)points[i].log_rate);
	free(points);
}

static const struct figures_point *fastest(const struct figures *f)
{
	const struct figures_point *best = &f->points[0];
	for (size_t i = 1; i < f->count; i++)
		if (f->points[i].speedup.middle > best->speedup.middle)
			best = &f->points[i];
	return best;
}

/* The fewest that are as fast as the fastest, by the estimates, or as far as the runs can tell. */
static int best_n(const struct figures *f)
{
	const struct figures_point *top = fastest(f);
	for (const struct figures_point *p = f->points; p < top; p++) {
		struct interval i = compare_points(f, p, top);
		if (i.middle < BEST_SHARE || (i.known && i.low <= 0 && i.middle < FIGURES_GAIN))
			return p->n;
	}
	return top->n;
}

/* From there on all further points gain less than FIGURES_GAIN together. */
static int knee_n(const struct figures *f)
{
	double top = fastest(f)->speedup.middle;
	const struct figures_point *p = f->points;
	while (p->speedup.middle * (1 + FIGURES_GAIN) <= top)
		p++;
	return p->n;
}

static size_t fewest_runs(const struct figures *f)
{
	size_t fewest = f->points[0].runs;
	for (size_t i = 1; i < f->count; i++)
		fewest = f->points[i].runs < fewest ? f->points[i].runs : fewest;
	return fewest;
}

static bool crowded(const struct figures *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct figures_point *p = &f->points[i];
		if (p->others > FIGURES_CROWDED && p->busy > CROWDED_BUSY &&
		    p->busy - p->others > CROWDED_OWN)
			return true;
	}
	return false;
}

/* The point that decides could be one without any gain or one with a real one. */
static bool noisy(const struct figures *f)
{
	const struct figures_point *last = &f->points[f->count - 1], *top = fastest(f);
	const struct figures_point *decides = top == f->points ? last : top;
	double half = log(decides->speedup.high / decides->speedup.low) / 2;
	double effect = fabs(log(decides->speedup.middle));
	return half > FIGURES_GAIN && half >= effect;
}

static const char *judge(const struct figures *f)
{
	const struct figures_point *last = &f->points[f->count - 1], *top = fastest(f);
	if (crowded(f))
		return "crowded";
	if (noisy(f))
		return "noise";
	if (last->speedup.high * (1 + FIGURES_GAIN) < top->speedup.low &&
	    top->speedup.middle > 1 + FIGURES_GAIN)
		return "slower";
	if (top->speedup.middle <= 1 + FIGURES_GAIN)
		return "none";
	if (last->efficiency >= FINE_EFFICIENCY)
		return "fine";
	return f->knee < last->n ? "stops" : "limited";
}

void figures_make(struct figures *f)
{
	f->verdict = "few";
	f->best = f->knee = 0;
	for (size_t i = 0; i < f->count; i++)
		make_point(f, &f->points[i]);
	if (f->count < 2)
		return;
	fit_laws(f);
	f->best = best_n(f);
	f->knee = knee_n(f);
	if (fewest_runs(f) >= INTERVAL_LEAST)
		f->verdict = judge(f);
}

void figures_free(struct figures *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->points[i].seconds);
	free(f->points);
	*f = (struct figures){0};
}
