/* 20,000 short holds that nobody waits for, then 20 of 5 ms for which two threads contend, by the
 * same thread through the same call. Prints the sum of all holds and their number. */
#include "known.h"

pthread_mutex_t mixed_mu = PTHREAD_MUTEX_INITIALIZER, even_mu = PTHREAD_MUTEX_INITIALIZER;
static long held, holds;

NOINLINE void hold(long ms)
{
	IS(pthread_mutex_lock(&mixed_mu), 0);
	long begin = known_now();
	if (ms)
		known_sleep(ms);
	holds++;
	held += known_now() - begin;
	IS(pthread_mutex_unlock(&mixed_mu), 0);
}

static void *work(void *number)
{
	for (int i = 0; i < 20; i++)
		hold(5);
	return number;
}

NOINLINE void hold_even(void)
{
	IS(pthread_mutex_lock(&even_mu), 0);
	known_sleep(2);
	IS(pthread_mutex_unlock(&even_mu), 0);
}

int main(void)
{
	for (int i = 0; i < 20000; i++)
		hold(0);
	pthread_t thread;
	IS(pthread_create(&thread, NULL, work, NULL), 0);
	work(NULL);
	IS(pthread_join(thread, NULL), 0);
	for (int i = 0; i < 100; i++)
		hold_even();
	printf("%ld %ld\n", held, holds);
	return 0;
}
