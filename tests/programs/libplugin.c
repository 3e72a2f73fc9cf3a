/* Locks in its constructor, when used, and in its destructor. */
#include "known.h"

pthread_mutex_t plugin_mu = PTHREAD_MUTEX_INITIALIZER;
void plugin_use(int times);

void plugin_use(int times)
{
	for (int i = 0; i < times; i++) {
		IS(pthread_mutex_lock(&plugin_mu), 0);
		IS(pthread_mutex_unlock(&plugin_mu), 0);
	}
}

__attribute__((constructor)) static void in_constructor(void)
{
	plugin_use(2);
}

__attribute__((destructor)) static void in_destructor(void)
{
	plugin_use(3);
}
