/*
 * proc_early CHILD: children made where little works: before any library's constructor ran, with no
 * descriptor left, without room for mappings, from a signal handler, with no environment array.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char *child_path;

static int reap(pid_t pid)
{
	int status = -1;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

static int early[4];

static void before_constructors(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	pid_t pid = fork();
	if (!pid)
		_exit(1);
	early[0] = reap(pid);
	pid = vfork();
	if (!pid)
		_exit(2);
	early[1] = reap(pid);
	early[2] = system("exit 3");
	char *shell[] = {"sh", "-c", "exit 4", NULL};
	early[3] = posix_spawn(&pid, "/bin/sh", NULL, NULL, shell, envp) ? -1 : reap(pid);
}
__attribute__((section(".preinit_array"),
	       used)) static void (*const preinit)(int, char **, char **) = before_constructors;

static int run_child(int status)
{
	char text[8];
	char *arguments[] = {child_path, text, NULL};
	snprintf(text, sizeof(text), "%d", status);
	pid_t pid = vfork();
	if (!pid) {
		execv(child_path, arguments);
		_exit(127);
	}
	return reap(pid);
}

static void limited(int what, rlim_t to, int status)
{
	struct rlimit before, limit;
	getrlimit(what, &before);
	limit = before;
	limit.rlim_cur = to;
	setrlimit(what, &limit);
	printf("limit %d: %d\n", what, run_child(status));
	setrlimit(what, &before);
}

static volatile int handled;
static void on_signal(int signal)
{
	(void)signal;
	pid_t pid = fork();
	if (!pid)
		execl(child_path, child_path, "7", (char *)NULL);
	handled = reap(pid);
}

int main(int argc, char **argv)
{
	child_path = argv[argc - 1];
	setvbuf(stdout, NULL, _IONBF, 0);
	printf("early %d %d %d %d\n", early[0], early[1], WEXITSTATUS(early[2]), early[3]);
	limited(RLIMIT_NOFILE, 64, 5);
	limited(RLIMIT_AS, (rlim_t)512 << 20, 6);
	limited(RLIMIT_STACK, 128 << 10, 8);
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	printf("handler %d\n", handled);
	for (int fd = 3; fd < 64; fd++)
		if (fcntl(1, F_DUPFD_CLOEXEC, fd) < 0)
			break;
	limited(RLIMIT_NOFILE, 10, 9); /* all taken: nothing can be opened here */
	char **all = environ;
	environ = NULL;
	printf("no environment %d\n", WEXITSTATUS(system("exit 10")));
	printf("still none %d\n", environ == NULL);
	environ = all;
	return 0;
}
