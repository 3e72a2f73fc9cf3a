/* short_threads TOTAL: threads one after the other, each computing for some microseconds. */
#include "known.h"

static void *work(void *unused)
{
	(void)unused;
	for (volatile int i = 0; i < 10000; i++)
		;
	return NULL;
}

int main(int argc, char **argv)
{
	long total = argc > 1 ? atol(argv[1]) : 1;
	for (long i = 0; i < total; i++) {
		pthread_t t;
		IS(pthread_create(&t, NULL, work, NULL), 0);
		IS(pthread_join(t, NULL), 0);
	}
	printf("%ld\n", total);
	return 0;
}
