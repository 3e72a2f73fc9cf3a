/*
 * workload ROW           prints "ROW ns-per-operation", timed inside the process
 * workload rows          the names
 * workload calibrate     prints BENCH_ROUNDS_PER_US for the other calls, so that all do equal work
 * workload wall FILE CMD runs CMD, writes its wall time in seconds and peak memory in KiB to FILE
 *
 * Environment: BENCH_ROUNDS_PER_US, BENCH_PIN=n (thread i runs on CPU i mod n), BENCH_BATCHES,
 * BENCH_DIVIDE=n (an n-th of the operations, for tools that are very slow).
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "workload.h"

#define BATCHES_MAX 64

bool first_done;
double rounds_per_ns;

static struct worker workers[THREADS_MAX];
static pthread_barrier_t gate;
static unsigned batches, pin, divide;

uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void work(uint64_t rounds)
{
	uint64_t x = rounds;

	while (rounds--) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		__asm__ volatile("" : "+r"(x));
	}
}

static double calibrate(void)
{
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < 50; i++) {
		uint64_t begin = clock_ns();

		work(200000);
		begin = clock_ns() - begin;
		best = begin < best ? begin : best;
	}
	return 200000.0 / (double)best;
}

static unsigned setting(const char *name, unsigned fallback)
{
	const char *value = getenv(name);
	int n = value ? atoi(value) : 0;

	return n > 0 ? (unsigned)n : fallback;
}

static void pin_thread(int index)
{
	cpu_set_t set;

	if (!pin)
		return;
	CPU_ZERO(&set);
	CPU_SET((unsigned)index % pin, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void one_batch(struct worker *worker)
{
	worker->done = 0;
	pthread_barrier_wait(&gate);
	worker->begin = clock_ns();
	worker->row->batch(worker);
	worker->end = clock_ns();
	pthread_barrier_wait(&gate);
}

static void *run_worker(void *argument)
{
	struct worker *worker = argument;

	pin_thread(worker->index);
	for (unsigned i = 0; i <= batches; i++)
		one_batch(worker);
	return NULL;
}

static double batch_result(const struct row *row)
{
	uint64_t begin = UINT64_MAX, end = 0, done = 0;

	for (int i = 0; i < row->threads; i++) {
		begin = workers[i].begin < begin ? workers[i].begin : begin;
		end = workers[i].end > end ? workers[i].end : end;
		done += workers[i].done;
	}
	return (double)(end - begin) / ((double)done / (row->shared ? 1 : row->threads));
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Batch 0 warms caches and a tool's tables up and does not count. */
static double run_row(const struct row *row)
{
	pthread_t thread[THREADS_MAX];
	double result[BATCHES_MAX + 1];

	pthread_barrier_init(&gate, NULL, (unsigned)row->threads);
	for (int i = 0; i < row->threads; i++) {
		uint64_t operations = row->operations / divide;

		workers[i].row = row;
		workers[i].index = i;
		workers[i].operations = operations ? operations : 1;
		if (i)
			pthread_create(&thread[i], NULL, run_worker, &workers[i]);
	}
	pin_thread(0);
	for (unsigned i = 0; i <= batches; i++) {
		first_done = false;
		one_batch(&workers[0]);
		result[i] = batch_result(row);
	}
	for (int i = 1; i < row->threads; i++)
		pthread_join(thread[i], NULL);
	qsort(result + 1, batches, sizeof(result[0]), compare);
	return result[row->sleeps ? 1 + batches / 2 : 1];
}

static int wall(const char *path, char **command)
{
	uint64_t begin = clock_ns();
	struct rusage usage;
	int status = 0;
	pid_t child = fork();
	FILE *file;

	if (child == 0) {
		execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return 1;
	begin = clock_ns() - begin;
	file = fopen(path, "w");
	if (!file || fprintf(file, "%.6f %ld\n", (double)begin / 1e9, usage.ru_maxrss) < 0 ||
	    fclose(file) != 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	batches = setting("BENCH_BATCHES", 21);
	batches = batches > BATCHES_MAX ? BATCHES_MAX : batches;
	pin = setting("BENCH_PIN", 0);
	divide = setting("BENCH_DIVIDE", 1);
	if (argc == 2 && strcmp(argv[1], "calibrate") == 0)
		return printf("%.0f\n", calibrate() * 1000) < 0;
	if (argc > 3 && strcmp(argv[1], "wall") == 0)
		return wall(argv[2], argv + 3);
	rounds_per_ns = setting("BENCH_ROUNDS_PER_US", 0) / 1000.0;
	if (rounds_per_ns == 0)
		rounds_per_ns = calibrate();
	for (const struct row *row = rows; argc == 2 && row->name; row++) {
		if (strcmp(argv[1], "rows") == 0)
			puts(row->name);
		else if (strcmp(argv[1], row->name) == 0)
			return printf("%s %.2f\n", row->name, run_row(row)) < 0;
	}
	return argc == 2 && strcmp(argv[1], "rows") == 0 ? 0 : 2;
}
