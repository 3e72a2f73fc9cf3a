/* Named and unnamed semaphores, each way to wait. */
#include "known.h"
#include <fcntl.h>
#include <semaphore.h>

#define ITEMS 1000
sem_t items_sem, empty_sem, ready_sem;
sem_t *named;

static void *produce(void *number)
{
	for (int i = 0; i < ITEMS; i++) {
		IS(sem_post(&items_sem), 0);
		IS(sem_post(named), 0);
	}
	return number;
}

static void *consume(void *number)
{
	for (int i = 0; i < ITEMS; i++) {
		IS(sem_wait(&items_sem), 0);
		IS(sem_wait(named), 0);
	}
	return number;
}

static void *work(void *number)
{
	return number ? produce(number) : consume(number);
}

static void all_ways(void)
{
	struct timespec real = known_until(CLOCK_REALTIME, 60000);
	struct timespec monotonic = known_until(CLOCK_MONOTONIC, 60000);
	for (int i = 0; i < 10; i++) {
		IS(sem_timedwait(&ready_sem, &real), 0);
		IS(sem_clockwait(&ready_sem, CLOCK_MONOTONIC, &monotonic), 0);
		IS(sem_trywait(&ready_sem), 0);
	}
	IS(sem_trywait(&ready_sem), -1);
	IS(errno, EAGAIN);
	for (int i = 0; i < 5; i++) {
		struct timespec soon = known_until(CLOCK_REALTIME, 10);
		errno = 0;
		IS(sem_timedwait(&empty_sem, &soon), -1);
		IS(errno, ETIMEDOUT);
		soon = known_until(CLOCK_MONOTONIC, 10);
		errno = 0;
		IS(sem_clockwait(&empty_sem, CLOCK_MONOTONIC, &soon), -1);
		IS(errno, ETIMEDOUT);
	}
}

int main(void)
{
	char name[64];
	snprintf(name, sizeof(name), "/known-%d", (int)getpid());
	named = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	IS(named == SEM_FAILED, 0);
	IS(sem_unlink(name), 0);
	IS(sem_init(&items_sem, 0, 0), 0);
	IS(sem_init(&empty_sem, 0, 0), 0);
	IS(sem_init(&ready_sem, 0, 30), 0);
	known_threads(2, work);
	all_ways();
	int value = -1;
	IS(sem_getvalue(&items_sem, &value), 0);
	IS(sem_close(named), 0);
	IS(sem_destroy(&ready_sem), 0);
	printf("%d\n", value);
	return 0;
}
