/* No call that succeeds may change errno, contended or not; those that fail set what they set. */
#include "known.h"
#include <poll.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <threads.h>

pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
pthread_spinlock_t spin;
pthread_barrier_t barrier;
pthread_once_t once = PTHREAD_ONCE_INIT;
sem_t sem;
static int changed;

#define KEEPS(call)                                                                                \
	do {                                                                                       \
		errno = 4711;                                                                      \
		IS(call, 0);                                                                       \
		if (errno != 4711)                                                                 \
			changed += !!printf("%s changed errno to %d\n", #call, errno);             \
	} while (0)
#define KEEPS_ON_FAILURE(call, result)                                                             \
	do {                                                                                       \
		errno = 4711;                                                                      \
		IS(call, result);                                                                  \
		if (errno != 4711)                                                                 \
			changed += !!printf("%s changed errno to %d\n", #call, errno);             \
	} while (0)

static void routine(void)
{
}

static void *hold(void *unused)
{
	KEEPS(pthread_mutex_lock(&mu));
	KEEPS(pthread_rwlock_wrlock(&rw));
	KEEPS(pthread_cond_signal(&cond));
	pthread_barrier_wait(&barrier);
	known_sleep(20);
	KEEPS(pthread_rwlock_unlock(&rw));
	KEEPS(pthread_mutex_unlock(&mu));
	KEEPS(sem_post(&sem));
	return unused;
}

static void contended(void)
{
	pthread_t thread;
	KEEPS(pthread_barrier_init(&barrier, NULL, 2));
	KEEPS(pthread_create(&thread, NULL, hold, NULL));
	pthread_barrier_wait(&barrier);
	KEEPS_ON_FAILURE(pthread_mutex_trylock(&mu), EBUSY);
	KEEPS_ON_FAILURE(pthread_rwlock_tryrdlock(&rw), EBUSY);
	KEEPS(pthread_mutex_lock(&mu));
	KEEPS(pthread_rwlock_rdlock(&rw));
	KEEPS(sem_wait(&sem));
	KEEPS(pthread_rwlock_unlock(&rw));
	KEEPS(pthread_mutex_unlock(&mu));
	KEEPS(pthread_join(thread, NULL));
	KEEPS(pthread_barrier_destroy(&barrier));
}

static void plain(void)
{
	struct timespec until = known_until(CLOCK_REALTIME, 60000);
	KEEPS(pthread_mutex_lock(&mu));
	struct timespec soon = known_until(CLOCK_REALTIME, 5);
	KEEPS_ON_FAILURE(pthread_cond_timedwait(&cond, &mu, &soon), ETIMEDOUT);
	KEEPS(pthread_mutex_unlock(&mu));
	KEEPS(pthread_mutex_timedlock(&mu, &until));
	KEEPS(pthread_mutex_unlock(&mu));
	KEEPS(pthread_rwlock_timedrdlock(&rw, &until));
	KEEPS(pthread_rwlock_unlock(&rw));
	KEEPS(sem_init(&sem, 0, 1));
	KEEPS(sem_timedwait(&sem, &until));
	KEEPS(pthread_spin_init(&spin, 0));
	KEEPS(pthread_spin_lock(&spin));
	KEEPS(pthread_spin_unlock(&spin));
	KEEPS(pthread_once(&once, routine));
	KEEPS(pthread_cond_broadcast(&cond));
}

static void *feed(void *pipe)
{
	usleep(2000);
	KEEPS_ON_FAILURE(write(((int *)pipe)[1], "x", 1), 1);
	return NULL;
}

static void calls(void)
{
	int ends[2];
	char byte;
	pthread_t thread;
	struct timespec ms = {0, 1000000};
	struct pollfd fd = {.events = POLLIN};
	KEEPS(pipe(ends));
	fd.fd = ends[0];
	KEEPS(usleep(1000));
	KEEPS(nanosleep(&ms, NULL));
	KEEPS(thrd_sleep(&ms, NULL));
	KEEPS(sleep(0));
	KEEPS(poll(&fd, 1, 2));
	KEEPS(pthread_create(&thread, NULL, feed, ends));
	KEEPS_ON_FAILURE(read(ends[0], &byte, 1), 1);
	KEEPS(pthread_join(thread, NULL));
	IS(close(ends[0]) | close(ends[1]), 0);
}

static void processes(void)
{
	int status;
	errno = 4711;
	pid_t child = fork();
	if (!child)
		_exit(errno == 4711 ? 0 : 1);
	if (errno != 4711)
		changed += !!printf("fork changed errno\n");
	errno = 4711;
	IS(waitpid(child, &status, 0), child);
	if (errno != 4711)
		changed += !!printf("waitpid changed errno\n");
	IS(status, 0);
	IS(waitpid(-1, &status, 0), -1);
	IS(errno, ECHILD);
	IS(execve("/nowhere", (char *[]){"x", NULL}, (char *[]){NULL}), -1);
	IS(errno, ENOENT);
}

int main(void)
{
	if (errno)
		changed += !!printf("errno is %d at the start\n", errno);
	for (int i = 0; i < 3; i++) {
		plain();
		contended();
		calls();
	}
	processes();
	printf("%d changes\n", changed);
	return changed != 0;
}
