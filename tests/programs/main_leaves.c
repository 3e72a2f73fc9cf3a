/* main ends by pthread_exit while a thread goes on and prints; the process ends with it, status 0.
 */
#include "known.h"

pthread_mutex_t out_mu = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *unused)
{
	for (int i = 0; i < 100; i++) {
		IS(pthread_mutex_lock(&out_mu), 0);
		known_sleep(1);
		IS(pthread_mutex_unlock(&out_mu), 0);
	}
	for (volatile long i = 0; i < 100000000; i++)
		;
	puts("still here");
	return unused;
}

int main(void)
{
	pthread_t thread;
	IS(pthread_create(&thread, NULL, work, NULL), 0);
	known_sleep(20);
	pthread_exit(NULL);
}
