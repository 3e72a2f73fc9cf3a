/* K-means: points go to the nearest centre, centres to the mean of their points; 36 rounds. */
#include "worth.h"

#define DIMENSIONS 8
#define CENTRES 32
#define ROUNDS 36

struct point {
	float at[DIMENSIONS];
};

struct sums {
	double at[CENTRES][DIMENSIONS], distance;
	long points[CENTRES];
};

static struct point *points, centres[CENTRES];
static long count;

static void prepare(double scale)
{
	uint64_t random = 1;
	count = (long)(1e6 * scale);
	points = worth_memory((size_t)count, sizeof(*points));
	for (long i = 0; i < count; i++)
		for (int d = 0; d < DIMENSIONS; d++)
			points[i].at[d] =
			    (float)worth_uniform(&random) + (float)(i % 16 * (d + i % 3) % 7);
	for (int c = 0; c < CENTRES; c++)
		centres[c] = points[c * (count / CENTRES)];
}

static float distance(const struct point *a, const struct point *b)
{
	float sum = 0;
	for (int d = 0; d < DIMENSIONS; d++)
		sum += (a->at[d] - b->at[d]) * (a->at[d] - b->at[d]);
	return sum;
}

static int nearest(const struct point *point, float *least)
{
	int best = 0;
	*least = distance(point, &centres[0]);
	for (int c = 1; c < CENTRES; c++) {
		float d = distance(point, &centres[c]);
		if (d < *least) {
			*least = d;
			best = c;
		}
	}
	return best;
}

static void assign(struct sums *sums, long first, long last)
{
	for (long i = first; i < last; i++) {
		float least;
		int c = nearest(&points[i], &least);
		for (int d = 0; d < DIMENSIONS; d++)
			sums->at[c][d] += points[i].at[d];
		sums->points[c]++;
		sums->distance += least;
	}
}

static void move_centres(const struct sums *sums)
{
	for (int c = 0; c < CENTRES; c++)
		for (int d = 0; d < DIMENSIONS && sums->points[c]; d++)
			centres[c].at[d] = (float)(sums->at[c][d] / (double)sums->points[c]);
}

static double serial(void)
{
	struct sums sums;
	for (int round = 0; round < ROUNDS; round++) {
		memset(&sums, 0, sizeof(sums));
		assign(&sums, 0, count);
		move_centres(&sums);
	}
	return sums.distance;
}

static struct sums *sums_of;

static void assign_part(int number, int members)
{
	struct sums sums = {0};
	assign(&sums, worth_part(count, number, members), worth_part(count, number + 1, members));
	sums_of[number] = sums;
}

static void add_sums(struct sums *to, const struct sums *from)
{
	for (int c = 0; c < CENTRES; c++) {
		for (int d = 0; d < DIMENSIONS; d++)
			to->at[c][d] += from->at[c][d];
		to->points[c] += from->points[c];
	}
	to->distance += from->distance;
}

static double parallel(int threads)
{
	sums_of = worth_memory((size_t)threads, sizeof(*sums_of));
	for (int round = 0; round < ROUNDS; round++) {
		worth_team(threads, assign_part);
		for (int t = 1; t < threads; t++)
			add_sums(&sums_of[0], &sums_of[t]);
		move_centres(&sums_of[0]);
	}
	return sums_of[0].distance;
}

const struct worth program = {prepare, serial, parallel, 1e-4};
