/* many_locks N: two threads that take N locks of their own names, one after the other. */
#include "known.h"

enum { MOST = 16384 };
static pthread_mutex_t locks[MOST];
static long count, sum;

static void *work(void *unused)
{
	for (long i = 0; i < count; i++) {
		IS(pthread_mutex_lock(&locks[i]), 0);
		for (volatile int spin = 0; spin < 200; spin++)
			;
		__atomic_fetch_add(&sum, 1, __ATOMIC_RELAXED);
		IS(pthread_mutex_unlock(&locks[i]), 0);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread[2];
	count = argc > 1 ? atol(argv[1]) : 1000;
	IS(count <= MOST, 1);
	for (long i = 0; i < count; i++)
		IS(pthread_mutex_init(&locks[i], NULL), 0);
	for (int i = 0; i < 2; i++)
		IS(pthread_create(&thread[i], NULL, work, NULL), 0);
	for (int i = 0; i < 2; i++)
		IS(pthread_join(thread[i], NULL), 0);
	printf("%ld\n", sum);
	return sum != 2 * count;
}
