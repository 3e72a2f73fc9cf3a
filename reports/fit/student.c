#include "reports/fit/student.h"
#include <math.h>

static double normal_share(double x)
{
	return 0.5 * erfc(-x / M_SQRT2);
}

/* Newton's method on erfc(): it converges from the middle, as the distribution is convex below. */
double normal_quantile(double p)
{
	if (p > 0.5)
		return -normal_quantile(1 - p);
	double x = 0;
	for (int i = 0; i < 100; i++) {
		double density = exp(-x * x / 2) / sqrt(2 * M_PI);
		double step = (normal_share(x) - p) / density;
		x -= step > 1 ? 1 : step;
		if (fabs(step) < 1e-13)
			break;
	}
	return x;
}

static double student_density(double t, double v)
{
	return exp(lgamma((v + 1) / 2) - lgamma(v / 2)) / sqrt(v * M_PI) *
	       pow(1 + t * t / v, -(v + 1) / 2);
}

/* Of 0 … t, by Simpson's rule over the angle atan(t / √v), in which the density is a power of a
 * cosine: smooth and bounded for v ≥ 1. */
static double student_share(double t, double v)
{
	enum { STEPS = 200 };
	double width = atan(t / sqrt(v)) / STEPS, sum = 0;
	for (int i = 0; i <= STEPS; i++)
		sum += pow(cos(i * width), v - 1) * (i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2);
	return student_density(0, v) * sqrt(v) * sum * width / 3;
}

/* Newton's method from the normal quantile, which is nearer to 0: the distribution is concave above
 * 0, so it comes from below and never overshoots. */
double student_quantile(double p, double freedom)
{
	if (p < 0.5)
		return -student_quantile(1 - p, freedom);
	double t = normal_quantile(p);
	for (int i = 0; i < 200; i++) {
		double missing = p - 0.5 - student_share(t, freedom);
		double step = missing / student_density(t, freedom);
		t += step;
		if (step < 1e-10 * (1 + t))
			break;
	}
	return t;
}
