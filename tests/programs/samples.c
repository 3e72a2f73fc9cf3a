/*
 * samples MODE: what samples should find. MODE is one of
 *   shares     works in hot_three and hot_one, three to one, in each of two threads
 *   locked     works in hot_three under a lock, in hot_one without, in two threads
 *   forked     a child works in hot_three and threads of its in hot_one
 *   takes      installs a handler of its own for every real-time signal, sends itself each of them
 * once masks      blocks all signals in all threads, waits for one of them with sigwait sleeps many
 * short sleeps, polls and reads: prints how many were interrupted shallow    a handler on an
 * alternative stack of MINSIGSTKSZ bytes while it works ended      says how it ends when another
 * process's signal of the kind we might take comes
 */
#include "known.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PART_MS 120

static volatile unsigned long sink;
static pthread_mutex_t work_mu = PTHREAD_MUTEX_INITIALIZER;

static double cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The clock is asked by the caller, seldom: the functions below are all that runs. */
#define HOT(name)                                                                                  \
	__attribute__((noinline)) static void name(void)                                           \
	{                                                                                          \
		for (unsigned long i = 0; i < 200000; i++)                                         \
			sink += i * i;                                                             \
	}
HOT(hot_three)
HOT(hot_one)

static void work(void (*hot)(void), double ms)
{
	for (double end = cpu_ms() + ms; cpu_ms() < end;)
		hot();
}

static void *shares(void *unused)
{
	(void)unused;
	for (int i = 0; i < 4; i++) {
		work(hot_three, PART_MS * 3.0 / 4);
		work(hot_one, PART_MS / 4.0);
	}
	return NULL;
}

static void *locked(void *unused)
{
	(void)unused;
	for (int i = 0; i < 4; i++) {
		pthread_mutex_lock(&work_mu);
		work(hot_three, PART_MS / 2.0);
		pthread_mutex_unlock(&work_mu);
		work(hot_one, PART_MS / 2.0);
	}
	return NULL;
}

static void *one(void *unused)
{
	(void)unused;
	work(hot_one, PART_MS);
	return NULL;
}

static void run(void *(*routine)(void *), int count)
{
	pthread_t thread[4];
	for (int i = 0; i < count; i++)
		pthread_create(&thread[i], NULL, routine, NULL);
	for (int i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
}

static int forked(void)
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		run(one, 2);
		work(hot_three, 2 * PART_MS);
		_exit(7);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static volatile sig_atomic_t seen[65], strange;

static void own(int number, siginfo_t *info, void *context)
{
	(void)context;
	seen[number]++;
	strange += info->si_code == SI_TIMER;
}

/* Was there nobody before us, and do only our own signals come to us? */
static int takes(void)
{
	int others = 0, wrong = 0;
	work(hot_one, PART_MS / 2.0);
	for (int i = SIGRTMIN; i <= SIGRTMAX; i++) {
		struct sigaction action = {.sa_flags = SA_SIGINFO}, old;
		action.sa_sigaction = own;
		if (sigaction(i, NULL, &old) || old.sa_handler != SIG_DFL)
			others++;
		if (sigaction(i, &action, &old) || old.sa_handler != SIG_DFL)
			others++;
		raise(i);
	}
	run(shares, 1);
	for (int i = SIGRTMIN; i <= SIGRTMAX; i++) {
		struct sigaction now;
		wrong += seen[i] != 1 || sigaction(i, NULL, &now) || now.sa_sigaction != own;
	}
	printf("others %d, wrong %d, strange %d\n", others, wrong, (int)strange);
	return 0;
}

static void *sends(void *to)
{
	work(hot_three, PART_MS);
	kill(getpid(), SIGUSR1);
	(void)to;
	return NULL;
}

static int masks(void)
{
	sigset_t all, now;
	int number = 0, others = 0;
	pthread_t thread;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	pthread_create(&thread, NULL, sends, NULL);
	work(hot_one, PART_MS / 2.0);
	while (sigwait(&all, &number) == 0 && number != SIGUSR1)
		others++;
	pthread_join(thread, NULL);
	sigpending(&now);
	for (int i = SIGRTMIN; i <= SIGRTMAX; i++)
		others += sigismember(&now, i);
	printf("others %d\n", others);
	return 0;
}

static int sleeps(void)
{
	int pipes[2], slept = 0, polled = 0, read_ = 0, rounds = 0;
	char byte = 0;
	if (pipe(pipes))
		return 1;
	for (double end = cpu_ms() + 4 * PART_MS; cpu_ms() < end; rounds++) {
		struct timespec time = {0, 1000};
		struct pollfd none = {-1, 0, 0};
		slept += nanosleep(&time, NULL) != 0;
		polled += rounds % 16 == 0 && poll(&none, 1, 1) != 0;
		read_ += write(pipes[1], &byte, 1) != 1 || read(pipes[0], &byte, 1) != 1;
	}
	printf("rounds %d, sleeps interrupted %d, polls %d, reads %d\n", rounds, slept, polled,
	       read_);
	return 0;
}

static void on_small_stack(int number)
{
	(void)number;
	work(hot_three, PART_MS);
}

static int shallow(void)
{
	stack_t stack = {.ss_size = (size_t)sysconf(_SC_SIGSTKSZ)};
	struct sigaction action = {.sa_flags = SA_ONSTACK};
	stack.ss_sp = malloc(stack.ss_size);
	action.sa_handler = on_small_stack;
	if (sigaltstack(&stack, NULL) || sigaction(SIGUSR1, &action, NULL))
		return 1;
	raise(SIGUSR1);
	work(hot_one, PART_MS);
	return 0;
}

static int ended(void)
{
	for (int i = SIGRTMIN; i <= SIGRTMAX; i++) {
		int status = 0;
		pid_t child = fork();
		if (child == 0) {
			work(hot_one, 10);
			raise(i);
			_exit(0);
		}
		waitpid(child, &status, 0);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != i)
			printf("signal %d ended it with %d\n", i, status);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	if (!strcmp(mode, "shares"))
		return run(shares, 2), 0;
	if (!strcmp(mode, "locked"))
		return run(locked, 2), 0;
	if (!strcmp(mode, "forked"))
		return forked();
	if (!strcmp(mode, "takes"))
		return takes();
	if (!strcmp(mode, "masks"))
		return masks();
	if (!strcmp(mode, "sleeps"))
		return sleeps();
	if (!strcmp(mode, "shallow"))
		return shallow();
	if (!strcmp(mode, "ended"))
		return ended();
	return 2;
}
