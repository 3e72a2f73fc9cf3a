/*
 * Serial loops whose passes use what threads would use at the same time: a lock for half of each
 * pass, a pipe, a file, a lock of both, the state of rand(); the last loop uses nothing. Argument:
 * passes of each.
 */
#include "known.h"
#include <fcntl.h>
#include <stdlib.h>

static pthread_mutex_t table_mu = PTHREAD_MUTEX_INITIALIZER, count_mu = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned long sink;

static __attribute__((noinline)) void compute(long rounds)
{
	unsigned long x = sink;
	for (long i = 0; i < rounds; i++)
		x = x * 6364136223846793005u + 1442695040888963407u;
	sink = x;
}

/* From two of the loops. */
static __attribute__((noinline)) void count(void)
{
	static int passes;
	compute(50000);
	IS(pthread_mutex_lock(&count_mu), 0);
	passes++;
	IS(pthread_mutex_unlock(&count_mu), 0);
}

static __attribute__((noinline)) void locked(int passes)
{
	for (int i = 0; i < passes; i++) {
		compute(100000);
		IS(pthread_mutex_lock(&table_mu), 0);
		compute(100000);
		IS(pthread_mutex_unlock(&table_mu), 0);
	}
}

static __attribute__((noinline)) void sends(int passes)
{
	char message[64] = "";
	int ends[2];
	IS(pipe(ends), 0);
	for (int i = 0; i < passes; i++) {
		compute(150000);
		count();
		IS(write(ends[1], message, sizeof(message)), (int)sizeof(message));
		IS(read(ends[0], message, sizeof(message)), (int)sizeof(message));
	}
}

static __attribute__((noinline)) void writes(int passes)
{
	char line[100] = "";
	int file = open("lines.out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	for (int i = 0; i < passes; i++) {
		compute(150000);
		count();
		IS(write(file, line, sizeof(line)), (int)sizeof(line));
	}
	close(file);
}

static __attribute__((noinline)) void draws(int passes)
{
	for (int i = 0; i < passes; i++)
		for (int k = 0; k < 10000; k++)
			sink += (unsigned long)rand();
}

static __attribute__((noinline)) void alone(int passes)
{
	for (int i = 0; i < passes; i++)
		compute(200000);
}

int main(int argc, char **argv)
{
	int passes = argc > 1 ? atoi(argv[1]) : 1000;
	locked(passes);
	sends(passes);
	writes(passes);
	draws(passes);
	alone(passes);
	return 0;
}
