/* holds_so_long A [B]: 2 threads take slow_mu 5 times each, sleeping A ms under it, and fast_mu
 * with B ms (0). */
#include "known.h"

pthread_mutex_t slow_mu = PTHREAD_MUTEX_INITIALIZER, fast_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t start;
static long slow_ms, fast_ms;

NOINLINE void hold(pthread_mutex_t *mu, long ms)
{
	IS(pthread_mutex_lock(mu), 0);
	known_sleep(ms);
	IS(pthread_mutex_unlock(mu), 0);
	known_sleep(1); /* the other one gets it */
}

static void *work(void *number)
{
	pthread_barrier_wait(&start);
	for (int i = 0; i < 5; i++)
		hold(&slow_mu, slow_ms);
	for (int i = 0; i < 5 && fast_ms; i++)
		hold(&fast_mu, fast_ms);
	return number;
}

int main(int argc, char **argv)
{
	slow_ms = argc > 1 ? atol(argv[1]) : 20;
	fast_ms = argc > 2 ? atol(argv[2]) : 0;
	IS(pthread_barrier_init(&start, NULL, 2), 0);
	known_threads(2, work);
	return 0;
}
