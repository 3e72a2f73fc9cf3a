/* contends N: 2 threads × N on contended_mu, each hold long enough to make the other one wait. */
#include "known.h"

pthread_mutex_t contended_mu = PTHREAD_MUTEX_INITIALIZER;
static long times, taken;

static void *work(void *number)
{
	for (long i = 0; i < times; i++) {
		IS(pthread_mutex_lock(&contended_mu), 0);
		for (volatile int spin = 0; spin < 300; spin++)
			;
		taken++;
		IS(pthread_mutex_unlock(&contended_mu), 0);
	}
	return number;
}

int main(int argc, char **argv)
{
	times = argc > 1 ? atol(argv[1]) : 1000;
	known_threads(2, work);
	printf("took %ld\n", taken);
	return 0;
}
