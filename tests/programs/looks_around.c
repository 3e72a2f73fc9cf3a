/* Prints all that a program can easily see of itself: arguments, environment, open fds, threads,
 * signal dispositions and mask, limits, thread-specific keys, its name. */
#include "known.h"
#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

static void entries(const char *path)
{
	DIR *folder = opendir(path);
	int count = 0;
	for (struct dirent *e; folder && (e = readdir(folder));)
		count += e->d_name[0] != '.';
	closedir(folder);
	printf("%s: %d\n", path, count);
}

static void open_fds(void)
{
	for (int fd = 0; fd < 1024; fd++)
		if (dup2(fd, fd) == fd)
			printf("fd %d\n", fd);
}

static void signals(void)
{
	sigset_t mask;
	IS(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
	for (int s = 1; s < 65; s++) {
		struct sigaction action;
		if (s == 32 || s == 33 || sigaction(s, NULL, &action))
			continue;
		if (action.sa_handler != SIG_DFL || sigismember(&mask, s))
			printf("signal %d: handler %p masked %d\n", s, (void *)action.sa_handler,
			       sigismember(&mask, s));
	}
	stack_t stack;
	IS(sigaltstack(NULL, &stack), 0);
	printf("alternate stack: %d\n", stack.ss_flags & SS_DISABLE ? 0 : 1);
}

static void limits(void)
{
	for (int r = 0; r < RLIM_NLIMITS; r++) {
		struct rlimit l;
		IS(getrlimit(r, &l), 0);
		printf("limit %d: %ld %ld\n", r, (long)l.rlim_cur, (long)l.rlim_max);
	}
}

static void keys(void)
{
	pthread_key_t key;
	int count = 0;
	while (!pthread_key_create(&key, NULL))
		count++;
	printf("keys: %d\n", count);
}

int main(int argc, char **argv)
{
	char name[16];
	printf("errno %d\n", errno);
	for (int i = 0; i < argc; i++)
		printf("argument %s\n", argv[i]);
	for (char **e = environ; *e; e++)
		printf("environment %s\n", *e);
	printf("LD_PRELOAD: %s\n", getenv("LD_PRELOAD") ? "set" : "not set");
	open_fds();
	entries("/proc/self/task");
	signals();
	limits();
	keys();
	IS(prctl(PR_GET_NAME, name), 0);
	printf("name %s, dumpable %d, children reaped %d\n", name, prctl(PR_GET_DUMPABLE),
	       wait(NULL) == -1);
	return 0;
}
