/*
 * A program whose bottleneck is known because it was put in: model SHAPE key=value… runs work of
 * that shape and prints what it knows itself: its wall time, and of each lock the exact count of
 * acquisitions and the time held and waited.
 *
 * The work is the same whatever the number of threads: item i takes times that depend on i alone,
 * and item i is done by thread i modulo threads.
 */
#ifndef MODEL_H
#define MODEL_H

#include "tests/programs/known.h"
#include <stdbool.h>
#include <stdint.h>

#define MODEL_LISTED 8 /* values of one key, locks, stages */
#define MODEL_THREADS 128

/* Arguments key=value. A key that no shape asked for ends the program with a message. */
double model_number(const char *key, double otherwise);
const char *model_word(const char *key, const char *otherwise);
int model_list(const char *key, const char *otherwise, double *values); /* a,b,c: how many */

/* Uniform in [0, 1): the same for the same item and purpose. */
double model_random(uint32_t item, uint32_t purpose);
/* That many µs, more or less by the argument vary (0.3: 30 %). */
double model_varied(double us, uint32_t item, uint32_t purpose);
/* Spends µs asleep, or on CPU with time=spin: then it is CPU time, whoever else runs. A macro, so
 * that it is the function around it that sleeps. */
#define model_spend(us)                                                                            \
	do {                                                                                       \
		struct timespec time_ = model_time(us);                                            \
		if (model_spins)                                                                   \
			model_spin(time_);                                                         \
		else if (time_.tv_sec || time_.tv_nsec)                                            \
			IS(nanosleep(&time_, NULL), 0);                                            \
	} while (0)
struct timespec model_time(double us);
void model_spin(struct timespec);
extern bool model_spins;

/* Locks by number: 0 is lock_a, 1 lock_b … model_locks() says of which kind they all are. */
void model_locks(const char *kind, int shards);
void model_acquire(int lock, uint32_t item, bool shared);
void model_release(int lock, uint32_t item);
bool model_try(int lock, uint32_t item);
void model_waited(int lock, long since); /* for those that model_try() */
/* At the end of every thread that used a lock: adds up what it knows. */
void model_thread_ends(void);

#define MODEL_SHAPES(X)                                                                            \
	X(lock)                                                                                    \
	X(reporter) X(chain) X(phases) X(forkjoin) X(pipeline) X(pool) X(herd) X(feed) X(alone)
#define X(name) void shape_##name(void);
MODEL_SHAPES(X)
#undef X

#endif
