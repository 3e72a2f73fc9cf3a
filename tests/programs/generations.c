/* Two locks at one address, one after the other, 300 and 700 pairs; then 5000 short-lived ones in
 * one block of memory, so that tables must stay small. */
#include "known.h"

struct job {
	pthread_mutex_t mutex;
	int value;
};

NOINLINE void use(pthread_mutex_t *mutex, int times)
{
	for (int i = 0; i < times; i++) {
		IS(pthread_mutex_lock(mutex), 0);
		IS(pthread_mutex_unlock(mutex), 0);
	}
}

NOINLINE void make_first(pthread_mutex_t *mutex)
{
	IS(pthread_mutex_init(mutex, NULL), 0);
	use(mutex, 300);
}

NOINLINE void make_second(pthread_mutex_t *mutex)
{
	IS(pthread_mutex_init(mutex, NULL), 0);
	use(mutex, 700);
}

NOINLINE void make_short(pthread_mutex_t *mutex)
{
	IS(pthread_mutex_init(mutex, NULL), 0);
	use(mutex, 1);
	IS(pthread_mutex_destroy(mutex), 0);
}

int main(void)
{
	struct job *job = malloc(sizeof(*job)), *many = malloc(50 * sizeof(*many));
	make_first(&job->mutex);
	IS(pthread_mutex_destroy(&job->mutex), 0);
	make_second(&job->mutex);
	IS(pthread_mutex_destroy(&job->mutex), 0);
	for (int i = 0; i < 5000; i++)
		make_short(&many[i % 50].mutex);
	free(job);
	free(many);
	puts("done");
	return 0;
}
