/*
 * parprof calibrate: run by the recorder under its own library (trial.c) to see what watching costs
 * on this machine. Prints four times in ns, each the best of some batches: a lock and unlock of the
 * C library's, one through the library in front of it, and the same for an init or destroy of a
 * mutex, which is written to the log with its stack.
 */
#include "profiler/clock.h"
#include "profiler/command.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#define PAIRS 200
#define PAIR_BATCHES 100
#define RECORDS 32
#define RECORD_BATCHES 16

typedef int mutex_function(pthread_mutex_t *);
typedef int mutex_starter(pthread_mutex_t *, const pthread_mutexattr_t *);

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static double best_pair(mutex_function *lock, mutex_function *unlock)
{
	uint64_t best = UINT64_MAX;
	for (int b = 0; b < PAIR_BATCHES; b++) {
		uint64_t begin = clock_monotonic_ns();
		for (int i = 0; i < PAIRS; i++) {
			lock(&mutex);
			unlock(&mutex);
		}
		uint64_t took = clock_monotonic_ns() - begin;
		best = took < best ? took : best;
	}
	return (double)best / PAIRS;
}

static double best_record(mutex_starter *init, mutex_function *destroy)
{
	pthread_mutex_t fresh;
	uint64_t best = UINT64_MAX;
	for (int b = 0; b < RECORD_BATCHES; b++) {
		uint64_t begin = clock_monotonic_ns();
		for (int i = 0; i < RECORDS / 2; i++) {
			init(&fresh, NULL);
			destroy(&fresh);
		}
		uint64_t took = clock_monotonic_ns() - begin;
		best = took < best ? took : best;
	}
	return (double)best / RECORDS;
}

static void *libc_function(const char *name)
{
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	return libc ? dlsym(libc, name) : NULL;
}

static int run(int argc, char **argv)
{
	(void)argc, (void)argv;
	mutex_function *lock = (mutex_function *)libc_function("pthread_mutex_lock");
	mutex_function *unlock = (mutex_function *)libc_function("pthread_mutex_unlock");
	mutex_starter *init = (mutex_starter *)libc_function("pthread_mutex_init");
	mutex_function *destroy = (mutex_function *)libc_function("pthread_mutex_destroy");
	if (!lock || !unlock || !init || !destroy)
		return 1;
	printf("%.3f %.3f", best_pair(lock, unlock),
	       best_pair(pthread_mutex_lock, pthread_mutex_unlock));
	printf(" %.3f %.3f\n", best_record(init, destroy),
	       best_record(pthread_mutex_init, pthread_mutex_destroy));
	return 0;
}

const struct command command_calibrate = {
    .name = "calibrate",
    .summary = "time what watching adds, for the recorder",
    .run = run,
    .hidden = true,
};
