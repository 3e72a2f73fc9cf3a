/*
 * nested_holds slow: two locks, one inside the other, 300 times at about 1 kHz, by two threads with
 * locks of their own; then readers. nested_holds fast N: the same N times as fast as it goes.
 * nested_holds waits: a condition whose mutex is held before and after its waits.
 */
#include "known.h"

static pthread_mutex_t outer_mu[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_mutex_t inner_mu[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_rwlock_t read_rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t wait_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wait_cond = PTHREAD_COND_INITIALIZER;
static int turn;

static void once_nested(long i)
{
	pthread_mutex_lock(&outer_mu[i]);
	pthread_mutex_lock(&inner_mu[i]);
	pthread_mutex_unlock(&inner_mu[i]);
	pthread_mutex_unlock(&outer_mu[i]);
}

static void *slow(void *number)
{
	for (int i = 0; i < 300; i++) {
		once_nested((long)number);
		known_sleep(1);
	}
	for (int i = 0; i < 50; i++) {
		IS(pthread_rwlock_rdlock(&read_rw), 0);
		known_sleep(1);
		IS(pthread_rwlock_unlock(&read_rw), 0);
	}
	return NULL;
}

static void fast(long count)
{
	for (long i = 0; i < count; i++)
		once_nested(0);
}

static void *take_turns(void *number)
{
	for (int i = 0; i < 100; i++) {
		IS(pthread_mutex_lock(&wait_mu), 0);
		while (turn != (long)number)
			IS(pthread_cond_wait(&wait_cond, &wait_mu), 0);
		turn = !turn;
		IS(pthread_cond_signal(&wait_cond), 0);
		IS(pthread_mutex_unlock(&wait_mu), 0);
		known_sleep(1);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "fast"))
		fast(atol(argv[2]));
	else if (argc == 2 && !strcmp(argv[1], "waits"))
		known_threads(2, take_turns);
	else
		known_threads(2, slow);
	return 0;
}
