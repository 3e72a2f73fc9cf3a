/* Memory accesses whose misses are known: walk N: an N × N matrix of int by rows and by columns;
 * chase BYTES STEPS: from line to line of so much memory, in an order nobody can guess. */
#include "known.h"
#include <stdint.h>

#define LINE 64

NOINLINE long walk_rows(const int *matrix, long n)
{
	long sum = 0;
	for (long row = 0; row < n; row++)
		for (long column = 0; column < n; column++)
			sum += matrix[row * n + column];
	return sum;
}

NOINLINE long walk_columns(const int *matrix, long n)
{
	long sum = 0;
	for (long column = 0; column < n; column++)
		for (long row = 0; row < n; row++)
			sum += matrix[row * n + column];
	return sum;
}

static void walk(long n)
{
	int *matrix = aligned_alloc(LINE, (size_t)(n * n) * sizeof(int));
	memset(matrix, 1, (size_t)(n * n) * sizeof(int));
	printf("%d\n", walk_rows(matrix, n) == walk_columns(matrix, n));
	free(matrix);
}

struct place {
	struct place *next;
	char rest[LINE - sizeof(struct place *)];
};

NOINLINE struct place *chase(struct place *at, long steps)
{
	for (; steps > 0; steps--)
		at = at->next;
	return at;
}

/* Full period, as the number of lines is a power of two: a linear congruential walk. */
static void chase_through(long bytes, long steps)
{
	long lines = bytes / LINE;
	struct place *place = aligned_alloc(LINE, (size_t)bytes);
	for (uint64_t i = 0; i < (uint64_t)lines; i++)
		place[i].next = &place[(i * 1664525 + 1013904223) % (uint64_t)lines];
	printf("%d\n", chase(place, steps) != NULL);
	free(place);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "walk"))
		walk(atol(argv[2]));
	else if (argc == 4 && !strcmp(argv[1], "chase"))
		chase_through(atol(argv[2]), atol(argv[3]));
	else
		return 2;
	return 0;
}
