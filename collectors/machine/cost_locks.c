#include "collectors/machine/batch.h"
#include "collectors/machine/cost_parts.h"
#include <pthread.h>

#define ROOM 64

/* ---- a lock that nobody else wants ---- */

static bool lock_pairs(void *data, int times)
{
	pthread_mutex_t *mutex = data;
	for (int i = 0; i < times; i++) {
		pthread_mutex_lock(mutex);
		pthread_mutex_unlock(mutex);
	}
	return true;
}

static void *sleep_behind(void *mutex)
{
	pthread_mutex_lock(mutex);
	pthread_mutex_unlock(mutex);
	return NULL;
}

/* With one thread libc takes no atomic step, so there are two: the other one sleeps. */
static void measure_pairs(struct machine_costs *costs, uint64_t budget_ns)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, gate = PTHREAD_MUTEX_INITIALIZER;
	pthread_t sleeper;
	pthread_mutex_lock(&gate);
	if (pthread_create(&sleeper, NULL, sleep_behind, &gate) != 0)
		return;
	batch_measure(costs, COST_lock_pair, budget_ns, lock_pairs, &mutex);
	pthread_mutex_unlock(&gate);
	pthread_join(sleeper, NULL);
}

/* ---- a bounded queue ---- */

struct queue {
	pthread_mutex_t mutex;
	pthread_cond_t filled, emptied;
	int messages; /* in it */
	bool closed;
};

static void *take_messages(void *data)
{
	struct queue *q = data;
	bool closed = false;
	while (!closed) {
		pthread_mutex_lock(&q->mutex);
		while (!q->messages && !q->closed)
			pthread_cond_wait(&q->filled, &q->mutex);
		if (q->messages)
			q->messages--;
		else
			closed = true;
		pthread_cond_signal(&q->emptied);
		pthread_mutex_unlock(&q->mutex);
	}
	return NULL;
}

/* All have been taken when it returns. */
static bool put_messages(void *data, int times)
{
	struct queue *q = data;
	for (int i = 0; i < times; i++) {
		pthread_mutex_lock(&q->mutex);
		while (q->messages == ROOM)
			pthread_cond_wait(&q->emptied, &q->mutex);
		q->messages++;
		pthread_cond_signal(&q->filled);
		pthread_mutex_unlock(&q->mutex);
	}
	pthread_mutex_lock(&q->mutex);
	while (q->messages)
		pthread_cond_wait(&q->emptied, &q->mutex);
	pthread_mutex_unlock(&q->mutex);
	return true;
}

static void measure_queue(struct machine_costs *costs, uint64_t budget_ns)
{
	struct queue q = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
			  PTHREAD_COND_INITIALIZER, 0, false};
	pthread_t taker;
	if (pthread_create(&taker, NULL, take_messages, &q) != 0)
		return;
	batch_measure(costs, COST_queue, budget_ns, put_messages, &q);
	pthread_mutex_lock(&q.mutex);
	q.closed = true;
	pthread_cond_signal(&q.filled);
	pthread_mutex_unlock(&q.mutex);
	pthread_join(taker, NULL);
}

/* ---- a barrier ---- */

struct rounds {
	pthread_barrier_t barrier;
	uint64_t count; /* of the one who measures */
	uint64_t last;	/* the other one leaves after so many: set before that round begins */
};

static void *keep_up(void *data)
{
	struct rounds *r = data;
	uint64_t count = 0;
	do {
		pthread_barrier_wait(&r->barrier);
		count++;
	} while (count != __atomic_load_n(&r->last, __ATOMIC_ACQUIRE));
	return NULL;
}

static bool go_round(void *data, int times)
{
	struct rounds *r = data;
	for (int i = 0; i < times; i++)
		pthread_barrier_wait(&r->barrier);
	r->count += (uint64_t)times;
	return true;
}

static void measure_barrier(struct machine_costs *costs, uint64_t budget_ns)
{
	struct rounds r = {.count = 0};
	pthread_t other;
	if (pthread_barrier_init(&r.barrier, NULL, 2) != 0)
		return;
	if (pthread_create(&other, NULL, keep_up, &r) == 0) {
		batch_measure(costs, COST_barrier, budget_ns, go_round, &r);
		__atomic_store_n(&r.last, r.count + 1, __ATOMIC_RELEASE);
		pthread_barrier_wait(&r.barrier);
		pthread_join(other, NULL);
	}
	pthread_barrier_destroy(&r.barrier);
}

void cost_locks(struct machine_costs *costs, uint64_t budget_ns)
{
	measure_pairs(costs, budget_ns);
	measure_queue(costs, budget_ns);
	measure_barrier(costs, budget_ns);
}
