#include "reports/scale/execution.h"
#include "profiler/message.h"
#include "reports/scale/busy.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t told;
static volatile pid_t running; /* the program, 0: none */

/* From a terminal (SI_KERNEL) the program got it as well. Who asks twice is obeyed at once. */
static void take(int number, siginfo_t *info, __attribute__((unused)) void *context)
{
	int saved = errno;
	if (running && (told || info->si_code != SI_KERNEL))
		kill(running, told ? SIGKILL : number);
	told = number;
	errno = saved;
}

void execution_signals(void)
{
	static const int ours[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		struct sigaction before, action = {.sa_sigaction = take, .sa_flags = SA_SIGINFO};
		sigfillset(&action.sa_mask);
		if (sigaction(ours[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(ours[i], &action, NULL);
	}
	signal(SIGCHLD, SIG_DFL); /* ignored by the caller, it would eat the status */
}

int execution_told(void)
{
	return told;
}

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* Each run reads a file from its beginning; other input can be read only once, so there is none. */
static void give_input(void)
{
	int nowhere;
	if (lseek(STDIN_FILENO, 0, SEEK_SET) == 0)
		return;
	nowhere = open("/dev/null", O_RDONLY);
	if (nowhere > 0)
		dup2(nowhere, STDIN_FILENO);
}

static void give_output(bool shown)
{
	int nowhere = shown ? STDERR_FILENO : open("/dev/null", O_WRONLY);
	if (nowhere < 0)
		return;
	dup2(nowhere, STDOUT_FILENO);
	if (!shown)
		dup2(nowhere, STDERR_FILENO);
}

/* In the child. Caught signals become default by exec, ignored ones stay as our caller had them. */
static void become(const struct execution *t, int failure)
{
	if (t->pinned)
		sched_setaffinity(0, sizeof(t->cores), &t->cores);
	if (t->variable)
		setenv(t->variable, t->value, 1);
	give_input();
	give_output(t->show_output);
	execvp(t->argv[0], t->argv);
	int why = errno;
	(void)!write(failure, &why, sizeof(why));
	_exit(STATUS_CANNOT_RUN);
}

static int64_t ns_of(struct timeval t)
{
	return t.tv_sec * 1000000000ll + t.tv_usec * 1000ll;
}

static void take_usage(struct execution *t, const struct rusage *u, const struct busy *before)
{
	struct busy after = busy_now(&t->cores);
	t->user_ns = ns_of(u->ru_utime);
	t->system_ns = ns_of(u->ru_stime);
	t->rss_bytes = u->ru_maxrss * 1024ll;
	t->voluntary = u->ru_nvcsw;
	t->involuntary = u->ru_nivcsw;
	t->others_ns = after.used_ns - before->used_ns - t->user_ns - t->system_ns;
	t->others_ns = t->others_ns > 0 ? t->others_ns : 0; /* ticks are coarse */
	t->stolen_ns = after.stolen_ns - before->stolen_ns;
}

static int cannot_run(const char *program, int why)
{
	if (why == ENOENT || why == ENOTDIR) {
		error("there is no program '%s'%s", program,
		      strchr(program, '/') ? "" : " in PATH");
		return STATUS_NOT_FOUND;
	}
	error("cannot run '%s': %s", program, strerror(why));
	return STATUS_CANNOT_RUN;
}

/* The signal that told us to stop reaches the child even when it comes between fork and here: it is
 * blocked until `running` is known. */
static pid_t start(const struct execution *t, int failure[2])
{
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid_t pid = fork();
	if (pid == 0) {
		running = 0;
		sigprocmask(SIG_SETMASK, &before, NULL);
		become(t, failure[1]);
	}
	running = pid > 0 ? pid : 0;
	close(failure[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static ssize_t read_failure(int from, int *why)
{
	ssize_t n;
	while ((n = read(from, why, sizeof(*why))) < 0 && errno == EINTR)
		;
	close(from);
	return n;
}

int execution_run(struct execution *t)
{
	int failure[2], status = 0, why = 0;
	struct rusage usage;
	struct busy before = busy_now(&t->cores);
	if (pipe2(failure, O_CLOEXEC) != 0)
		return error("no pipe to the program: %s", strerror(errno)), STATUS_TOOL;
	fflush(NULL);
	int64_t begin = now_ns();
	pid_t pid = start(t, failure);
	if (pid < 0) {
		close(failure[0]);
		return error("cannot fork: %s", strerror(errno)), STATUS_TOOL;
	}
	ssize_t failed = read_failure(failure[0], &why);
	while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
		;
	t->wall_ns = now_ns() - begin;
	running = 0;
	if (failed == sizeof(why))
		return cannot_run(t->argv[0], why);
	take_usage(t, &usage, &before);
	t->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
}
