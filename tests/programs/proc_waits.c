/*
 * proc_waits: every call that waits for a child, and what it must hand through: statuses, errnos,
 * polls, stops, signals, cancellation. Prints one line each, the same alone and recorded.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAP 30000 /* us a child lives, so that its parent has to wait */

static pid_t napping(int status)
{
	pid_t pid = fork();
	if (!pid) {
		usleep(NAP);
		_exit(status);
	}
	return pid;
}

static void line(const char *name, int got, int want)
{
	printf("%s %s\n", name, got == want ? "fine" : "WRONG");
}

static void all_calls(void)
{
	int status;
	struct rusage usage;
	siginfo_t info;
	pid_t pid = napping(1);
	line("wait", wait(&status) == pid && WEXITSTATUS(status) == 1, 1);
	pid = napping(2);
	line("waitpid", waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 2, 1);
	pid = napping(3);
	line("wait3", wait3(&status, 0, &usage) == pid && WEXITSTATUS(status) == 3, 1);
	pid = napping(4);
	line("wait4", wait4(pid, &status, 0, &usage) == pid && WEXITSTATUS(status) == 4, 1);
	pid = napping(5);
	memset(&info, 0, sizeof(info));
	line("waitid", waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	line("waitid again", waitid(P_PID, (id_t)pid, &info, WEXITED), 0);
	line("waitid status", info.si_pid == pid && info.si_status == 5, 1);
	pid = napping(6);
	line("wait without status", wait(NULL), pid);
	pid = napping(7);
	line("waitid without info", waitid(P_ALL, 0, NULL, WEXITED), 0);
}

static void errors(void)
{
	int status;
	errno = 0;
	line("no child", wait(&status) == -1 && errno == ECHILD, 1);
	line("bad option", waitpid(-1, &status, 0x4000) == -1 && errno == EINVAL, 1);
	pid_t pid = napping(0);
	line("poll", waitpid(pid, &status, WNOHANG), 0);
	line("bad pointer", waitpid(pid, (int *)8, 0) == -1 && errno == EFAULT, 1);
	pid = fork();
	if (!pid)
		raise(SIGKILL);
	line("killed", waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGKILL, 1);
	pid = fork();
	if (!pid) {
		raise(SIGSTOP);
		_exit(8);
	}
	line("stopped", waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status), 1);
	kill(pid, SIGCONT);
	line("continued", waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 8, 1);
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void interrupted(void)
{
	struct sigaction action = {.sa_handler = on_alarm};
	int status;
	sigaction(SIGALRM, &action, NULL);
	pid_t pid = fork();
	if (!pid) {
		usleep(10 * NAP);
		_exit(9);
	}
	ualarm(NAP, 0);
	line("interrupted", waitpid(pid, &status, 0) == -1 && errno == EINTR, 1);
	line("after it", waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 9, 1);
}

static pthread_mutex_t afterwards = PTHREAD_MUTEX_INITIALIZER;
static void use_lock(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&afterwards); /* must still be counted: the guard was left right */
	pthread_mutex_unlock(&afterwards);
}

static void *wait_for_ever(void *unused)
{
	(void)unused;
	pthread_cleanup_push(use_lock, NULL);
	wait(NULL);
	pthread_cleanup_pop(0);
	return NULL;
}

static void cancelled(void)
{
	pthread_t thread;
	void *result;
	pid_t pid = fork();
	if (!pid) {
		pause();
		_exit(1);
	}
	pthread_create(&thread, NULL, wait_for_ever, NULL);
	usleep(NAP);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	line("cancelled", result == PTHREAD_CANCELED, 1);
	kill(pid, SIGTERM);
	line("and reaped", waitpid(pid, NULL, 0), pid);
}

static void *sleep_in_shell(void *unused)
{
	(void)unused;
	if (system("exec sleep 60"))
		puts("shell WRONG");
	return NULL;
}

static void cancelled_shell(void)
{
	pthread_t thread;
	void *result;
	pthread_create(&thread, NULL, sleep_in_shell, NULL);
	usleep(3 * NAP);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	line("shell cancelled", result == PTHREAD_CANCELED, 1);
	line("environment put back", !getenv("PARPROF_ARENA") && !getenv("LD_PRELOAD"), 1);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	all_calls();
	errors();
	interrupted();
	cancelled();
	cancelled_shell();
	return 0;
}
