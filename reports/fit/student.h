/* Quantiles of the normal and of Student's distribution. */
#ifndef PARPROF_FIT_STUDENT_H
#define PARPROF_FIT_STUDENT_H

double normal_quantile(double p);		   /* 0 < p < 1 */
double student_quantile(double p, double freedom); /* freedom >= 1 */

#endif
