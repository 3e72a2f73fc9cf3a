/* many_threads TOTAL AT_ONCE STACK: threads in waves, each taking count_mu ten times. STACK in
 * bytes, 0: PTHREAD_STACK_MIN. In a wave all threads live at the same time. */
#include "known.h"

pthread_mutex_t count_mu = PTHREAD_MUTEX_INITIALIZER, gate_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t gate_cond = PTHREAD_COND_INITIALIZER;
long sum, arrived, wave;

static void *work(void *size)
{
	for (int i = 0; i < 10; i++) {
		IS(pthread_mutex_lock(&count_mu), 0);
		sum++;
		IS(pthread_mutex_unlock(&count_mu), 0);
	}
	IS(pthread_mutex_lock(&gate_mu), 0);
	long mine = wave;
	if (++arrived == (long)size) {
		wave++;
		arrived = 0;
		IS(pthread_cond_broadcast(&gate_cond), 0);
	}
	while (wave == mine)
		IS(pthread_cond_wait(&gate_cond, &gate_mu), 0);
	IS(pthread_mutex_unlock(&gate_mu), 0);
	return NULL;
}

static void run_wave(long size, const pthread_attr_t *attributes)
{
	pthread_t *thread = malloc((size_t)size * sizeof(*thread));
	for (long i = 0; i < size; i++)
		IS(pthread_create(&thread[i], attributes, work, (void *)size), 0);
	for (long i = 0; i < size; i++)
		IS(pthread_join(thread[i], NULL), 0);
	free(thread);
}

int main(int argc, char **argv)
{
	pthread_attr_t attributes;
	IS(argc, 4);
	long total = atol(argv[1]), at_once = atol(argv[2]), stack = atol(argv[3]);
	IS(pthread_attr_init(&attributes), 0);
	IS(pthread_attr_setstacksize(&attributes,
				     stack ? (size_t)stack : (size_t)PTHREAD_STACK_MIN),
	   0);
	for (long done = 0; done < total; done += at_once)
		run_wave(at_once, &attributes);
	printf("%ld\n", sum);
	return 0;
}
