/* Signals without SA_RESTART interrupt what can be interrupted: sem_wait, waitpid, nanosleep return
 * EINTR as often as alone; mutexes, conditions and joins go on. */
#include "known.h"
#include <semaphore.h>
#include <signal.h>
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
	known_sleep(50);
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
	mutexes();
	printf("%d\n", handled);
	return 0;
}
