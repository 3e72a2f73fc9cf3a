/* Mean and covariance of many variables, as principal component analysis begins. */
#include "worth.h"

#define SAMPLES 2048

static double (*values)[SAMPLES], *means, *covariance;
static long variables;

static void prepare(double scale)
{
	uint64_t random = 1;
	variables = (long)(1800 * sqrt(scale));
	values = worth_memory((size_t)variables, sizeof(*values));
	means = worth_memory((size_t)variables, sizeof(*means));
	covariance = worth_memory((size_t)(variables * variables), sizeof(*covariance));
	for (long v = 0; v < variables; v++)
		for (int s = 0; s < SAMPLES; s++)
			values[v][s] = worth_uniform(&random) + (double)(v * s % 11);
}

static double mean(const double *value)
{
	double sum = 0;
	for (int s = 0; s < SAMPLES; s++)
		sum += value[s];
	return sum / SAMPLES;
}

static double covariance_of(long v, long w)
{
	double sum = 0;
	for (int s = 0; s < SAMPLES; s++)
		sum += (values[v][s] - means[v]) * (values[w][s] - means[w]);
	return sum / (SAMPLES - 1);
}

static double result(void)
{
	double sum = 0;
	for (long i = 0; i < variables * variables; i++)
		sum += fabs(covariance[i]);
	return sum;
}

static void covariances_of(long v)
{
	for (long w = v; w < variables; w++)
		covariance[v * variables + w] = covariance[w * variables + v] = covariance_of(v, w);
}

static double serial(void)
{
	for (long v = 0; v < variables; v++)
		means[v] = mean(values[v]);
	for (long v = 0; v < variables; v++)
		covariances_of(v);
	return result();
}

static _Atomic long next_variable;

static void mean_part(int number, int members)
{
	for (long v = worth_part(variables, number, members);
	     v < worth_part(variables, number + 1, members); v++)
		means[v] = mean(values[v]);
}

/* Their rows differ in length: each takes the next. */
static void take_rows(int number, int members)
{
	(void)number, (void)members;
	for (long v; (v = next_variable++) < variables;)
		covariances_of(v);
}

static double parallel(int threads)
{
	next_variable = 0;
	worth_team(threads, mean_part);
	worth_team(threads, take_rows);
	return result();
}

const struct worth program = {prepare, serial, parallel, 1e-9};
