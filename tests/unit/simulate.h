/*
 * A small machine for history_random(): threads that do something random next, one event after the
 * other. simulate.c: time and waits; simulate_locks.c: locks, tokens, signals, arrivals.
 */
#ifndef PARPROF_SIMULATE_H
#define PARPROF_SIMULATE_H

#include "tests/unit/history_random.h"

enum {
	MUTEXES = 2,
	RWLOCKS = 1,
	LOCKS = MUTEXES + RWLOCKS + 1,
	HELD = 3,
	SOON = 2000,
	LONG = 20000
};
enum { SEMAPHORE = LOCKS, CONDITION, BARRIER, FUTEX, SLEEP, INPUT, JOIN, OBJECTS };

enum doing {
	UNBORN,
	RUNS,	 /* until at */
	BLOCKED, /* somebody has to wake it */
	WOKEN,	 /* runs again at `at`, and looks whether it has what it waited for */
	RETURNS, /* from a wait, at `at` */
	OVER,
};

struct held {
	uint32_t lock;
	int64_t acquired;
	bool shared, contended;
};

struct actor {
	enum doing doing;
	int64_t at;
	struct held held[HELD];
	int holds;
	/* the wait it is in */
	struct history_wait wait;
	uint32_t waits_for; /* object: of a condition, later its mutex */
	struct truth truth;
	int64_t came; /* when it joined the queue: first come, first woken */
	/* what the kernel would say of it */
	int64_t cpu, off;
	uint32_t voluntary, involuntary;
};

struct lock {
	int holders; /* of readers so many */
	bool shared;
	uint32_t owner;
	uint32_t last[2]; /* that set it free: a writer, a reader */
	int64_t last_time[2];
	int tokens; /* of a semaphore */
	int64_t token_time[64];
	uint32_t token_by[64];
	bool stolen;	/* semaphore: a token was taken under a waiter's nose */
	bool unordered; /* woken ones came back in another order */
	int64_t gone;	/* barrier: when the last generation was let go */
	bool back;	/* and one of it came back since */
};

struct machine {
	struct history *h;
	struct dice dice;
	struct actor actor[RANDOM_THREADS];
	struct lock lock[OBJECTS];
	uint32_t join[RANDOM_THREADS]; /* object of each thread */
	struct truth *truth;
	size_t truths, truth_room;
	int events, threads, most_threads, parties;
	int64_t now;
	bool barging, off_core;
};

uint32_t roll(struct machine *m, uint32_t sides);
void run_on(struct machine *m, struct actor *a);
void begin_wait(struct machine *m, uint32_t t, uint32_t object);
void end_wait(struct machine *m, uint32_t t);
void woken_by(struct actor *a, uint32_t waker, int64_t time);
void wake(struct machine *m, struct actor *a);
struct actor *first_waiting(struct machine *m, uint32_t object);
int waiting(const struct machine *m, uint32_t object);

void release(struct machine *m, uint32_t t, int index);
void take_lock(struct machine *m, uint32_t t);
void try_lock(struct machine *m, uint32_t t);
void wait_for_token(struct machine *m, uint32_t t);
void post(struct machine *m, uint32_t t);
void try_token(struct machine *m, uint32_t t);
void wait_for_signal(struct machine *m, uint32_t t);
void signal_some(struct machine *m, uint32_t t, uint32_t object);
void arrive(struct machine *m, uint32_t t);

#endif
