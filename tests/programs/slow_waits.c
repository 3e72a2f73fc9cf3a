/* What looks like a deadlock for two and a half seconds and is none, one by argument. All end by
 * themselves with status 0. */
#include "known.h"
#include <netinet/in.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define LONG_MS 2500

static pthread_mutex_t first_mu = PTHREAD_MUTEX_INITIALIZER, second_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_cond = PTHREAD_COND_INITIALIZER;
static sem_t answer;
static int ready;

static void *worker(void *unused)
{
	IS(pthread_mutex_lock(&first_mu), 0);
	while (!ready)
		IS(pthread_cond_wait(&work_cond, &first_mu), 0);
	IS(pthread_mutex_unlock(&first_mu), 0);
	return unused;
}

static void let_go(void)
{
	IS(pthread_mutex_lock(&first_mu), 0);
	ready = 1;
	IS(pthread_cond_broadcast(&work_cond), 0);
	IS(pthread_mutex_unlock(&first_mu), 0);
}

/* Workers wait at a condition, somebody for input from outside. */
static void *listens(void *number)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), pipes[2];
	char byte;
	IS(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	IS(listen(fd, 1), 0);
	IS(pipe(pipes), 0);
	struct pollfd p = {fd, POLLIN, 0};
	if ((long)number == 0)
		accept(fd, NULL, NULL);
	else if ((long)number == 1)
		poll(&p, 1, -1);
	else
		(void)!read(pipes[0], &byte, 1);
	return NULL;
}

static void server_with(long kind)
{
	pthread_t thread[4];
	for (int i = 0; i < 3; i++)
		IS(pthread_create(&thread[i], NULL, worker, NULL), 0);
	IS(pthread_create(&thread[3], NULL, listens, (void *)kind), 0);
	signal(SIGALRM, SIG_DFL);
	if (fork() == 0) { /* somebody else ends the server, as an administrator would */
		known_sleep(LONG_MS);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	pthread_join(thread[3], NULL);
}

static void leave(int unused)
{
	(void)unused;
	_exit(0);
}

static void accept_server(void)
{
	signal(SIGUSR1, leave);
	server_with(0);
}

static void poll_server(void)
{
	signal(SIGUSR1, leave);
	server_with(1);
}

static void read_server(void)
{
	signal(SIGUSR1, leave);
	server_with(2);
}

/* Waits for signals, by sigwait or by a semaphore that the handler posts. */
static void sigwait_server(void)
{
	sigset_t set;
	int number;
	pthread_t thread;
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	IS(pthread_create(&thread, NULL, worker, NULL), 0);
	alarm(3);
	IS(sigwait(&set, &number), 0);
	let_go();
	IS(pthread_join(thread, NULL), 0);
}

static void post(int unused)
{
	(void)unused;
	sem_post(&answer);
}

static void handler_posts(void)
{
	pthread_t thread;
	IS(sem_init(&answer, 0, 0), 0);
	IS(pthread_create(&thread, NULL, worker, NULL), 0);
	signal(SIGALRM, post);
	alarm(3);
	while (sem_wait(&answer) != 0)
		IS(errno, EINTR);
	let_go();
	IS(pthread_join(thread, NULL), 0);
}

/* A timer of the C library's own thread. */
static void expired(union sigval unused)
{
	(void)unused;
	let_go();
}

static void timer_thread(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = expired};
	struct itimerspec when = {.it_value = {LONG_MS / 1000, LONG_MS % 1000 * 1000000}};
	timer_t timer;
	IS(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	IS(timer_settime(timer, 0, &when, NULL), 0);
	worker(NULL);
}

/* One sleeps with the lock, others wait for it, and for each other. */
static void *holds_long(void *unused)
{
	IS(pthread_mutex_lock(&second_mu), 0);
	known_sleep(LONG_MS);
	IS(pthread_mutex_unlock(&second_mu), 0);
	return unused;
}

static void *holds_behind(void *unused)
{
	known_sleep(20);
	IS(pthread_mutex_lock(&first_mu), 0);
	IS(pthread_mutex_lock(&second_mu), 0);
	IS(pthread_mutex_unlock(&second_mu), 0);
	IS(pthread_mutex_unlock(&first_mu), 0);
	return unused;
}

static void *waits_behind(void *unused)
{
	known_sleep(50);
	IS(pthread_mutex_lock(&first_mu), 0);
	IS(pthread_mutex_unlock(&first_mu), 0);
	return unused;
}

static void long_hold(void)
{
	void *(*routine[])(void *) = {holds_long, holds_behind, waits_behind, waits_behind};
	pthread_t thread[COUNT(routine)];
	for (size_t i = 0; i < COUNT(routine); i++)
		IS(pthread_create(&thread[i], NULL, routine[i], NULL), 0);
	for (size_t i = 0; i < COUNT(routine); i++)
		IS(pthread_join(thread[i], NULL), 0);
}

/* Each holds what the other wants, but gives up. */
static pthread_barrier_t both_took;
static void *gives_up(void *number)
{
	pthread_mutex_t *mutex[] = {&first_mu, &second_mu};
	struct timespec until = known_until(CLOCK_REALTIME, LONG_MS);
	IS(pthread_mutex_lock(mutex[(long)number]), 0);
	pthread_barrier_wait(&both_took);
	int result = pthread_mutex_timedlock(mutex[!number], &until);
	if (result == 0)
		IS(pthread_mutex_unlock(mutex[!number]), 0);
	else
		IS(result, ETIMEDOUT);
	IS(pthread_mutex_unlock(mutex[(long)number]), 0);
	return NULL;
}

static void timed_locks(void)
{
	IS(pthread_barrier_init(&both_took, NULL, 2), 0);
	known_threads(2, gives_up);
}

static void *waits_a_while(void *unused)
{
	struct timespec until = known_until(CLOCK_REALTIME, LONG_MS);
	IS(pthread_mutex_lock(&first_mu), 0);
	while (pthread_cond_timedwait(&work_cond, &first_mu, &until) == 0)
		;
	IS(pthread_mutex_unlock(&first_mu), 0);
	return unused;
}

static void timed_conditions(void)
{
	known_threads(2, waits_a_while);
}

/* All wait for one that sleeps, and then answers. */
static void *answers(void *unused)
{
	known_sleep(LONG_MS);
	let_go();
	return unused;
}

static void handshake(void)
{
	pthread_t thread[3];
	IS(pthread_create(&thread[0], NULL, worker, NULL), 0);
	IS(pthread_create(&thread[1], NULL, worker, NULL), 0);
	IS(pthread_create(&thread[2], NULL, answers, NULL), 0);
	for (int i = 0; i < 3; i++)
		IS(pthread_join(thread[i], NULL), 0);
}

/* The only thread waits for what another process will do. */
static void other_process(void)
{
	sem_t *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	IS(sem_init(shared, 1, 0), 0);
	if (fork() == 0) {
		known_sleep(LONG_MS);
		sem_post(shared);
		_exit(0);
	}
	IS(sem_wait(shared), 0);
	IS(wait(NULL) > 0, 1);
}

static void slow_child(void)
{
	if (fork() == 0) {
		known_sleep(LONG_MS);
		_exit(0);
	}
	IS(wait(NULL) > 0, 1);
	IS(WEXITSTATUS(system("sleep 2.5")), 0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} all[] = {{"accept_server", accept_server},
		   {"poll_server", poll_server},
		   {"read_server", read_server},
		   {"sigwait_server", sigwait_server},
		   {"handler_posts", handler_posts},
		   {"timer_thread", timer_thread},
		   {"long_hold", long_hold},
		   {"timed_locks", timed_locks},
		   {"timed_conditions", timed_conditions},
		   {"handshake", handshake},
		   {"other_process", other_process},
		   {"slow_child", slow_child}};
	for (size_t i = 0; i < COUNT(all); i++) {
		if (argc == 1)
			puts(all[i].name);
		if (argc > 1 && !strcmp(argv[1], all[i].name)) {
			all[i].run();
			return 0;
		}
	}
	return argc > 1;
}
