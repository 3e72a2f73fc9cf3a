/* 4 threads × 1000 pairs on a mutex for each function that takes one. */
#include "known.h"

#define PAIRS 1000
pthread_mutex_t plain_mu = PTHREAD_MUTEX_INITIALIZER, timed_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t clock_mu = PTHREAD_MUTEX_INITIALIZER, try_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t taken_mu = PTHREAD_MUTEX_INITIALIZER, free_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t late_mu = PTHREAD_MUTEX_INITIALIZER;
long sum;

static void *work(void *number)
{
	struct timespec real = known_until(CLOCK_REALTIME, 60000);
	struct timespec monotonic = known_until(CLOCK_MONOTONIC, 60000);
	for (int i = 0; i < PAIRS; i++) {
		IS(pthread_mutex_lock(&plain_mu), 0);
		sum++;
		IS(pthread_mutex_unlock(&plain_mu), 0);
		IS(pthread_mutex_timedlock(&timed_mu, &real), 0);
		IS(pthread_mutex_unlock(&timed_mu), 0);
		IS(pthread_mutex_clocklock(&clock_mu, CLOCK_MONOTONIC, &monotonic), 0);
		IS(pthread_mutex_unlock(&clock_mu), 0);
		IS(pthread_mutex_trylock(&taken_mu), EBUSY);
		while (pthread_mutex_trylock(&try_mu))
			sched_yield();
		IS(pthread_mutex_unlock(&try_mu), 0);
	}
	return number;
}

int main(void)
{
	IS(pthread_mutex_lock(&taken_mu), 0);
	known_threads(4, work);
	for (int i = 0; i < PAIRS; i++) {
		IS(pthread_mutex_trylock(&free_mu), 0);
		IS(pthread_mutex_unlock(&free_mu), 0);
	}
	for (int i = 0; i < 5; i++) {
		struct timespec soon = known_until(CLOCK_REALTIME, 10);
		IS(pthread_mutex_timedlock(&taken_mu, &soon), ETIMEDOUT);
		soon = known_until(CLOCK_MONOTONIC, 10);
		IS(pthread_mutex_clocklock(&taken_mu, CLOCK_MONOTONIC, &soon), ETIMEDOUT);
	}
	struct timespec past = {0, 0};
	IS(pthread_mutex_timedlock(&taken_mu, &past), ETIMEDOUT);
	past.tv_nsec = -1;
	IS(pthread_mutex_timedlock(&taken_mu, &past), EINVAL);
	IS(pthread_mutex_timedlock(&late_mu, &past), 0);
	IS(pthread_mutex_unlock(&late_mu), 0);
	IS(pthread_mutex_unlock(&taken_mu), 0);
	printf("%ld\n", sum);
	return 0;
}
