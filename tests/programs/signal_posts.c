/* A timer's handler posts a semaphore 2000 times; a thread waits for each post, while another one,
 * which the signals interrupt as well, takes a mutex all the time. */
#include "known.h"
#include <semaphore.h>
#include <signal.h>
#include <sys/time.h>

#define POSTS 2000
sem_t tick_sem;
pthread_mutex_t busy_mu = PTHREAD_MUTEX_INITIALIZER;
static volatile int posts, finished;
long taken;

static void on_tick(int signal)
{
	(void)signal;
	int error = errno;
	if (posts < POSTS) {
		posts++;
		sem_post(&tick_sem);
	}
	errno = error;
}

static void *wait_ticks(void *unused)
{
	sigset_t alarm;
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	IS(pthread_sigmask(SIG_BLOCK, &alarm, NULL), 0);
	for (int i = 0; i < POSTS; i++)
		IS(sem_wait(&tick_sem), 0);
	finished = 1;
	return unused;
}

static void take(void)
{
	while (!finished) {
		IS(pthread_mutex_lock(&busy_mu), 0);
		taken++;
		IS(pthread_mutex_unlock(&busy_mu), 0);
	}
}

int main(void)
{
	pthread_t thread;
	struct sigaction action = {.sa_handler = on_tick};
	struct itimerval often = {{0, 200}, {0, 200}};
	IS(sem_init(&tick_sem, 0, 0), 0);
	IS(pthread_create(&thread, NULL, wait_ticks, NULL), 0);
	IS(sigaction(SIGALRM, &action, NULL), 0);
	IS(setitimer(ITIMER_REAL, &often, NULL), 0);
	take();
	IS(pthread_join(thread, NULL), 0);
	memset(&often, 0, sizeof(often));
	IS(setitimer(ITIMER_REAL, &often, NULL), 0);
	fprintf(stderr, "%ld\n", taken);
	printf("%d\n", posts);
	return 0;
}
