/* exits HOW [N]: status N; signal N; a segmentation fault; abort; after N ms. */
#include "known.h"
#include <signal.h>

pthread_mutex_t last_mu = PTHREAD_MUTEX_INITIALIZER;

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "status";
	int n = argc > 2 ? atoi(argv[2]) : 0;
	for (int i = 0; i < 100; i++) {
		pthread_mutex_lock(&last_mu);
		pthread_mutex_unlock(&last_mu);
	}
	puts("running");
	fflush(stdout);
	if (!strcmp(how, "status"))
		return n;
	if (!strcmp(how, "_exit"))
		_exit(n);
	if (!strcmp(how, "signal"))
		raise(n);
	if (!strcmp(how, "fault"))
		*(volatile int *)argv[argc] = 1;
	if (!strcmp(how, "abort"))
		abort();
	if (!strcmp(how, "after"))
		known_sleep(n);
	return 0;
}
