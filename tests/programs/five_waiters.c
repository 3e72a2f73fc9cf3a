/* One thread holds a lock for 100 ms; five wait for it, and each then holds it for a moment. The
 * whole wait of about 500 ms is the doing of slow_holder, not of the one that unlocked last. */
#include "known.h"

pthread_mutex_t hot_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_barrier_t start;

NOINLINE void slow_holder(void)
{
	IS(pthread_mutex_lock(&hot_mu), 0);
	pthread_barrier_wait(&start);
	known_sleep(100);
	IS(pthread_mutex_unlock(&hot_mu), 0);
}

NOINLINE void quick_holder(void)
{
	pthread_barrier_wait(&start);
	WAITS(pthread_mutex_lock(&hot_mu));
	IS(pthread_mutex_unlock(&hot_mu), 0);
}

static void *work(void *number)
{
	number ? quick_holder() : slow_holder();
	return NULL;
}

int main(void)
{
	IS(pthread_barrier_init(&start, NULL, 6), 0);
	known_threads(6, work);
	printf("%ld\n", known_waited);
	return 0;
}
