/* A library for dlopen: a lock that is exported, and one that is not. */
#include <pthread.h>

pthread_mutex_t library_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t hidden_mu = PTHREAD_MUTEX_INITIALIZER;

int library_call(int (*back)(int), int n);
int library_call(int (*back)(int), int n)
{
	int r;

	pthread_mutex_lock(&hidden_mu);
	r = back(n) + 1;
	pthread_mutex_unlock(&hidden_mu);
	return r;
}
