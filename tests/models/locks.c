/* The locks of the models, by kind and number, and what the model knows of them. */
#include "model.h"
#include <semaphore.h>

enum kind { MUTEX, RWLOCK, SPINLOCK, SEMAPHORE, NONE };
static enum kind kind;
static int shards;

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER, lock_b = PTHREAD_MUTEX_INITIALIZER,
		       lock_c = PTHREAD_MUTEX_INITIALIZER, lock_d = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock_a = PTHREAD_RWLOCK_INITIALIZER,
			rwlock_b = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spinlock_a;
static sem_t permits;
static pthread_mutex_t shard_of_a[64];

static pthread_mutex_t *const mutexes[] = {&lock_a, &lock_b, &lock_c, &lock_d};
static pthread_rwlock_t *const rwlocks[] = {&rwlock_a, &rwlock_b};

struct sum {
	long acquisitions, held, waited;
};
static struct sum sum[COUNT(mutexes)];
static __thread struct sum mine[COUNT(mutexes)];
static __thread long acquired[COUNT(mutexes)];

void model_locks(const char *word, int split)
{
	static const char *const words[] = {"mutex", "rwlock", "spinlock", "semaphore", "none"};
	for (size_t i = 0; i < COUNT(words); i++)
		if (!strcmp(word, words[i]))
			kind = (enum kind)i;
	shards = split;
	for (int i = 0; i < split; i++)
		IS(pthread_mutex_init(&shard_of_a[i], NULL), 0);
	if (kind == SPINLOCK)
		IS(pthread_spin_init(&spinlock_a, 0), 0);
	if (kind == SEMAPHORE)
		IS(sem_init(&permits, 0, (unsigned)model_number("permits", 1)), 0);
}

static pthread_mutex_t *mutex_of(int lock, uint32_t item)
{
	if (lock || shards < 2)
		return mutexes[lock];
	return &shard_of_a[(int)(model_random(item, 99) * shards)];
}

void model_acquire(int lock, uint32_t item, bool shared)
{
	long begin = known_now();
	if (kind == MUTEX)
		IS(pthread_mutex_lock(mutex_of(lock, item)), 0);
	else if (kind == RWLOCK && shared)
		IS(pthread_rwlock_rdlock(rwlocks[lock]), 0);
	else if (kind == RWLOCK)
		IS(pthread_rwlock_wrlock(rwlocks[lock]), 0);
	else if (kind == SPINLOCK)
		IS(pthread_spin_lock(&spinlock_a), 0);
	else if (kind == SEMAPHORE)
		IS(sem_wait(&permits), 0);
	acquired[lock] = known_now();
	mine[lock].acquisitions++;
	mine[lock].waited += acquired[lock] - begin;
}

bool model_try(int lock, uint32_t item)
{
	if (pthread_mutex_trylock(mutex_of(lock, item)))
		return false;
	acquired[lock] = known_now();
	mine[lock].acquisitions++;
	return true;
}

void model_waited(int lock, long since)
{
	mine[lock].waited += acquired[lock] - since;
}

void model_release(int lock, uint32_t item)
{
	mine[lock].held += known_now() - acquired[lock];
	if (kind == MUTEX)
		IS(pthread_mutex_unlock(mutex_of(lock, item)), 0);
	else if (kind == RWLOCK)
		IS(pthread_rwlock_unlock(rwlocks[lock]), 0);
	else if (kind == SPINLOCK)
		IS(pthread_spin_unlock(&spinlock_a), 0);
	else if (kind == SEMAPHORE)
		IS(sem_post(&permits), 0);
}

void model_thread_ends(void)
{
	for (size_t i = 0; i < COUNT(sum); i++) {
		__atomic_add_fetch(&sum[i].acquisitions, mine[i].acquisitions, __ATOMIC_RELAXED);
		__atomic_add_fetch(&sum[i].held, mine[i].held, __ATOMIC_RELAXED);
		__atomic_add_fetch(&sum[i].waited, mine[i].waited, __ATOMIC_RELAXED);
	}
}

void model_print_locks(void)
{
	static const char *const names[][COUNT(sum)] = {{"lock_a", "lock_b", "lock_c", "lock_d"},
							{"rwlock_a", "rwlock_b", "", ""},
							{"spinlock_a", "", "", ""},
							{"permits", "", "", ""}};
	for (size_t i = 0; i < COUNT(sum) && kind != NONE; i++)
		if (sum[i].acquisitions)
			printf("%s %ld %ld %ld\n",
			       i == 0 && shards > 1 ? "shard_of_a" : names[kind][i],
			       sum[i].acquisitions, sum[i].held, sum[i].waited);
}
