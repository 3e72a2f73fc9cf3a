/*
 * What it takes to wake a thread that sleeps in the kernel. Each time is that of one wake-up: the
 * sleeper is let fall asleep, which the kernel tells, and both sides note when they were where.
 */
#include "collectors/machine/batch.h"
#include "collectors/machine/cost_parts.h"
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ASLEEP_LIMIT_NS 20000000u
#define SETTLE_NS 20000u /* until it has left its CPU, too */

enum { FUTEX, MUTEX };

struct pair {
	pthread_mutex_t mutex;
	uint32_t go;	/* futex: the sleeper's turn number */
	uint32_t ready; /* turns the sleeper is about to sleep in */
	uint32_t done;	/* turns the sleeper has woken from */
	uint32_t turns; /* at most */
	int way;	/* FUTEX or MUTEX */
	bool over;
	uint64_t woken_ns;
	pid_t sleeper;
	int state; /* its /proc/…/stat */
};

static long futex(uint32_t *word, int operation, uint32_t value)
{
	return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

static void raise_word(uint32_t *word)
{
	__atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
	futex(word, FUTEX_WAKE_PRIVATE, 1);
}

/* Until the word is no longer that. */
static void wait_while(uint32_t *word, uint32_t value)
{
	while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value)
		futex(word, FUTEX_WAIT_PRIVATE, value);
}

static void *sleep_in_turns(void *data)
{
	struct pair *p = data;
	p->sleeper = (pid_t)syscall(SYS_gettid);
	for (uint32_t turn = 0;; turn++) {
		raise_word(&p->ready);
		if (p->way == FUTEX) {
			wait_while(&p->go, turn);
			p->woken_ns = batch_now_ns();
		} else {
			pthread_mutex_lock(&p->mutex);
			p->woken_ns = batch_now_ns();
			pthread_mutex_unlock(&p->mutex);
		}
		bool over = __atomic_load_n(&p->over, __ATOMIC_SEQ_CST);
		raise_word(&p->done);
		if (over)
			return NULL;
		if (p->way == MUTEX) /* until it is locked against us again */
			wait_while(&p->go, turn);
	}
}

static bool sleeps(const struct pair *p)
{
	char line[128];
	ssize_t n = pread(p->state, line, sizeof(line) - 1, 0);
	if (n <= 0)
		return false;
	line[n] = 0;
	const char *state = strrchr(line, ')');
	return state && state[1] == ' ' && state[2] == 'S';
}

/* False: it does not fall asleep, or nobody can tell. */
static bool await_sleep(const struct pair *p)
{
	uint64_t until = batch_now_ns() + ASLEEP_LIMIT_NS;
	while (!sleeps(p)) {
		if (batch_now_ns() > until)
			return false;
		sched_yield();
	}
	for (until = batch_now_ns() + SETTLE_NS; batch_now_ns() < until;)
		;
	return true;
}

struct woken {
	struct batches call, until_runs;
};

/* One turn. `ready` and `done` count from 1. */
static bool take_turn(struct pair *p, uint32_t turn, struct woken *w)
{
	wait_while(&p->ready, turn);
	bool asleep = await_sleep(p);
	uint64_t begin = batch_now_ns(), called;
	if (p->way == FUTEX) {
		raise_word(&p->go);
		called = batch_now_ns();
	} else {
		pthread_mutex_unlock(&p->mutex);
		called = batch_now_ns();
	}
	wait_while(&p->done, turn);
	if (asleep && p->woken_ns > begin) {
		w->call.value[w->call.count++] = (double)(called - begin);
		w->until_runs.value[w->until_runs.count++] = (double)(p->woken_ns - begin);
	}
	if (p->way == MUTEX && !p->over) {
		pthread_mutex_lock(&p->mutex);
		raise_word(&p->go);
	}
	return asleep;
}

static int open_state(pid_t thread)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)thread);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static bool measure(struct woken *w, int way, uint64_t budget_ns)
{
	struct pair p = {.mutex = PTHREAD_MUTEX_INITIALIZER, .way = way};
	pthread_t sleeper;
	*w = (struct woken){0};
	if (way == MUTEX)
		pthread_mutex_lock(&p.mutex);
	if (pthread_create(&sleeper, NULL, sleep_in_turns, &p) != 0)
		return false;
	wait_while(&p.ready, 0);
	p.state = open_state(p.sleeper);
	uint64_t end = batch_now_ns() + budget_ns;
	for (uint32_t turn = 0; !p.over; turn++) {
		bool last = batch_now_ns() >= end || w->call.count == BATCHES_MAX - 1;
		__atomic_store_n(&p.over, last, __ATOMIC_SEQ_CST);
		if (!take_turn(&p, turn, w) && !p.over)
			end = 0; /* it cannot be told: the next turn is the last */
	}
	pthread_join(sleeper, NULL);
	if (p.state >= 0)
		close(p.state);
	return true;
}

void cost_wakes(struct machine_costs *costs, uint64_t budget_ns)
{
	struct woken w;
	if (measure(&w, FUTEX, budget_ns)) {
		batches_add_cost(costs, COST_wake_call, 1, 1, &w.call);
		batches_add_cost(costs, COST_wake_up, 1, 1, &w.until_runs);
	}
	if (measure(&w, MUTEX, budget_ns))
		batches_add_cost(costs, COST_hand_over, 1, 1, &w.until_runs);
}
