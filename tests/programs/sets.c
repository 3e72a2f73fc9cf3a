/* sets PRIVATE_KB SHARED_KB SECONDS: passes that each fill memory of their own, which the next one
 * takes over, read it and a table that nobody changes at random, and go on in an input. */
#include "known.h"

enum { READS = 40000, INPUT = 1 << 24 };

static unsigned long *own, *table, *input, results[1024];
static size_t owns, tables;

/* Of a row of pseudo-random numbers. */
static size_t place(unsigned long *random, size_t words)
{
	*random = *random * 6364136223846793005ul + 1442695040888963407ul;
	return (*random >> 32) % words;
}

__attribute__((noinline)) static unsigned long pass(unsigned long number)
{
	unsigned long random = number, sum = 0;
	size_t from = number * READS / 4 % INPUT;
	for (size_t i = 0; i < owns; i++)
		own[i] = number + i;
	for (size_t i = 0; i < READS; i++) {
		sum += own[place(&random, owns)] ^ table[place(&random, tables)];
		sum += input[(from + i / 4) % INPUT];
	}
	return sum;
}

static unsigned long *memory(size_t words)
{
	unsigned long *m = malloc((words ? words : 1) * sizeof(*m));
	if (!m)
		exit(3);
	for (size_t i = 0; i < words; i++)
		m[i] = i;
	return m;
}

int main(int argc, char **argv)
{
	struct timespec until, now;
	if (argc < 4)
		return 2;
	owns = (size_t)atol(argv[1]) * 1024 / sizeof(*own);
	tables = (size_t)atol(argv[2]) * 1024 / sizeof(*table);
	own = memory(owns);
	table = memory(tables);
	input = memory(INPUT);
	until = known_until(CLOCK_MONOTONIC, atol(argv[3]) * 1000);
	for (unsigned long i = 0;; i++) {
		results[i % 1024] += pass(i);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= until.tv_sec)
			break;
	}
	printf("%lu\n", results[7]);
	return 0;
}
