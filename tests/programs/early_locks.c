/* Locks taken before main (preinit array, constructor), after it (destructor, atexit), and by
 * destructors of thread-specific data. 7, 11, 13, 17 and 3 × 5 pairs. */
#include "known.h"

pthread_mutex_t preinit_mu = PTHREAD_MUTEX_INITIALIZER, constructor_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t atexit_mu = PTHREAD_MUTEX_INITIALIZER, destructor_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t key_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key;

static void use(pthread_mutex_t *mutex, int times)
{
	for (int i = 0; i < times; i++) {
		IS(pthread_mutex_lock(mutex), 0);
		IS(pthread_mutex_unlock(mutex), 0);
	}
}

static void in_preinit(int argc, char **argv, char **environment)
{
	(void)argc, (void)argv, (void)environment;
	use(&preinit_mu, 7);
}
__attribute__((section(".preinit_array"), used)) static void (*const preinit)(int, char **,
									      char **) = in_preinit;

__attribute__((constructor)) static void in_constructor(void)
{
	use(&constructor_mu, 11);
}

static void in_atexit(void)
{
	use(&atexit_mu, 13);
}

__attribute__((destructor)) static void in_destructor(void)
{
	use(&destructor_mu, 17);
	puts("end");
}

static void on_thread_end(void *value)
{
	(void)value;
	use(&key_mu, 5);
}

static void *work(void *number)
{
	IS(pthread_setspecific(key, &key), 0);
	return number;
}

int main(void)
{
	IS(atexit(in_atexit), 0);
	IS(pthread_key_create(&key, on_thread_end), 0);
	known_threads(3, work);
	return 0;
}
