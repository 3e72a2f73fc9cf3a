/*
 * Laws of speedup, in closed form. n: cores or threads; s: the part of the work that is serial.
 *
 * The universal scalability law (Gunther) holds the others: without coherency it is Amdahl's,
 * with contention as the serial part.
 */
#ifndef PARPROF_FIT_LAW_H
#define PARPROF_FIT_LAW_H

struct law {
	double rate;	   /* g, of one core: units of work per second; > 0 */
	double contention; /* a, 0 … 1: what waits in line */
	double coherency;  /* b, 0 … 1: what every core owes every other */
};

double law_rate(const struct law *, double n); /* C(n) = gn / (1 + a(n-1) + bn(n-1)) */
double law_speedup(const struct law *, double n);
double law_peak(const struct law *);  /* n of the best speedup; infinite when b = 0 and a < 1 */
double law_limit(const struct law *); /* speedup that no n gets past, were b 0: 1/a */
/* The smallest n from which on all further ones together, up to most, gain less than that share. */
int law_knee(const struct law *, int most, double share);

double amdahl(double s, double n);    /* speedup of the same work */
double gustafson(double s, double n); /* speedup of work that grows with n */
double gustafson_serial(double speedup, double n);
/* The serial part that explains a measured speedup (Karp and Flatt 1990). Grows with n: overhead.
 */
double karp_flatt(double speedup, double n);
/* Its change with the logarithm of the speedup: for its interval, by the delta method. */
double karp_flatt_slope(double speedup, double n);

#endif
