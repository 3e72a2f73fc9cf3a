/* Four workers of a pool without much work: they wait at queue_cond for 300 ms, which is idleness,
 * not contention. 20 jobs. */
#include "known.h"

pthread_mutex_t queue_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t queue_cond = PTHREAD_COND_INITIALIZER;
int jobs, closed, done;

NOINLINE void *worker(void *number)
{
	IS(pthread_mutex_lock(&queue_mu), 0);
	while (!closed || jobs) {
		if (jobs) {
			jobs--;
			done++;
		} else {
			WAITS(pthread_cond_wait(&queue_cond, &queue_mu));
		}
	}
	IS(pthread_mutex_unlock(&queue_mu), 0);
	return number;
}

static void submit(void)
{
	IS(pthread_mutex_lock(&queue_mu), 0);
	jobs++;
	IS(pthread_cond_signal(&queue_cond), 0);
	IS(pthread_mutex_unlock(&queue_mu), 0);
}

int main(void)
{
	pthread_t thread[4];
	for (int i = 0; i < 4; i++)
		IS(pthread_create(&thread[i], NULL, worker, NULL), 0);
	for (int i = 0; i < 20; i++) {
		submit();
		known_sleep(15);
	}
	IS(pthread_mutex_lock(&queue_mu), 0);
	closed = 1;
	IS(pthread_cond_broadcast(&queue_cond), 0);
	IS(pthread_mutex_unlock(&queue_mu), 0);
	for (int i = 0; i < 4; i++)
		IS(pthread_join(thread[i], NULL), 0);
	IS(done, 20);
	printf("%ld\n", known_waited);
	return 0;
}
