/* A mutex, a condition and a semaphore in memory shared with a forked child: each is one lock over
 * both processes. Each process takes the mutex 500 times. */
#include "known.h"
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>

struct shared {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	sem_t posted;
	long sum;
	int ready;
};
static struct shared *shared;

static void prepare(void)
{
	pthread_mutexattr_t mutex;
	pthread_condattr_t condition;
	shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	IS(shared == MAP_FAILED, 0);
	IS(pthread_mutexattr_init(&mutex), 0);
	IS(pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED), 0);
	IS(pthread_mutex_init(&shared->mutex, &mutex), 0);
	IS(pthread_condattr_init(&condition), 0);
	IS(pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED), 0);
	IS(pthread_cond_init(&shared->changed, &condition), 0);
	IS(sem_init(&shared->posted, 1, 0), 0);
}

NOINLINE void count(void)
{
	for (int i = 0; i < 500; i++) {
		IS(pthread_mutex_lock(&shared->mutex), 0);
		shared->sum++;
		IS(pthread_mutex_unlock(&shared->mutex), 0);
	}
}

/* Holds the mutex for 100 ms; the parent, told by the semaphore, waits for it. */
NOINLINE void hold_in_child(void)
{
	IS(pthread_mutex_lock(&shared->mutex), 0);
	IS(sem_post(&shared->posted), 0);
	known_sleep(200);
	shared->ready = 1;
	IS(pthread_cond_signal(&shared->changed), 0);
	IS(pthread_mutex_unlock(&shared->mutex), 0);
}

int main(void)
{
	int status;
	prepare();
	pid_t child = fork();
	if (!child) {
		count();
		hold_in_child();
		_exit(0);
	}
	count();
	while (sem_wait(&shared->posted))
		;
	IS(pthread_mutex_lock(&shared->mutex), 0);
	while (!shared->ready)
		IS(pthread_cond_wait(&shared->changed, &shared->mutex), 0);
	IS(pthread_mutex_unlock(&shared->mutex), 0);
	IS(waitpid(child, &status, 0), child);
	printf("%ld %d\n", shared->sum, status);
	return 0;
}
