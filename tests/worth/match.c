/* Where patterns occur in a genome with at most three letters wrong. */
#include "worth.h"

#define PATTERNS 12
#define PATTERN 32
#define WRONG 3

static char *genome, patterns[PATTERNS][PATTERN];
static long length;

static void prepare(double scale)
{
	uint64_t random = 1;
	length = (long)(20e6 * scale);
	genome = worth_memory((size_t)length, 1);
	for (long i = 0; i < length; i++)
		genome[i] = "ACGT"[worth_random(&random) >> 62];
	for (int p = 0; p < PATTERNS; p++)
		memcpy(patterns[p], genome + length / (p + 2), PATTERN);
}

static bool matches(const char *at, const char *pattern)
{
	int wrong = 0;
	for (int i = 0; i < PATTERN; i++)
		if (at[i] != pattern[i] && ++wrong > WRONG)
			return false;
	return true;
}

static long find(const char *pattern, long first, long last)
{
	long found = 0;
	for (long i = first; i < last; i++)
		if (matches(genome + i, pattern))
			found += i;
	return found;
}

static double serial(void)
{
	long found = 0;
	for (int p = 0; p < PATTERNS; p++)
		found += find(patterns[p], 0, length - PATTERN);
	return (double)found;
}

static _Atomic long all_found;

static void find_part(int number, int members)
{
	long places = length - PATTERN, found = 0;
	for (int p = 0; p < PATTERNS; p++)
		found += find(patterns[p], worth_part(places, number, members),
			      worth_part(places, number + 1, members));
	all_found += found;
}

static double parallel(int threads)
{
	all_found = 0;
	worth_team(threads, find_part);
	return (double)all_found;
}

const struct worth program = {prepare, serial, parallel, 1e-9};
