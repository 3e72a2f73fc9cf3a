/* For programs with known answers: threads, time, and an end with a message when a call failed. */
#ifndef KNOWN_H
#define KNOWN_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE static __attribute__((noinline, noclone))
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The call must give that value. */
#define IS(call, expected) known_is((long)(call), (long)(expected), #call, __FILE__, __LINE__)

static inline void known_is(long got, long expected, const char *call, const char *file, int line)
{
	if (got == expected)
		return;
	fprintf(stderr, "%s:%d: %s gave %ld, expected %ld\n", file, line, call, got, expected);
	_exit(99);
}

/* That long from now on. */
static inline struct timespec known_until(clockid_t clock, long ms)
{
	struct timespec t;
	clock_gettime(clock, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

static inline long known_now(void) /* ns */
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline long known_cpu(void) /* of the thread, in ns */
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

/* What the program itself measured of its waits; printed, to be compared with the recording. */
static long known_waited __attribute__((unused));
#define WAITS(call)                                                                                \
	do {                                                                                       \
		long begin_ = known_now();                                                         \
		IS(call, 0);                                                                       \
		__atomic_add_fetch(&known_waited, known_now() - begin_, __ATOMIC_RELAXED);         \
	} while (0)

static inline void known_sleep(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	while (nanosleep(&t, &t))
		;
}

/* Runs the routine in so many threads, whose argument is their number, and joins them. */
static inline void known_threads(int count, void *(*routine)(void *))
{
	pthread_t thread[count];
	for (long i = 0; i < count; i++)
		IS(pthread_create(&thread[i], NULL, routine, (void *)i), 0);
	for (int i = 0; i < count; i++)
		IS(pthread_join(thread[i], NULL), 0);
}

#endif
