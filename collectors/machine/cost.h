/*
 * What threads, locks, messages and memory cost on this machine, measured here and now.
 *
 * Invariants
 *  - All of it takes about COSTS_LIMIT_NS and memory for the arrays of cost_together.c.
 *  - A cost is the median of batches with their quartiles; one that could not be measured is not
 *    there. Quartiles are far apart when other programs ran: `others` says how much of the CPUs.
 *  - Called with one thread: it forks. Nothing is left behind.
 */
#ifndef PARPROF_COST_H
#define PARPROF_COST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COSTS_LIMIT_NS 2000000000u

/* key, unit, what it is, how it is measured. B/s, 1/s: bytes, steps per second of all
 * threads together. */
#define COSTS(X)                                                                                   \
	X(lock_pair, "ns", "lock and unlock, nobody waits",                                        \
	  "a mutex that no other thread wants, in a process with a second thread")                 \
	X(wake_call, "ns", "to wake a thread, for the one who wakes",                              \
	  "the call futex(FUTEX_WAKE) with one sleeper")                                           \
	X(wake_up, "ns", "until a woken thread runs",                                              \
	  "from futex(FUTEX_WAKE) until the sleeper's futex(FUTEX_WAIT) has returned")             \
	X(hand_over, "ns", "until a waiter has the lock",                                          \
	  "from pthread_mutex_unlock until the sleeper's pthread_mutex_lock has returned")         \
	X(queue, "ns", "message through a queue",                                                  \
	  "a mutex and two conditions around room for 64, from one thread to another, one by one") \
	X(barrier, "ns", "barrier of two threads", "pthread_barrier_wait, again and again")        \
	X(pipe, "ns", "message and answer through pipes", "one byte each, between two processes")  \
	X(create_join, "ns", "to create and join a thread",                                        \
	  "pthread_create of nothing, then join")                                                  \
	X(fork_wait, "ns", "to fork and await a process", "fork, _exit, waitpid; of this program") \
	X(fork_used, "ns", "to fork a process that uses memory",                                   \
	  "fork, a store to every fourth page of 8 MiB in the child, _exit, waitpid")              \
	X(read, "B/s", "reading memory", "each thread adds up its part of one large array")        \
	X(copy, "B/s", "copying memory", "memcpy inside each part; bytes read and written")        \
	X(compute, "1/s", "computing", "each thread multiplies and shifts in registers")

enum cost_number {
#define X(key, unit, name, method) COST_##key,
	COSTS(X)
#undef X
	    COST_COUNT
};

struct cost {
	enum cost_number number;
	int threads;
	double low, median, high; /* quartiles */
	int batches, times;	  /* so many batches of so many times */
};

enum { COSTS_MAX = 64 };
struct machine_costs {
	struct cost cost[COSTS_MAX];
	size_t count;
	double others;	      /* part of all CPUs' time that others and the host took meanwhile */
	uint64_t array_bytes; /* that bandwidth was measured with */
	int64_t measured_unix_ns;
};

struct machine;

void costs_measure_all(struct machine_costs *, const struct machine *);

/* NULL: it was not measured with so many threads. */
const struct cost *costs_find(const struct machine_costs *, enum cost_number, int threads);

const char *cost_key(enum cost_number);
const char *cost_unit(enum cost_number);
const char *cost_name(enum cost_number);
const char *cost_method(enum cost_number);
/* Its quartiles are more than half of it apart. */
bool cost_noisy(const struct cost *);
/* Too many of them are, or others took too much, to be relied on. */
bool costs_noisy(const struct machine_costs *);

#endif
