#include "reports/fit/law.h"
#include <math.h>

double law_rate(const struct law *l, double n)
{
	return l->rate * law_speedup(l, n);
}

double law_speedup(const struct law *l, double n)
{
	return n / (1 + l->contention * (n - 1) + l->coherency * n * (n - 1));
}

double law_peak(const struct law *l)
{
	if (l->contention >= 1)
		return 1;
	double peak = sqrt((1 - l->contention) / l->coherency); /* infinite for b = 0 */
	return peak > 1 ? peak : 1;
}

double law_limit(const struct law *l)
{
	return 1 / l->contention;
}

/* The law rises up to its peak and falls after it: the best that is still to come is at the peak or
 * at the end of the range. */
int law_knee(const struct law *l, int most, double share)
{
	double peak = law_peak(l);
	double best_n = peak < most ? floor(peak) : most;
	double best = law_speedup(l, best_n);
	if (best_n < most && law_speedup(l, best_n + 1) > best)
		best = law_speedup(l, best_n + 1);
	int n = 1;
	while (n < most && law_speedup(l, n) * (1 + share) < best)
		n++;
	return n;
}

double amdahl(double s, double n)
{
	return 1 / (s + (1 - s) / n);
}

double gustafson(double s, double n)
{
	return n - s * (n - 1);
}

double gustafson_serial(double speedup, double n)
{
	return (n - speedup) / (n - 1);
}

double karp_flatt(double speedup, double n)
{
	return (1 / speedup - 1 / n) / (1 - 1 / n);
}

double karp_flatt_slope(double speedup, double n)
{
	return -1 / speedup / (1 - 1 / n);
}
