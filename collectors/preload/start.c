/* The order of things at the beginning and the end of a process: the only place that knows it. */
#include "collectors/preload/process.h"
#include "collectors/preload/real.h"
#include <errno.h>

__attribute__((constructor(101))) static void start(int argc, char **argv, char **envp)
{
	int saved = errno;
	real_resolve();
	process_start(argc, argv, envp);
	errno = saved;
}

/* Other threads may still run and log: nothing is taken down. */
__attribute__((destructor)) static void end(void)
{
	process_end(-1);
}
