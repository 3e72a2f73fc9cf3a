/* endless [MS]: 2 threads take steady_mu with some contention, until killed or for so long. Prints
 * the count of pairs every 10 ms, so that a killed run leaves a lower bound; on SIGTERM and SIGINT
 * it ends with status 7. */
#include "known.h"
#include <signal.h>

pthread_mutex_t steady_mu = PTHREAD_MUTEX_INITIALIZER;
long pairs;
static volatile int stop;

static void on_signal(int signal)
{
	(void)signal;
	stop = 7;
}

static void *work(void *number)
{
	while (!stop) {
		pthread_mutex_lock(&steady_mu);
		pairs++;
		if (pairs % 64 == 0)
			known_sleep(1);
		pthread_mutex_unlock(&steady_mu);
	}
	return number;
}

int main(int argc, char **argv)
{
	pthread_t thread[2];
	int ms = argc > 1 ? atoi(argv[1]) : 30000;
	struct sigaction action = {.sa_handler = on_signal};
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	for (long i = 0; i < 2; i++)
		IS(pthread_create(&thread[i], NULL, work, (void *)i), 0);
	for (int i = 0; i < ms / 10 && !stop; i++) {
		known_sleep(10);
		printf("%ld\n", __atomic_load_n(&pairs, __ATOMIC_RELAXED));
		fflush(stdout);
	}
	int status = stop;
	stop = stop ? stop : 1;
	for (int i = 0; i < 2; i++)
		IS(pthread_join(thread[i], NULL), 0);
	return status;
}
