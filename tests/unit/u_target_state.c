/* What is asked about a running program, asked about this one and a child of it. */
#include "profiler/target_state.h"
#include "profiler/lock_state.h"
#include "tests/unit/unit.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static uint32_t me(void)
{
	return (uint32_t)getpid();
}

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static uint32_t waiter;

static void *wait_for_it(void *unused)
{
	prctl(PR_SET_NAME, "state waiter");
	__atomic_store_n(&waiter, (uint32_t)gettid(), __ATOMIC_RELEASE);
	pthread_mutex_lock(&held);
	pthread_mutex_unlock(&held);
	return unused;
}

TEST(target_state, memory_is_read_where_there_is_some)
{
	uint64_t word = 0x1234567890abcdef, copy = 0;
	CU_ASSERT(target_read(me(), (uint64_t)&word, &copy, sizeof(copy)));
	CU_ASSERT_EQUAL(copy, word);
	CU_ASSERT_FALSE(target_read(me(), 8, &copy, sizeof(copy)));
	CU_ASSERT_FALSE(target_read(0x3ffffff, (uint64_t)&word, &copy, sizeof(copy)));
}

TEST(target_state, a_thread_that_waits_for_a_lock_is_seen_in_its_call)
{
	char name[TASK_NAME];
	struct task_call call;
	enum task_doing doing = TASK_UNKNOWN;
	pthread_t thread;
	pthread_mutex_lock(&held);
	pthread_create(&thread, NULL, wait_for_it, NULL);
	for (int i = 0; i < 2000 && doing != TASK_CALLS && doing != TASK_SLEEPS; i++) {
		usleep(1000);
		uint32_t tid = __atomic_load_n(&waiter, __ATOMIC_ACQUIRE);
		if (tid)
			doing = task_state(me(), tid, &call);
	}
	CU_ASSERT(doing == TASK_CALLS || doing == TASK_SLEEPS);
	if (doing == TASK_CALLS) {
		CU_ASSERT_EQUAL(call.number, SYS_futex);
		CU_ASSERT_EQUAL(call.argument[0], (uint64_t)&held);
	}
	CU_ASSERT(task_is_of(me(), waiter));
	CU_ASSERT(task_exists(waiter));
	CU_ASSERT(task_given_name(me(), waiter, name));
	CU_ASSERT_STRING_EQUAL(name, "state waiter");
	CU_ASSERT_FALSE(task_given_name(me(), me(), name));
	struct lock_state s = lock_state_read(me(), (uint64_t)&held, FAMILY_mutex);
	CU_ASSERT(s.known && !s.shared);
	CU_ASSERT_EQUAL(s.owner, (uint32_t)gettid());
	pthread_mutex_unlock(&held);
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(lock_state_read(me(), (uint64_t)&held, FAMILY_mutex).owner, 0);
	CU_ASSERT_EQUAL(task_state(me(), me(), &call), TASK_RUNS);
}

TEST(target_state, who_is_gone_is_told_from_who_left_a_zombie)
{
	struct task_call call;
	uint32_t found[4];
	enum task_doing doing = TASK_UNKNOWN;
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	for (int i = 0; i < 2000 && doing != TASK_ZOMBIE; i++) {
		doing = task_state((uint32_t)child, (uint32_t)child, &call);
		usleep(1000);
	}
	CU_ASSERT_EQUAL(doing, TASK_ZOMBIE);
	int count = task_children(me(), me(), found, 4);
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT_EQUAL(found[0], (uint32_t)child);
	CU_ASSERT_EQUAL(task_children(me(), me(), found, 0), -1);
	waitpid(child, NULL, 0);
	CU_ASSERT_EQUAL(task_state((uint32_t)child, (uint32_t)child, &call), TASK_GONE);
	CU_ASSERT_EQUAL(task_children(me(), me(), found, 4), 0);
	CU_ASSERT_EQUAL(task_children((uint32_t)child, (uint32_t)child, found, 4), -1);
}

static void ignore(int number)
{
	(void)number;
}

TEST(target_state, handlers_of_signals_from_outside_are_known)
{
	void (*before)(int) = signal(SIGUSR2, SIG_DFL);
	bool had = target_has_handlers(me());
	signal(SIGUSR2, ignore);
	CU_ASSERT(target_has_handlers(me()));
	signal(SIGUSR2, SIG_DFL);
	CU_ASSERT_EQUAL(target_has_handlers(me()), had);
	CU_ASSERT(target_has_handlers(0x3ffffff)); /* not known */
	signal(SIGUSR2, before);
}

TEST(target_state, locks_tell_what_they_are)
{
	pthread_rwlock_t l = PTHREAD_RWLOCK_INITIALIZER;
	pthread_mutexattr_t a;
	pthread_mutex_t m;
	struct lock_state s;

	pthread_rwlock_rdlock(&l);
	pthread_rwlock_rdlock(&l);
	s = lock_state_read(me(), (uint64_t)&l, FAMILY_rwlock);
	CU_ASSERT(s.known && !s.owner && s.readers == 2);
	pthread_rwlock_unlock(&l);
	pthread_rwlock_unlock(&l);
	pthread_rwlock_wrlock(&l);
	s = lock_state_read(me(), (uint64_t)&l, FAMILY_rwlock);
	CU_ASSERT(s.owner == (uint32_t)gettid() && !s.readers);
	pthread_rwlock_unlock(&l);

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&m, &a);
	pthread_mutex_lock(&m);
	s = lock_state_read(me(), (uint64_t)&m, FAMILY_mutex);
	CU_ASSERT(s.shared && s.owner == (uint32_t)gettid());
	pthread_mutex_unlock(&m);
	pthread_mutex_destroy(&m);
}
