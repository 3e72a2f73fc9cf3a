/* How much markets expect prices to vary, on average over many options: of each what its price
 * implies. */
#include "worth.h"

#define RATE 0.02

struct option {
	float price, strike, years, paid;
};

static struct option *options;
static long count;

static double normal(double x)
{
	return 0.5 * erfc(-x * M_SQRT1_2);
}

/* Black and Scholes. */
static double value(const struct option *o, double volatility)
{
	double deviation = volatility * sqrt(o->years);
	double d = (log(o->price / o->strike) + RATE * o->years) / deviation + deviation / 2;
	return o->price * normal(d) - o->strike * exp(-RATE * o->years) * normal(d - deviation);
}

static void prepare(double scale)
{
	uint64_t random = 1;
	count = (long)(2e6 * scale);
	options = worth_memory((size_t)count, sizeof(*options));
	for (long i = 0; i < count; i++) {
		struct option *o = &options[i];
		o->price = 90 + 20 * (float)worth_uniform(&random);
		o->strike = 100;
		o->years = 0.5f + (float)(i % 8) / 4;
		o->paid = o->price / 8 + (o->price > o->strike ? o->price - o->strike : 0);
	}
}

static double implied(const struct option *o)
{
	double low = 0.001, high = 5;
	while (high - low > 1e-8) {
		double middle = (low + high) / 2;
		if (value(o, middle) < o->paid)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static double serial(void)
{
	double sum = 0;
	for (long i = 0; i < count; i++)
		sum += implied(&options[i]);
	return sum / (double)count;
}

static double *sums;

static void add(int number, int members)
{
	double sum = 0;
	for (long i = worth_part(count, number, members);
	     i < worth_part(count, number + 1, members); i++)
		sum += implied(&options[i]);
	sums[number] = sum;
}

static double parallel(int threads)
{
	double sum = 0;
	sums = worth_memory((size_t)threads, sizeof(*sums));
	worth_team(threads, add);
	for (int i = 0; i < threads; i++)
		sum += sums[i];
	return sum / (double)count;
}

const struct worth program = {prepare, serial, parallel, 1e-9};
