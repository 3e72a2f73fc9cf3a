/* 3 threads come to a pthread_once whose routine takes 100 ms; two wait for it. Then 1000 calls
 * that find it done; and the C11 twin. */
#include "known.h"
#include <threads.h>

pthread_once_t slow_once = PTHREAD_ONCE_INIT;
once_flag c11_once = ONCE_FLAG_INIT;
pthread_barrier_t start;
int ran;
static long known_slept;

NOINLINE void load_tables(void)
{
	long begin = known_now();
	known_sleep(100);
	ran++;
	known_slept = known_now() - begin;
}

static void count(void)
{
	ran++;
}

static void *work(void *number)
{
	pthread_barrier_wait(&start);
	WAITS(pthread_once(&slow_once, load_tables));
	call_once(&c11_once, count);
	return number;
}

int main(void)
{
	IS(pthread_barrier_init(&start, NULL, 3), 0);
	known_threads(3, work);
	for (int i = 0; i < 1000; i++)
		IS(pthread_once(&slow_once, load_tables), 0);
	IS(ran, 2);
	printf("%ld\n", known_waited - known_slept);
	return 0;
}
