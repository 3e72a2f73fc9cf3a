/* What the threads of each row do in a batch. */
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collectors/parprof.h"
#include "workload.h"

#define MANY 1000

static pthread_mutex_t mutex[MANY] __attribute__((aligned(64)));
static struct {
	pthread_mutex_t mutex;
} __attribute__((aligned(128))) own[THREADS_MAX];
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_cond_t turned[2] = {PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER};
static int turn;
static sem_t ball[2];
static pthread_barrier_t barrier;

static uint64_t section_rounds(const struct worker *worker)
{
	return (uint64_t)(worker->row->section_ns * rounds_per_ns);
}

static bool go_on(struct worker *worker)
{
	if (worker->done == worker->operations)
		__atomic_store_n(&first_done, true, __ATOMIC_RELAXED);
	return !__atomic_load_n(&first_done, __ATOMIC_RELAXED);
}

static void pair_one(struct worker *worker)
{
	for (; worker->done < worker->operations; worker->done++) {
		pthread_mutex_lock(&mutex[0]);
		pthread_mutex_unlock(&mutex[0]);
	}
}

static void pair_many(struct worker *worker)
{
	for (; worker->done < worker->operations; worker->done++) {
		pthread_mutex_t *one = &mutex[worker->done % MANY];

		pthread_mutex_lock(one);
		pthread_mutex_unlock(one);
	}
}

/* Worker 1 only exists: with a second thread, libc's locks become atomic. */
static void pair_with_sleeper(struct worker *worker)
{
	if (worker->index == 0)
		pair_one(worker);
	else
		worker->done = worker->operations;
}

static void pair_many_with_sleeper(struct worker *worker)
{
	if (worker->index == 0)
		pair_many(worker);
	else
		worker->done = worker->operations;
}

static void pair_own(struct worker *worker)
{
	pthread_mutex_t *one = &own[worker->index].mutex;

	for (; worker->done < worker->operations; worker->done++) {
		pthread_mutex_lock(one);
		pthread_mutex_unlock(one);
	}
}

static void contended(struct worker *worker)
{
	uint64_t rounds = section_rounds(worker);

	for (; go_on(worker); worker->done++) {
		pthread_mutex_lock(&mutex[0]);
		work(rounds);
		pthread_mutex_unlock(&mutex[0]);
		work(rounds);
	}
}

static void read_pair(struct worker *worker)
{
	for (; worker->done < worker->operations; worker->done++) {
		pthread_rwlock_rdlock(&rwlock);
		pthread_rwlock_unlock(&rwlock);
	}
}

static void read_write(struct worker *worker)
{
	uint64_t rounds = section_rounds(worker);

	for (; go_on(worker); worker->done++) {
		if (worker->done % 100 == 99)
			pthread_rwlock_wrlock(&rwlock);
		else
			pthread_rwlock_rdlock(&rwlock);
		work(rounds);
		pthread_rwlock_unlock(&rwlock);
		work(rounds);
	}
}

static void spin_pair(struct worker *worker)
{
	for (; worker->done < worker->operations; worker->done++) {
		pthread_spin_lock(&spin);
		pthread_spin_unlock(&spin);
	}
}

static void spin_contended(struct worker *worker)
{
	uint64_t rounds = section_rounds(worker);

	for (; go_on(worker); worker->done++) {
		pthread_spin_lock(&spin);
		work(rounds);
		pthread_spin_unlock(&spin);
		work(rounds);
	}
}

/* One operation is a round trip: each of the two threads has had its turn. */
static void condition_turns(struct worker *worker)
{
	int me = worker->index;

	for (; worker->done < worker->operations; worker->done++) {
		pthread_mutex_lock(&mutex[0]);
		while (turn != me)
			pthread_cond_wait(&turned[me], &mutex[0]);
		turn = !me;
		pthread_cond_signal(&turned[!me]);
		pthread_mutex_unlock(&mutex[0]);
	}
}

static void semaphore_turns(struct worker *worker)
{
	int me = worker->index;

	for (; worker->done < worker->operations; worker->done++) {
		if (me == 0)
			sem_post(&ball[1]);
		sem_wait(&ball[me]);
		if (me == 1)
			sem_post(&ball[0]);
	}
}

static void barriers(struct worker *worker)
{
	for (; worker->done < worker->operations; worker->done++)
		pthread_barrier_wait(&barrier);
}

static void *nothing(void *argument)
{
	return argument;
}

static void create_join(struct worker *worker)
{
	for (; worker->done < worker->operations; worker->done++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, nothing, NULL) == 0)
			pthread_join(thread, NULL);
	}
}

static void fork_wait(struct worker *worker)
{
	for (; worker->done < worker->operations; worker->done++) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		if (child > 0)
			waitpid(child, NULL, 0);
	}
}

__attribute__((constructor)) static void make_objects(void)
{
	for (int i = 0; i < MANY; i++)
		pthread_mutex_init(&mutex[i], NULL);
	for (int i = 0; i < THREADS_MAX; i++)
		pthread_mutex_init(&own[i].mutex, NULL);
	pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
	for (int i = 0; i < 2; i++)
		sem_init(&ball[i], 0, 0);
	pthread_barrier_init(&barrier, NULL, 2);
}

static void marks_progress(struct worker *worker)
{
	for (; worker->done < worker->operations; worker->done++)
		parprof_progress("operation");
}

static void marks_tasks(struct worker *worker)
{
	parprof_site_begin("operations");
	for (; worker->done < worker->operations; worker->done++) {
		parprof_task_begin();
		parprof_task_end();
	}
	parprof_site_end();
}

const struct row rows[] = {
    /* name, threads, operations, shared, sleeps, section ns, batch */
    {"pair_1", 1, 2000000, false, false, 0, pair_one},
    {"pair_1_of_2", 2, 2000000, false, false, 0, pair_with_sleeper},
    {"pair_1000", 1, 2000000, false, false, 0, pair_many},
    {"pair_1000_of_2", 2, 2000000, false, false, 0, pair_many_with_sleeper},
    {"pair_own_2", 2, 2000000, false, false, 0, pair_own},
    {"lock_2x100ns", 2, 100000, true, true, 100, contended},
    {"lock_4x100ns", 4, 50000, true, true, 100, contended},
    {"lock_2x1us", 2, 5000, true, true, 1000, contended},
    {"lock_4x1us", 4, 2500, true, true, 1000, contended},
    {"rwlock_read", 1, 1000000, false, false, 0, read_pair},
    {"rwlock_2x100ns", 2, 100000, true, true, 100, read_write},
    {"spin_1", 1, 2000000, false, false, 0, spin_pair},
    {"spin_2x50ns", 2, 200000, true, false, 50, spin_contended},
    {"condition", 2, 500, false, true, 0, condition_turns},
    {"semaphore", 2, 1000, false, true, 0, semaphore_turns},
    {"barrier", 2, 1000, false, true, 0, barriers},
    {"create_join", 1, 300, false, true, 0, create_join},
    {"fork_wait", 1, 50, false, true, 0, fork_wait},
    {"mark_progress", 1, 5000000, false, false, 0, marks_progress},
    {"mark_progress_2", 2, 5000000, false, false, 0, marks_progress},
    {"mark_task", 1, 1000000, false, false, 0, marks_tasks},
    {0},
};
