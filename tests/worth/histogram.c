/* Histograms of a picture under several exposures; the exposure whose histogram is the flattest is
 * taken. */
#include "worth.h"

#define LEVELS 256
#define EXPOSURES 48

static float *picture;
static long pixels;

static void prepare(double scale)
{
	uint64_t random = 1;
	pixels = (long)(8e6 * scale);
	picture = worth_memory((size_t)pixels, sizeof(*picture));
	for (long i = 0; i < pixels; i++)
		picture[i] = (float)(worth_uniform(&random) * worth_uniform(&random));
}

static void count_levels(long *levels, float exposure, long first, long last)
{
	for (long i = first; i < last; i++) {
		int level = (int)(powf(picture[i], exposure) * LEVELS);
		levels[level < LEVELS ? level : LEVELS - 1]++;
	}
}

static double flatness(const long *levels)
{
	double sum = 0;
	for (int i = 0; i < LEVELS; i++)
		if (levels[i])
			sum -= (double)levels[i] * log((double)levels[i] / (double)pixels);
	return sum;
}

static float exposure_of(int number)
{
	return 0.3f + 0.05f * (float)number;
}

static double serial(void)
{
	double best = 0;
	for (int e = 0; e < EXPOSURES; e++) {
		long levels[LEVELS] = {0};
		count_levels(levels, exposure_of(e), 0, pixels);
		best = fmax(best, flatness(levels));
	}
	return best;
}

static long (*levels_of)[LEVELS];
static float exposure;

static void count_part(int number, int members)
{
	long levels[LEVELS] = {0};
	count_levels(levels, exposure, worth_part(pixels, number, members),
		     worth_part(pixels, number + 1, members));
	memcpy(levels_of[number], levels, sizeof(levels));
}

static double parallel(int threads)
{
	double best = 0;
	levels_of = worth_memory((size_t)threads, sizeof(*levels_of));
	for (int e = 0; e < EXPOSURES; e++) {
		exposure = exposure_of(e);
		worth_team(threads, count_part);
		for (int t = 1; t < threads; t++)
			for (int i = 0; i < LEVELS; i++)
				levels_of[0][i] += levels_of[t][i];
		best = fmax(best, flatness(levels_of[0]));
	}
	return best;
}

const struct worth program = {prepare, serial, parallel, 1e-9};
