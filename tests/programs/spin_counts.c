/* 2 threads × 2000 on a spin lock, and 100 failed tries of another. */
#include "known.h"

pthread_spinlock_t fast_spin, taken_spin;
long sum;

static void *work(void *number)
{
	for (int i = 0; i < 2000; i++) {
		IS(pthread_spin_lock(&fast_spin), 0);
		sum++;
		IS(pthread_spin_unlock(&fast_spin), 0);
	}
	for (int i = 0; i < 50; i++)
		IS(pthread_spin_trylock(&taken_spin), EBUSY);
	return number;
}

int main(void)
{
	IS(pthread_spin_init(&fast_spin, PTHREAD_PROCESS_PRIVATE), 0);
	IS(pthread_spin_init(&taken_spin, PTHREAD_PROCESS_PRIVATE), 0);
	IS(pthread_spin_trylock(&taken_spin), 0);
	known_threads(2, work);
	IS(pthread_spin_unlock(&taken_spin), 0);
	IS(pthread_spin_destroy(&fast_spin), 0);
	IS(pthread_spin_destroy(&taken_spin), 0);
	printf("%ld\n", sum);
	return 0;
}
