/* Linear regression: the normal equations of many rows with some features, solved by elimination;
 * again with other weights of the rows, to see how much that matters. */
#include "worth.h"

#define FEATURES 256
#define FITS 6

struct row {
	float x[FEATURES], y;
};

struct equations {
	double product[FEATURES][FEATURES + 1]; /* the last column is the right side */
};

static struct row *rows;
static long count;
static int fit;

static void prepare(double scale)
{
	uint64_t random = 1;
	count = 4 * FEATURES + (long)(23e3 * scale); /* with fewer there is no one solution */
	rows = worth_memory((size_t)count, sizeof(*rows));
	for (long i = 0; i < count; i++) {
		rows[i].y = (float)(worth_random(&random) >> 40) * 0x1p-24f;
		for (int f = 0; f < FEATURES; f++) {
			rows[i].x[f] = (float)(worth_random(&random) >> 40) * 0x1p-24f;
			rows[i].y += rows[i].x[f] * (float)(f % 5);
		}
	}
}

static void add_rows(struct equations *to, long first, long last)
{
	for (long i = first; i < last; i++) {
		const struct row *row = &rows[i];
		double weight = 1 + (double)((i + fit) % 3);
		for (int f = 0; f < FEATURES; f++) {
			for (int g = 0; g < FEATURES; g++)
				to->product[f][g] += weight * row->x[f] * row->x[g];
			to->product[f][FEATURES] += weight * row->x[f] * row->y;
		}
	}
}

static double solve(struct equations *e)
{
	double sum = 0;
	for (int p = 0; p < FEATURES; p++)
		for (int r = 0; r < FEATURES; r++) {
			double factor = e->product[r][p] / e->product[p][p];
			for (int c = p; r != p && c <= FEATURES; c++)
				e->product[r][c] -= factor * e->product[p][c];
		}
	for (int p = 0; p < FEATURES; p++)
		sum += (p + 1) * e->product[p][FEATURES] / e->product[p][p];
	return sum;
}

static double serial(void)
{
	struct equations equations;
	double sum = 0;
	for (fit = 0; fit < FITS; fit++) {
		memset(&equations, 0, sizeof(equations));
		add_rows(&equations, 0, count);
		sum += solve(&equations);
	}
	return sum;
}

static struct equations *equations_of;

static void add_part(int number, int members)
{
	memset(&equations_of[number], 0, sizeof(*equations_of));
	add_rows(&equations_of[number], worth_part(count, number, members),
		 worth_part(count, number + 1, members));
}

static double fit_parts(int threads)
{
	worth_team(threads, add_part);
	for (int t = 1; t < threads; t++)
		for (int f = 0; f < FEATURES; f++)
			for (int g = 0; g <= FEATURES; g++)
				equations_of[0].product[f][g] += equations_of[t].product[f][g];
	return solve(&equations_of[0]);
}

static double parallel(int threads)
{
	double sum = 0;
	equations_of = worth_memory((size_t)threads, sizeof(*equations_of));
	for (fit = 0; fit < FITS; fit++)
		sum += fit_parts(threads);
	return sum;
}

const struct worth program = {prepare, serial, parallel, 1e-6};
