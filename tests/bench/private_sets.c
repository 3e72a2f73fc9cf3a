/*
 * private_sets [ROUNDS [LARGEST_MB]]: what it costs that a set of memory does not fit a cache any
 * more. ns per step of one thread over its own set, and of two threads, each over one of its own,
 * in turns; medians. A step reads a word of the set, at a random place or of the next line, and
 * adds to it; or it computes beside. Huge pages, as missing translations are each core's own
 * matter.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

enum { STEPS = 2000000, ROUNDS_MAX = 101, KINDS = 3, LINE = 8 };

/* How a step comes to its place, and how much it computes beside. */
static const struct kind {
	const char *name;
	bool row;
	int rounds;
} kinds[KINDS] = {{"random", false, 0}, {"computing", false, 12}, {"in a row", true, 0}};

struct task {
	uint64_t *set;
	size_t mask; /* of words */
	const struct kind *kind;
	uint64_t sum;
	double ns;
};

static double now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static uint64_t walk(const struct task *t, long steps)
{
	uint64_t x = 88172645463325252u, sum = 0;
	for (long i = 0; i < steps; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		uint64_t *word = &t->set[(t->kind->row ? (uint64_t)i * LINE : x >> 20) & t->mask];
		uint64_t value = *word;
		for (int k = 0; k < t->kind->rounds; k++)
			value = value * 2862933555777941757u + 3037000493u;
		*word += value & 1;
		sum += value & 3;
	}
	return sum;
}

static void *run(void *data)
{
	struct task *t = data;
	t->sum += walk(t, STEPS / 4);
	double begin = now_ns();
	t->sum += walk(t, STEPS);
	t->ns = (now_ns() - begin) / STEPS;
	return NULL;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double measured(struct task *task, int threads)
{
	pthread_t other;
	if (threads > 1 && pthread_create(&other, NULL, run, &task[1]) != 0)
		exit(1);
	run(&task[0]);
	if (threads > 1)
		pthread_join(other, NULL);
	return threads > 1 ? (task[0].ns + task[1].ns) / 2 : task[0].ns;
}

static void row(struct task *task, size_t bytes, const struct kind *kind, int rounds)
{
	double ns[2][ROUNDS_MAX];
	for (int i = 0; i < 2; i++) {
		task[i].mask = bytes / sizeof(uint64_t) - 1;
		task[i].kind = kind;
	}
	for (int i = 0; i < rounds; i++)
		for (int k = 0; k < 2; k++)
			ns[k][i] = measured(task, k + 1);
	for (int k = 0; k < 2; k++)
		qsort(ns[k], (size_t)rounds, sizeof(double), compare);
	printf("%-10s %8zu kB  %6.2f ns  %6.2f ns  %.2fx\n", kind->name, bytes / 1024,
	       ns[0][rounds / 2], ns[1][rounds / 2], ns[1][rounds / 2] / ns[0][rounds / 2]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 5;
	size_t largest = (size_t)(argc > 2 ? atol(argv[2]) : 64) << 20;
	struct task task[2] = {{0}};
	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	for (int i = 0; i < 2; i++) {
		task[i].set =
		    mmap(NULL, largest, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (task[i].set == MAP_FAILED)
			return 1;
		madvise(task[i].set, largest, MADV_HUGEPAGE);
		madvise(task[i].set, largest, MADV_POPULATE_WRITE);
	}
	printf("%-10s %11s  %9s  %9s\n", "STEPS", "SET", "1 THREAD", "2 THREADS");
	for (int k = 0; k < KINDS; k++)
		for (size_t bytes = 128u << 10; bytes <= largest; bytes *= 2)
			row(task, bytes, &kinds[k], rounds);
	return task[0].sum + task[1].sum == 1; /* never: so that it is computed */
}
