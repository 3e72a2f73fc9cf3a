/* 4 threads × 500 on a rwlock by each function, and what fails. */
#include "known.h"

#define PAIRS 500
pthread_rwlock_t read_rw = PTHREAD_RWLOCK_INITIALIZER, write_rw = PTHREAD_RWLOCK_INITIALIZER;
pthread_rwlock_t mixed_rw = PTHREAD_RWLOCK_INITIALIZER, busy_rw = PTHREAD_RWLOCK_INITIALIZER;
pthread_rwlock_t shared_rw = PTHREAD_RWLOCK_INITIALIZER;
long written;

static void *work(void *number)
{
	struct timespec real = known_until(CLOCK_REALTIME, 60000);
	struct timespec monotonic = known_until(CLOCK_MONOTONIC, 60000);
	for (int i = 0; i < PAIRS; i++) {
		IS(pthread_rwlock_rdlock(&read_rw), 0);
		IS(pthread_rwlock_unlock(&read_rw), 0);
		IS(pthread_rwlock_timedrdlock(&read_rw, &real), 0);
		IS(pthread_rwlock_unlock(&read_rw), 0);
		IS(pthread_rwlock_clockrdlock(&read_rw, CLOCK_MONOTONIC, &monotonic), 0);
		IS(pthread_rwlock_unlock(&read_rw), 0);
		IS(pthread_rwlock_tryrdlock(&read_rw), 0);
		IS(pthread_rwlock_unlock(&read_rw), 0);
		IS(pthread_rwlock_wrlock(&write_rw), 0);
		written++;
		IS(pthread_rwlock_unlock(&write_rw), 0);
		IS(pthread_rwlock_timedwrlock(&write_rw, &real), 0);
		IS(pthread_rwlock_unlock(&write_rw), 0);
		IS(pthread_rwlock_clockwrlock(&write_rw, CLOCK_MONOTONIC, &monotonic), 0);
		IS(pthread_rwlock_unlock(&write_rw), 0);
		IS(i % 10 ? pthread_rwlock_rdlock(&mixed_rw) : pthread_rwlock_wrlock(&mixed_rw), 0);
		IS(pthread_rwlock_unlock(&mixed_rw), 0);
		IS(pthread_rwlock_trywrlock(&busy_rw), EBUSY);
		IS(pthread_rwlock_tryrdlock(&busy_rw), EBUSY);
		IS(pthread_rwlock_trywrlock(&shared_rw), EBUSY);
	}
	return number;
}

int main(void)
{
	IS(pthread_rwlock_wrlock(&busy_rw), 0);
	IS(pthread_rwlock_rdlock(&shared_rw), 0);
	known_threads(4, work);
	IS(pthread_rwlock_wrlock(&busy_rw), EDEADLK);
	struct timespec soon = known_until(CLOCK_MONOTONIC, 5);
	IS(pthread_rwlock_clockwrlock(&shared_rw, CLOCK_MONOTONIC, &soon), ETIMEDOUT);
	IS(pthread_rwlock_unlock(&shared_rw), 0);
	IS(pthread_rwlock_unlock(&busy_rw), 0);
	IS(pthread_rwlock_trywrlock(&busy_rw), 0);
	IS(pthread_rwlock_unlock(&busy_rw), 0);
	printf("%ld\n", written);
	return 0;
}
