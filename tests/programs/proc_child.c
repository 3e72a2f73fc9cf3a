/*
 * proc_child STATUS [VARIABLES]: what the other proc_ programs start. Locks a mutex once, checks
 * that nothing in its environment is the profiler's, and that as many variables as told came
 * through.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;
pthread_mutex_t child_mutex = PTHREAD_MUTEX_INITIALIZER;

int main(int argc, char **argv)
{
	int count = 0, arrived = 0;
	pthread_mutex_lock(&child_mutex);
	for (char **e = environ; e && *e; e++, count++) {
		arrived += !strncmp(*e, "PROC_", 5);
		if (!strncmp(*e, "PARPROF_ARENA=", 14) ||
		    (!strncmp(*e, "LD_PRELOAD=", 11) && strstr(*e, "libparprof"))) {
			printf("child: sees %s\n", *e);
			return 99;
		}
	}
	pthread_mutex_unlock(&child_mutex);
	if (argc > 2 && arrived != atoi(argv[2])) {
		printf("child: %d of %s variables\n", arrived, argv[2]);
		return 98;
	}
	return argc > 1 ? atoi(argv[1]) : 0;
}
