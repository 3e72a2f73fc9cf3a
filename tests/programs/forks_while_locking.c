/* Threads lock all the time while main forks 100 children; each takes the lock 10 times after its
 * atfork handlers gave it a free one, and so do grandchildren made with _Fork. */
#include "known.h"
#include <sys/wait.h>

pid_t _Fork(void);
pthread_mutex_t table_mu = PTHREAD_MUTEX_INITIALIZER, fork_mu = PTHREAD_MUTEX_INITIALIZER;
static volatile int stop;
static long counts[3];

static void before(void)
{
	pthread_mutex_lock(&table_mu);
}

static void after(void)
{
	pthread_mutex_unlock(&table_mu);
}

static void *work(void *number)
{
	while (!stop) {
		IS(pthread_mutex_lock(&table_mu), 0);
		counts[(long)number]++;
		IS(pthread_mutex_unlock(&table_mu), 0);
	}
	return number;
}

static void use(void)
{
	for (int i = 0; i < 10; i++) {
		IS(pthread_mutex_lock(&fork_mu), 0);
		IS(pthread_mutex_unlock(&fork_mu), 0);
	}
}

static void in_child(void)
{
	int status = 0;
	use();
	pid_t child = _Fork();
	if (!child) {
		use();
		_exit(5);
	}
	IS(waitpid(child, &status, 0), child);
	IS(WEXITSTATUS(status), 5);
	_exit(6);
}

int main(void)
{
	pthread_t thread[3];
	IS(pthread_atfork(before, after, after), 0);
	for (long i = 0; i < 3; i++)
		IS(pthread_create(&thread[i], NULL, work, (void *)i), 0);
	for (int i = 0; i < 100; i++) {
		int status;
		pid_t child = fork();
		if (!child)
			in_child();
		IS(waitpid(child, &status, 0), child);
		IS(WEXITSTATUS(status), 6);
	}
	stop = 1;
	for (int i = 0; i < 3; i++)
		IS(pthread_join(thread[i], NULL), 0);
	fprintf(stderr, "%ld\n", counts[0] + counts[1] + counts[2]);
	puts("forked");
	return 0;
}
