/* Threads of one core that give it to each other all the time. yields THREADS TIMES */
#include "known.h"
#include <sched.h>

static long times;

static void *yielder(void *number)
{
	pthread_setname_np(pthread_self(), "yielder");
	for (long i = 0; i < times; i++)
		sched_yield();
	return number;
}

int main(int argc, char **argv)
{
	pthread_t thread[16];
	long threads = argc > 1 ? atol(argv[1]) : 4;
	times = argc > 2 ? atol(argv[2]) : 50000;
	for (long i = 0; i < threads && i < 16; i++)
		pthread_create(&thread[i], NULL, yielder, NULL);
	for (long i = 0; i < threads && i < 16; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
