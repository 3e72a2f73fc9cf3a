/* A semaphore used as a lock by two threads, each of which takes and posts it; every hold is 5 ms
 * by hold_long in thread 0 and nothing in thread 1. */
#include "known.h"
#include <semaphore.h>

sem_t guard_sem;

NOINLINE void hold_long(void)
{
	WAITS(sem_wait(&guard_sem));
	known_sleep(5);
	IS(sem_post(&guard_sem), 0);
}

NOINLINE void hold_short(void)
{
	WAITS(sem_wait(&guard_sem));
	IS(sem_post(&guard_sem), 0);
}

static void *work(void *number)
{
	for (int i = 0; i < 40; i++) {
		number ? hold_short() : hold_long();
		known_sleep(1);
	}
	return number;
}

int main(void)
{
	IS(sem_init(&guard_sem, 0, 1), 0);
	known_threads(2, work);
	printf("%ld\n", known_waited);
	return 0;
}
