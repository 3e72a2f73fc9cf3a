/* Ten times the writer holds cache_mu for 50 ms while the reader waits for nearly all of it. */
#include "known.h"

pthread_mutex_t cache_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_barrier_t both;

NOINLINE void rebuild_cache(void)
{
	IS(pthread_mutex_lock(&cache_mu), 0);
	pthread_barrier_wait(&both);
	known_sleep(50);
	IS(pthread_mutex_unlock(&cache_mu), 0);
}

NOINLINE void read_cache(void)
{
	pthread_barrier_wait(&both);
	WAITS(pthread_mutex_lock(&cache_mu));
	IS(pthread_mutex_unlock(&cache_mu), 0);
}

static void *work(void *number)
{
	pthread_setname_np(pthread_self(), number ? "reader" : "writer");
	for (int i = 0; i < 10; i++) {
		number ? read_cache() : rebuild_cache();
		pthread_barrier_wait(&both);
	}
	return number;
}

int main(void)
{
	IS(pthread_barrier_init(&both, NULL, 2), 0);
	known_threads(2, work);
	printf("%ld\n", known_waited);
	return 0;
}
