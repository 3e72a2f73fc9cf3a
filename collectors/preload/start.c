/* The order of things at the beginning and the end of a process: the only place that knows it. */
#include "collectors/preload/process.h"
#include "collectors/preload/real.h"
#include <errno.h>

/*
 * Registered before anybody else's, so that it runs after all of them, destructors included.
 * Other threads may still run and log: nothing is taken down.
 */
static void end(int status, void *unused)
{
	(void)unused;
	process_end(status & 0xff);
}

__attribute__((constructor(101))) static void start(int argc, char **argv, char **envp)
{
	int saved = errno;
	real_resolve();
	process_start(argc, argv, envp);
	on_exit(end, NULL);
	errno = saved;
}
