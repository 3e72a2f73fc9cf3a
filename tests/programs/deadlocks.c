/* Deadlocks, one by argument: all of them end by SIGALRM, four seconds after the start. */
#include "known.h"
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <semaphore.h>

static pthread_mutex_t first_mu = PTHREAD_MUTEX_INITIALIZER, second_mu = PTHREAD_MUTEX_INITIALIZER,
		       third_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER,
			index_lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t never_cond = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t all_took;
static sem_t never_sem;
static pthread_t main_thread;

/* Takes one, waits until all have theirs, then wants the next one's. */
static pthread_mutex_t *ring[] = {&first_mu, &second_mu, &third_mu};
static int ring_size, thinking_ms;

NOINLINE void want_next(long number)
{
	IS(pthread_mutex_lock(ring[(number + 1) % ring_size]), 0);
}

static void *philosopher(void *number)
{
	IS(pthread_mutex_lock(ring[(long)number]), 0);
	pthread_barrier_wait(&all_took);
	known_sleep(thinking_ms);
	want_next((long)number);
	return NULL;
}

static void cycle(int size)
{
	ring_size = size;
	IS(pthread_barrier_init(&all_took, NULL, (unsigned)size), 0);
	known_threads(size, philosopher);
}

static void cycle_2(void)
{
	cycle(2);
}

static void cycle_3(void)
{
	cycle(3);
}

static void *bystander(void *unused)
{
	pthread_barrier_wait(&all_took);
	IS(pthread_mutex_lock(&first_mu), 0);
	return unused;
}

/* Three more wait for one of the two that wait for each other. */
static void cycle_behind(void)
{
	pthread_t thread[5];
	ring_size = 2;
	thinking_ms = 300;
	IS(pthread_barrier_init(&all_took, NULL, 5), 0);
	for (long i = 0; i < 5; i++) {
		IS(pthread_create(&thread[i], NULL, i < 2 ? philosopher : bystander, (void *)i), 0);
		IS(pthread_setname_np(thread[i], i < 2 ? "thinker" : "guest"), 0);
	}
	known_sleep(10000);
}

NOINLINE void lock_again(void)
{
	IS(pthread_mutex_lock(&first_mu), 0);
}

static void self(void)
{
	IS(pthread_mutex_lock(&first_mu), 0);
	lock_again();
}

static void *leaves_it_locked(void *unused)
{
	IS(pthread_mutex_lock(&first_mu), 0);
	return unused;
}

static void left(void)
{
	known_threads(1, leaves_it_locked);
	lock_again();
}

/* The child inherits a mutex that a thread of the parent has. */
static void *holds_it(void *unused)
{
	IS(pthread_mutex_lock(&first_mu), 0);
	pthread_barrier_wait(&all_took);
	known_sleep(10000);
	return unused;
}

static void forked(void)
{
	pthread_t thread;
	int status;
	IS(pthread_barrier_init(&all_took, NULL, 2), 0);
	IS(pthread_create(&thread, NULL, holds_it, NULL), 0);
	pthread_barrier_wait(&all_took);
	if (fork() == 0) {
		alarm(4);
		lock_again();
	}
	wait(&status);
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 1);
}

static void *writer(void *number)
{
	pthread_rwlock_t *lock[] = {&table_lock, &index_lock};
	IS(pthread_rwlock_wrlock(lock[(long)number]), 0);
	pthread_barrier_wait(&all_took);
	if (number)
		IS(pthread_rwlock_wrlock(lock[0]), 0);
	else
		IS(pthread_rwlock_rdlock(lock[1]), 0);
	return NULL;
}

static void rwlock(void)
{
	IS(pthread_barrier_init(&all_took, NULL, 2), 0);
	known_threads(2, writer);
}

/* A reader that becomes a writer waits for itself. */
static void upgrade(void)
{
	IS(pthread_rwlock_rdlock(&table_lock), 0);
	IS(pthread_rwlock_wrlock(&table_lock), 0);
}

static void *locks_first(void *unused)
{
	pthread_barrier_wait(&all_took);
	IS(pthread_mutex_lock(&first_mu), 0);
	return unused;
}

static void join(void)
{
	pthread_t thread;
	IS(pthread_barrier_init(&all_took, NULL, 2), 0);
	IS(pthread_create(&thread, NULL, locks_first, NULL), 0);
	IS(pthread_mutex_lock(&first_mu), 0);
	pthread_barrier_wait(&all_took);
	IS(pthread_join(thread, NULL), 0);
}

static void *joins_main(void *unused)
{
	IS(pthread_join(main_thread, NULL), 0);
	return unused;
}

static void join_each_other(void)
{
	pthread_t thread;
	main_thread = pthread_self();
	IS(pthread_create(&thread, NULL, joins_main, NULL), 0);
	known_sleep(10);
	IS(pthread_join(thread, NULL), 0);
}

struct shared {
	pthread_mutex_t left, right;
	int took[2];
};

static void shared_mutex(pthread_mutex_t *m)
{
	pthread_mutexattr_t a;
	IS(pthread_mutexattr_init(&a), 0);
	IS(pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED), 0);
	IS(pthread_mutex_init(m, &a), 0);
}

static void take_both(struct shared *s, int number)
{
	IS(pthread_mutex_lock(number ? &s->right : &s->left), 0);
	__atomic_store_n(&s->took[number], 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&s->took[!number], __ATOMIC_SEQ_CST))
		known_sleep(1);
	IS(pthread_mutex_lock(number ? &s->left : &s->right), 0);
}

static void processes(void)
{
	struct shared *s =
	    mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	shared_mutex(&s->left);
	shared_mutex(&s->right);
	if (fork() == 0) {
		alarm(4);
		take_both(s, 1);
	}
	take_both(s, 0);
}

/* The parent waits for the child's end, the child for a lock of the parent's. */
static void child(void)
{
	struct shared *s =
	    mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;
	shared_mutex(&s->left);
	IS(pthread_mutex_lock(&s->left), 0);
	pid = fork();
	if (pid == 0) {
		alarm(4);
		IS(pthread_mutex_lock(&s->left), 0);
	}
	waitpid(pid, NULL, 0);
}

static void *waits_for_a_signal(void *unused)
{
	IS(pthread_mutex_lock(&first_mu), 0);
	IS(pthread_cond_wait(&never_cond, &first_mu), 0);
	return unused;
}

static void condition(void)
{
	known_threads(3, waits_for_a_signal);
}

static void *waits_for_a_post(void *unused)
{
	IS(sem_wait(&never_sem), 0);
	return unused;
}

NOINLINE void *waits_inside_of(void *unused)
{
	IS(pthread_mutex_lock(&second_mu), 0);
	IS(pthread_cond_wait(&never_cond, &second_mu), 0);
	return unused;
}

/* One keeps a lock while it waits to be woken, which the other one would do, had it that lock. */
static void *waits_inside(void *unused)
{
	IS(pthread_mutex_lock(&first_mu), 0);
	pthread_barrier_wait(&all_took);
	return waits_inside_of(unused);
}

static void *wakes_inside(void *unused)
{
	pthread_barrier_wait(&all_took);
	IS(pthread_mutex_lock(&first_mu), 0);
	IS(pthread_cond_signal(&never_cond), 0);
	return unused;
}

static void nested_monitors(void)
{
	pthread_t thread;
	IS(pthread_barrier_init(&all_took, NULL, 2), 0);
	IS(pthread_create(&thread, NULL, wakes_inside, NULL), 0);
	waits_inside(NULL);
}

static void semaphore(void)
{
	IS(sem_init(&never_sem, 0, 0), 0);
	known_threads(2, waits_for_a_post);
}

/* One of three never comes. */
static void *arrives(void *number)
{
	if ((long)number < 2)
		pthread_barrier_wait(&all_took);
	return NULL;
}

static void barrier(void)
{
	IS(pthread_barrier_init(&all_took, NULL, 3), 0);
	known_threads(3, arrives);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} all[] = {{"cycle_2", cycle_2},
		   {"cycle_3", cycle_3},
		   {"cycle_behind", cycle_behind},
		   {"self", self},
		   {"left", left},
		   {"forked", forked},
		   {"rwlock", rwlock},
		   {"upgrade", upgrade},
		   {"join", join},
		   {"join_each_other", join_each_other},
		   {"processes", processes},
		   {"child", child},
		   {"condition", condition},
		   {"nested_monitors", nested_monitors},
		   {"semaphore", semaphore},
		   {"barrier", barrier}};
	alarm(4);
	for (size_t i = 0; i < COUNT(all); i++)
		if (argc > 1 && !strcmp(argv[1], all[i].name))
			all[i].run();
	return 1;
}
