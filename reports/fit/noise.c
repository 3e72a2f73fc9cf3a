#include "reports/fit/noise.h"
#include "profiler/text.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static bool in_rounds(const struct fit_point *p, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (p[i].runs != p[0].runs)
			return false;
	return count > 1 && p[0].runs > 1;
}

static double mean_of(const double *value, size_t count)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += value[i];
	return sum / (double)count;
}

/* What round r adds to every run in it, against the mean of all rounds. */
static double *round_effects(const struct fit_point *p, size_t count)
{
	size_t rounds = p[0].runs;
	double *effect = memory_new(rounds, sizeof(*effect)), mean;
	for (size_t r = 0; r < rounds; r++)
		for (size_t i = 0; i < count; i++)
			effect[r] += p[i].log_rate[r] / (double)count;
	mean = mean_of(effect, rounds);
	for (size_t r = 0; r < rounds; r++)
		effect[r] -= mean;
	return effect;
}

/* Squares of one point's runs around their mean, without what their rounds have in common. */
static double squares_of(const struct fit_point *p, const double *effect)
{
	double mean = mean_of(p->log_rate, p->runs), sum = 0;
	for (size_t r = 0; r < p->runs; r++) {
		double d = p->log_rate[r] - mean - (effect ? effect[r] : 0);
		sum += d * d;
	}
	return sum;
}

/* Runs that differ more at one point than at others: how much of that is chance is known, the rest
 * is believed (a linear shrinkage of the variances towards the pooled one). */
static void shrink(struct noise *n, size_t count, double freedom_each)
{
	double chance = 2 / freedom_each, spread = 0;
	if (!(n->pooled > 0) || count < 2)
		return;
	for (size_t i = 0; i < count; i++)
		spread += pow(n->variance[i] / n->pooled - 1, 2) / (double)(count - 1);
	double own = spread > chance ? (spread - chance) / spread : 0;
	for (size_t i = 0; i < count; i++)
		n->variance[i] = own * n->variance[i] + (1 - own) * n->pooled;
	n->freedom /= 1 + own * (double)(count - 1);
}

struct noise noise_of(const struct fit_point *p, size_t count)
{
	struct noise n = {.variance = memory_new(count, sizeof(double))};
	double *effect = in_rounds(p, count) ? round_effects(p, count) : NULL;
	double lost = effect ? 1 - 1 / (double)count : 1; /* freedom that went into the effects */
	double squares = 0, each = 0;
	for (size_t i = 0; i < count; i++) {
		double own = squares_of(&p[i], effect), freedom = lost * (double)(p[i].runs - 1);
		n.variance[i] = freedom > 0 ? own / freedom : 0;
		squares += own;
		n.freedom += freedom;
	}
	n.pooled = n.freedom > 0 ? squares / n.freedom : 0;
	each = n.freedom / (double)count;
	if (effect) {
		size_t rounds = p[0].runs;
		for (size_t r = 0; r < rounds; r++)
			n.drift += effect[r] * effect[r] / (double)(rounds - 1) / (double)rounds;
		n.drift = fmax(0, n.drift - n.pooled / (double)(count * rounds));
	}
	free(effect);
	if (each >= 1)
		shrink(&n, count, each);
	return n;
}
