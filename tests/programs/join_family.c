/* Every way to join, with known waits: join 200 ms, timed 200 ms, clock 200 ms, a try that fails,
 * one that times out after 20 ms. */
#include "known.h"
#include <threads.h>

static void *nap(void *ms)
{
	known_sleep((long)ms);
	return ms;
}

static int nap_c11(void *ms)
{
	known_sleep((long)ms);
	return 7;
}

static pthread_t start(long ms)
{
	pthread_t thread;
	IS(pthread_create(&thread, NULL, nap, (void *)ms), 0);
	return thread;
}

int main(void)
{
	void *value;
	int c11_value;
	thrd_t c11;
	struct timespec real, monotonic;

	IS(pthread_join(start(200), &value), 0);
	IS(value, 200);
	real = known_until(CLOCK_REALTIME, 60000);
	IS(pthread_timedjoin_np(start(200), &value, &real), 0);
	monotonic = known_until(CLOCK_MONOTONIC, 60000);
	IS(pthread_clockjoin_np(start(200), &value, CLOCK_MONOTONIC, &monotonic), 0);
	pthread_t slow = start(200);
	IS(pthread_tryjoin_np(slow, &value), EBUSY);
	real = known_until(CLOCK_REALTIME, 20);
	IS(pthread_timedjoin_np(slow, &value, &real), ETIMEDOUT);
	IS(pthread_join(slow, &value), 0);
	IS(thrd_create(&c11, nap_c11, (void *)200L), thrd_success);
	IS(thrd_join(c11, &c11_value), thrd_success);
	IS(c11_value, 7);
	IS(pthread_join(pthread_self(), NULL), EDEADLK);
	puts("joined");
	return 0;
}
