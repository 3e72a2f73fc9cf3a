/* 3 threads, 20 rounds; thread 2 comes 10 ms late to each, so the others wait 200 ms each. */
#include "known.h"

pthread_barrier_t round_barrier;
int serial;

NOINLINE void be_late(void)
{
	known_sleep(10);
}

static void *work(void *number)
{
	for (int i = 0; i < 20; i++) {
		if ((long)number == 2)
			be_late();
		long begin = known_now();
		int result = pthread_barrier_wait(&round_barrier);
		__atomic_add_fetch(&known_waited, known_now() - begin, __ATOMIC_RELAXED);
		if (result == PTHREAD_BARRIER_SERIAL_THREAD)
			__atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
		else
			IS(result, 0);
	}
	return NULL;
}

int main(void)
{
	IS(pthread_barrier_init(&round_barrier, NULL, 3), 0);
	known_threads(3, work);
	IS(pthread_barrier_destroy(&round_barrier), 0);
	IS(serial, 20);
	printf("%ld\n", known_waited);
	return 0;
}
