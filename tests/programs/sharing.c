/*
 * What lies in one cache line, or does not: sharing locks|locks-apart|locks-both|data|arguments|
 * arguments-apart|words|numbers|astride; and what two threads write or read, for MS: sharing
 * seen-apart|seen-same|seen-lines|seen-read MS. Lines of 64 bytes; mutexes have 40.
 */
#include "known.h"
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

enum { TIMES = 200000, THREADS = 4 };

static struct {
	alignas(64) pthread_mutex_t left_mu;
	pthread_mutex_t right_mu;
} near;
static struct {
	alignas(64) pthread_mutex_t left_mu;
	alignas(64) pthread_mutex_t right_mu;
} far;

/* A section of their own, and their order, keep the two together. */
static __attribute__((section("one_line"),
		      no_reorder)) alignas(64) pthread_mutex_t busy_mu = PTHREAD_MUTEX_INITIALIZER;
static __attribute__((section("one_line"), no_reorder)) long beside = 1;

static void take(pthread_mutex_t *mutex, int times)
{
	for (int i = 0; i < times; i++) {
		IS(pthread_mutex_lock(mutex), 0);
		IS(pthread_mutex_unlock(mutex), 0);
	}
}

static void *take_near(void *number)
{
	take(number ? &near.right_mu : &near.left_mu, TIMES);
	return NULL;
}

static void *take_far(void *number)
{
	take(number ? &far.right_mu : &far.left_mu, TIMES);
	return NULL;
}

static void *take_both(void *number)
{
	(void)number;
	take(&near.left_mu, TIMES);
	take(&near.right_mu, TIMES);
	return NULL;
}

static void *take_busy(void *number)
{
	beside += number != NULL;
	take(&busy_mu, TIMES);
	return NULL;
}

struct part {
	long count;
	char rest[16];
};
struct padded_part {
	alignas(64) long count;
};
struct astride {
	long count;
	char rest[64];
};

static alignas(64) struct part part[THREADS];
static alignas(64) struct padded_part padded[THREADS];
static alignas(64) struct astride astride[THREADS];
static alignas(64) char word[THREADS][16];
static alignas(64) int number[THREADS];
static pthread_barrier_t all;

static void *count_up(void *at)
{
	volatile long *count = at;
	pthread_barrier_wait(&all);
	for (int i = 0; i < TIMES; i++)
		*count += 1;
	return NULL;
}

static void *read_number(void *at)
{
	pthread_barrier_wait(&all);
	return at;
}

static alignas(64) volatile long in_line[16];
static long first_word, second_word;
static struct timespec until;

static bool goes_on(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec < until.tv_sec ||
	       (now.tv_sec == until.tv_sec && now.tv_nsec < until.tv_nsec);
}

static void *write_word(void *second)
{
	volatile long *mine = &in_line[second ? second_word : first_word];
	do
		for (int i = 0; i < TIMES; i++)
			*mine += 1;
	while (goes_on());
	return NULL;
}

static void *read_word(void *second)
{
	volatile long *mine = &in_line[second ? second_word : first_word];
	do
		for (int i = 0; i < TIMES; i++)
			(void)*mine;
	while (goes_on());
	return NULL;
}

static void use_words(void *(*use)(void *), long first, long second, const char *ms)
{
	first_word = first;
	second_word = second;
	until = known_until(CLOCK_MONOTONIC, atol(ms));
	known_threads(2, use);
}

static void run_with(void *first, size_t stride, void *(*routine)(void *))
{
	pthread_t thread[THREADS];
	IS(pthread_barrier_init(&all, NULL, THREADS), 0);
	for (size_t i = 0; i < THREADS; i++)
		IS(pthread_create(&thread[i], NULL, routine, (char *)first + i * stride), 0);
	for (size_t i = 0; i < THREADS; i++)
		IS(pthread_join(thread[i], NULL), 0);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (!strcmp(what, "locks"))
		known_threads(2, take_near);
	else if (!strcmp(what, "locks-apart"))
		known_threads(2, take_far);
	else if (!strcmp(what, "locks-both"))
		known_threads(2, take_both);
	else if (!strcmp(what, "data"))
		known_threads(2, take_busy);
	else if (!strcmp(what, "arguments"))
		run_with(part, sizeof(part[0]), count_up);
	else if (!strcmp(what, "arguments-apart"))
		run_with(padded, sizeof(padded[0]), count_up);
	else if (!strcmp(what, "astride"))
		run_with(astride, sizeof(astride[0]), count_up);
	else if (!strcmp(what, "words"))
		run_with(word, sizeof(word[0]), read_number);
	else if (!strcmp(what, "numbers"))
		run_with(number, sizeof(number[0]), read_number);
	else if (!strcmp(what, "seen-apart") && argc > 2)
		use_words(write_word, 0, 5, argv[2]);
	else if (!strcmp(what, "seen-same") && argc > 2)
		use_words(write_word, 3, 3, argv[2]);
	else if (!strcmp(what, "seen-lines") && argc > 2)
		use_words(write_word, 0, 8, argv[2]);
	else if (!strcmp(what, "seen-read") && argc > 2)
		use_words(read_word, 0, 5, argv[2]);
	else
		return 2;
	return 0;
}
