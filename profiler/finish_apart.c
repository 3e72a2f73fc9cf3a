#include "profiler/finish_apart.h"
#include "profiler/facts.h"
#include "profiler/finish.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_step(void *data, const char *step)
{
	(void)data;
	progress("finishing: %s", step);
}

static int work(const char *path, const struct rusage *before)
{
	struct store *store = store_open(path, STORE_WRITE);
	if (!store)
		return -1;
	int result = finish(store, on_step, NULL);
	facts_recorder(store, before);
	progress_erase();
	return store_close(store) == 0 ? result : -1;
}

int finish_apart(const char *path)
{
	struct rusage before;
	int status = 0;
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	getrusage(RUSAGE_SELF, &before);
	fflush(NULL);
	pid_t pid = fork();
	if (pid < 0)
		return work(path, &before);
	if (pid == 0) {
		sigprocmask(SIG_UNBLOCK, &signals, NULL);
		message_on_death(NULL);
		_exit(work(path, &before) == 0 ? 0 : 1);
	}
	while (waitpid(pid, &status, WNOHANG) != pid) {
		int number = sigwaitinfo(&signals, NULL);
		if (number == SIGTERM || number == SIGHUP)
			kill(pid, number);
	}
	if (WIFSIGNALED(status))
		error("looking for names was ended by signal %d (%s)", WTERMSIG(status),
		      strsignal(WTERMSIG(status)));
	return status == 0 ? 0 : -1;
}
