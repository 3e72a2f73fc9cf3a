/* Threads are cancelled in each call that blocks and can be; their cleanup handlers must run, and
 * see the mutex of a condition held. Then the same with a cancel that was pending before the call,
 * and a thread that leaves by pthread_exit. */
#include "known.h"
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>

sem_t never_sem, free_sem;
pthread_mutex_t wait_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t never_cond = PTHREAD_COND_INITIALIZER;
pthread_t sleeper;
int cleaned, empty_pipe[2], empty_pair[2];
static volatile int started;

static void clean(void *mutex)
{
	if (mutex)
		IS(pthread_mutex_unlock(mutex), 0);
	cleaned++;
}

static void in_sem_wait(void)
{
	sem_wait(&never_sem);
}

static void in_sem_timedwait(void)
{
	struct timespec until = known_until(CLOCK_REALTIME, 60000);
	sem_timedwait(&never_sem, &until);
}

static void in_sem_clockwait(void)
{
	struct timespec until = known_until(CLOCK_MONOTONIC, 60000);
	sem_clockwait(&never_sem, CLOCK_MONOTONIC, &until);
}

static void in_cond_wait(void)
{
	pthread_mutex_lock(&wait_mu);
	pthread_cleanup_push(clean, &wait_mu);
	pthread_cond_wait(&never_cond, &wait_mu);
	pthread_cleanup_pop(0);
}

static void in_cond_timedwait(void)
{
	struct timespec until = known_until(CLOCK_REALTIME, 60000);
	pthread_mutex_lock(&wait_mu);
	pthread_cleanup_push(clean, &wait_mu);
	pthread_cond_timedwait(&never_cond, &wait_mu, &until);
	pthread_cleanup_pop(0);
}

static void in_cond_clockwait(void)
{
	struct timespec until = known_until(CLOCK_MONOTONIC, 60000);
	pthread_mutex_lock(&wait_mu);
	pthread_cleanup_push(clean, &wait_mu);
	pthread_cond_clockwait(&never_cond, &wait_mu, CLOCK_MONOTONIC, &until);
	pthread_cleanup_pop(0);
}

static void in_join(void)
{
	pthread_join(sleeper, NULL);
}

static void in_waitpid(void)
{
	waitpid(-1, NULL, 0);
}

static void in_sleep(void)
{
	sleep(60);
}

static void in_usleep(void)
{
	usleep(60000000);
}

static void in_clock_nanosleep(void)
{
	struct timespec minute = {60, 0};
	clock_nanosleep(CLOCK_MONOTONIC, 0, &minute, NULL);
}

static void in_read(void)
{
	char byte;
	IS(read(empty_pipe[0], &byte, 1), 1);
}

static void in_recv(void)
{
	char byte;
	IS(recv(empty_pair[0], &byte, 1, 0), 1);
}

static void in_poll(void)
{
	struct pollfd fd = {empty_pipe[0], POLLIN, 0};
	poll(&fd, 1, -1);
}

static void in_select(void)
{
	fd_set set;
	FD_ZERO(&set);
	FD_SET(empty_pipe[0], &set);
	select(empty_pipe[0] + 1, &set, NULL, NULL, NULL);
}

static void in_free_sem(void) /* would not block */
{
	sem_wait(&free_sem);
}

static void (*const calls[])(void) = {
    in_sem_wait,	in_sem_timedwait, in_sem_clockwait, in_cond_wait, in_cond_timedwait,
    in_cond_clockwait,	in_join,	  in_waitpid,	    in_sleep,	  in_usleep,
    in_clock_nanosleep, in_read,	  in_recv,	    in_poll,	  in_select};

static void *victim(void *call)
{
	pthread_cleanup_push(clean, NULL);
	started = 1;
	((void (*)(void))call)();
	pthread_cleanup_pop(0);
	return NULL;
}

static void *late_victim(void *call)
{
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	started = 1;
	known_sleep(30);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	return victim(call);
}

static void cancel(void *(*routine)(void *), void (*call)(void))
{
	pthread_t thread;
	void *value = NULL;
	started = 0;
	IS(pthread_create(&thread, NULL, routine, (void *)call), 0);
	while (!started)
		known_sleep(1);
	known_sleep(10);
	IS(pthread_cancel(thread), 0);
	IS(pthread_join(thread, &value), 0);
	IS(value == PTHREAD_CANCELED, 1);
}

static void *nap(void *unused)
{
	pause();
	return unused;
}

static void *leave(void *unused)
{
	pthread_cleanup_push(clean, NULL);
	pthread_mutex_lock(&wait_mu);
	pthread_mutex_unlock(&wait_mu);
	pthread_exit(unused);
	pthread_cleanup_pop(0);
}

/* A cancelled thread's locks and counts must go on being right. */
static void *after(void *number)
{
	for (int i = 0; i < 100; i++) {
		IS(pthread_mutex_lock(&wait_mu), 0);
		IS(pthread_mutex_unlock(&wait_mu), 0);
	}
	return number;
}

int main(void)
{
	int value;
	IS(sem_init(&never_sem, 0, 0), 0);
	IS(sem_init(&free_sem, 0, 1), 0);
	IS(pipe(empty_pipe), 0);
	IS(socketpair(AF_UNIX, SOCK_STREAM, 0, empty_pair), 0);
	pid_t child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	IS(pthread_create(&sleeper, NULL, nap, NULL), 0);
	for (unsigned i = 0; i < COUNT(calls); i++)
		cancel(victim, calls[i]);
	for (unsigned i = 0; i < COUNT(calls); i++)
		cancel(late_victim, calls[i]);
	cancel(late_victim, in_free_sem);
	IS(sem_getvalue(&free_sem, &value), 0);
	IS(value, 1);
	known_threads(2, leave);
	known_threads(2, after);
	IS(pthread_cancel(sleeper), 0);
	IS(pthread_join(sleeper, NULL), 0);
	IS(kill(child, SIGKILL), 0);
	IS(waitpid(child, NULL, 0), child);
	printf("%d\n", cleaned);
	return 0;
}
