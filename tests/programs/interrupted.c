/* Signals without SA_RESTART interrupt what can be interrupted: sem_wait, waitpid, sleeps, reads
 * and polls return EINTR as often as alone, and what is left of their time; mutexes, conditions and
 * joins go on. */
#include "known.h"
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/socket.h>
#include <threads.h>
#include <sys/wait.h>

sem_t never_sem;
pthread_mutex_t held_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_t main_thread;
static volatile int handled;

static void on_signal(int number)
{
	(void)number;
	handled++;
}

static void *prod(void *ms)
{
	known_sleep(150);
	IS(pthread_kill(main_thread, SIGUSR1), 0);
	known_sleep(50);
	if (ms)
		IS(pthread_mutex_unlock(&held_mu), 0);
	return ms;
}

static void *hold_and_prod(void *unused)
{
	IS(pthread_mutex_lock(&held_mu), 0);
	*(volatile int *)unused = 1;
	return prod(unused);
}

static pthread_t start(void *(*routine)(void *), void *argument)
{
	pthread_t thread;
	IS(pthread_create(&thread, NULL, routine, argument), 0);
	return thread;
}

static void semaphores(void)
{
	pthread_t thread = start(prod, NULL);
	IS(sem_wait(&never_sem), -1);
	IS(errno, EINTR);
	IS(pthread_join(thread, NULL), 0);
	thread = start(prod, NULL);
	struct timespec until = known_until(CLOCK_REALTIME, 60000);
	IS(sem_timedwait(&never_sem, &until), -1);
	IS(errno, EINTR);
	IS(pthread_join(thread, NULL), 0);
}

static void children(void)
{
	int status;
	pid_t child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	pthread_t thread = start(prod, NULL);
	IS(waitpid(child, &status, 0), -1);
	IS(errno, EINTR);
	IS(pthread_join(thread, NULL), 0);
	IS(kill(child, SIGKILL), 0);
	IS(waitpid(child, &status, 0), child);
}

#define IS_INTERRUPTED(call, result, error)                                                        \
	do {                                                                                       \
		pthread_t thread_ = start(prod, NULL);                                             \
		errno = 0;                                                                         \
		IS(call, result);                                                                  \
		IS(errno, error);                                                                  \
		IS(pthread_join(thread_, NULL), 0);                                                \
	} while (0)

static void sleeps(void)
{
	struct timespec minute = {60, 0}, left = {0, 0};
	IS_INTERRUPTED(usleep(60000000), -1, EINTR);
	IS_INTERRUPTED(nanosleep(&minute, &left), -1, EINTR);
	IS(left.tv_sec, 59);
	IS_INTERRUPTED(clock_nanosleep(CLOCK_MONOTONIC, 0, &minute, &left), EINTR, 0);
	IS(left.tv_sec, 59);
	IS_INTERRUPTED(thrd_sleep(&minute, &left), -1, 0);
	IS(left.tv_sec, 59);
	IS_INTERRUPTED(sleep(60) >= 59, 1, EINTR);
}

static void input(void)
{
	int ends[2], pair[2];
	char byte;
	struct pollfd fd = {.events = POLLIN};
	IS(pipe(ends), 0);
	IS(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	fd.fd = ends[0];
	IS_INTERRUPTED(read(ends[0], &byte, 1), -1, EINTR);
	IS_INTERRUPTED(recv(pair[0], &byte, 1, 0), -1, EINTR);
	IS_INTERRUPTED(poll(&fd, 1, -1), -1, EINTR);
	errno = 0;
	IS(recv(pair[0], &byte, 1, MSG_DONTWAIT), -1);
	IS(errno, EAGAIN);
	IS(read(-1, &byte, 1), -1);
	IS(errno, EBADF);
}

static void mutexes(void)
{
	volatile int locked = 0;
	pthread_t thread = start(hold_and_prod, (void *)&locked);
	while (!locked)
		known_sleep(1);
	IS(pthread_mutex_lock(&held_mu), 0);
	IS(pthread_mutex_unlock(&held_mu), 0);
	IS(pthread_join(thread, NULL), 0);
}

int main(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	main_thread = pthread_self();
	IS(sigaction(SIGUSR1, &action, NULL), 0);
	IS(sem_init(&never_sem, 0, 0), 0);
	semaphores();
	children();
	sleeps();
	input();
	mutexes();
	printf("%d\n", handled);
	return 0;
}
