/* Recursive, error-checking, adaptive, robust and priority-inheriting mutexes: what each returns.
 */
#include "known.h"

pthread_mutex_t recursive_mu, check_mu, adaptive_mu, robust_mu, inherit_mu;

static void make(pthread_mutex_t *mutex, int type, int robust, int protocol)
{
	pthread_mutexattr_t attributes;
	IS(pthread_mutexattr_init(&attributes), 0);
	IS(pthread_mutexattr_settype(&attributes, type), 0);
	IS(pthread_mutexattr_setrobust(&attributes, robust), 0);
	IS(pthread_mutexattr_setprotocol(&attributes, protocol), 0);
	IS(pthread_mutex_init(mutex, &attributes), 0);
}

static void *take_all(void *unused)
{
	IS(pthread_mutex_trylock(&recursive_mu), EBUSY);
	IS(pthread_mutex_unlock(&recursive_mu), EPERM);
	IS(pthread_mutex_trylock(&check_mu), EBUSY);
	IS(pthread_mutex_unlock(&check_mu), EPERM);
	return unused;
}

static void *die_with_lock(void *unused)
{
	IS(pthread_mutex_lock(&robust_mu), 0);
	return unused;
}

/* Waits while the owner ends: the kernel hands it over. */
static void *die_late(void *unused)
{
	IS(pthread_mutex_lock(&robust_mu), 0);
	known_sleep(50);
	return unused;
}

static void *hold_inherit(void *unused)
{
	IS(pthread_mutex_lock(&inherit_mu), 0);
	known_sleep(200);
	IS(pthread_mutex_unlock(&inherit_mu), 0);
	return unused;
}

static void robust(void)
{
	known_threads(1, die_with_lock);
	IS(pthread_mutex_lock(&robust_mu), EOWNERDEAD);
	IS(pthread_mutex_consistent(&robust_mu), 0);
	IS(pthread_mutex_unlock(&robust_mu), 0);
	known_threads(1, die_with_lock);
	IS(pthread_mutex_trylock(&robust_mu), EOWNERDEAD);
	IS(pthread_mutex_consistent(&robust_mu), 0);
	IS(pthread_mutex_unlock(&robust_mu), 0);
	pthread_t thread;
	IS(pthread_create(&thread, NULL, die_late, NULL), 0);
	known_sleep(20);
	IS(pthread_mutex_lock(&robust_mu), EOWNERDEAD);
	IS(pthread_mutex_unlock(&robust_mu), 0);
	IS(pthread_mutex_lock(&robust_mu), ENOTRECOVERABLE);
	IS(pthread_join(thread, NULL), 0);
}

int main(void)
{
	pthread_t thread;
	make(&recursive_mu, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
	make(&check_mu, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
	make(&adaptive_mu, PTHREAD_MUTEX_ADAPTIVE_NP, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
	make(&robust_mu, PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
	make(&inherit_mu, PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT);
	for (int i = 0; i < 3; i++)
		IS(pthread_mutex_lock(&recursive_mu), 0);
	IS(pthread_mutex_lock(&check_mu), 0);
	IS(pthread_mutex_lock(&check_mu), EDEADLK);
	known_threads(1, take_all);
	for (int i = 0; i < 3; i++)
		IS(pthread_mutex_unlock(&recursive_mu), 0);
	IS(pthread_mutex_unlock(&recursive_mu), EPERM);
	IS(pthread_mutex_unlock(&check_mu), 0);
	for (int i = 0; i < 10; i++) {
		IS(pthread_mutex_lock(&adaptive_mu), 0);
		IS(pthread_mutex_unlock(&adaptive_mu), 0);
	}
	robust();
	IS(pthread_create(&thread, NULL, hold_inherit, NULL), 0);
	known_sleep(20);
	IS(pthread_mutex_lock(&inherit_mu), 0);
	IS(pthread_mutex_unlock(&inherit_mu), 0);
	IS(pthread_join(thread, NULL), 0);
	puts("kept");
	return 0;
}
