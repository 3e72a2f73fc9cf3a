/*
 * What the graph and its readings cost.
 *   graph_cost make WAITS FILE   a recording of 64 threads that fight for 16 locks, first come,
 * first served, and mark their CPU time: as many waits and releases graph_cost read FILE seconds
 * and memory of the history, the graph, and of all readings
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "profiler/embedded.h"
#include "profiler/finish.h"
#include "profiler/hook.h"
#include "reports/graph/graph.h"
#include "reports/readings.h"
#include "tests/bench/made_log.h"

enum { LOCKS = 16, TICK_NS = 20000000, USAGE_NS = 200000, HAND_OVER_NS = 300 };

struct thread {
	uint64_t at, cpu, used; /* next acquisition, CPU time, when that was last written */
	uint32_t blocked;
};

static struct thread thread[MADE_THREADS];
static uint64_t free_at[LOCKS];
static unsigned holder[LOCKS];

static unsigned hook_named(const char *name)
{
	unsigned i = 0;

	while (i < hook_count && strcmp(hooks[i].name, name) != 0)
		i++;
	return i;
}

static unsigned first_thread(void)
{
	unsigned first = 0;

	for (unsigned t = 1; t < MADE_THREADS; t++)
		if (thread[t].at < thread[first].at)
			first = t;
	return first;
}

static void use(struct made_log *log, unsigned t)
{
	struct log_usage *u;

	if (thread[t].at < thread[t].used + USAGE_NS)
		return;
	u = made_log_record(log, t, EVENT_USAGE, 0, sizeof(*u));
	u->time = thread[t].used = thread[t].at;
	u->cpu_ns = thread[t].cpu;
	u->voluntary = thread[t].blocked;
}

/* One section of the thread whose turn it is; a wait when the lock is taken. */
static bool section(struct made_log *log, unsigned t, unsigned lock_hook, unsigned unlock_hook)
{
	unsigned l = bench_dice() % LOCKS, stack = l + LOCKS * (bench_dice() % 8);
	uint64_t hold = 500 + bench_dice() % 3000, begin = thread[t].at, end = begin;
	bool waits = free_at[l] > begin;

	if (waits) {
		struct log_wait *w;
		use(log, t);
		w = made_log_record(log, t, EVENT_WAIT, lock_hook, sizeof(*w));
		end = free_at[l] + HAND_OVER_NS;
		w->begin = begin;
		w->end = end;
		w->object = 0x7f0000001000 + 64 * l;
		w->holder = 1000 + holder[l];
		w->stack = made_log_stack(stack);
		w->flags = WAIT_ACQUIRED;
		thread[t].blocked++;
	}
	free_at[l] = end + hold;
	holder[l] = t;
	if (waits) {
		struct log_release *r =
		    made_log_record(log, t, EVENT_RELEASE, unlock_hook, sizeof(*r));
		r->acquired = end;
		r->released = end + hold;
		r->object = 0x7f0000001000 + 64 * l;
		r->waiters = 1;
		r->stack = made_log_stack(stack + 8 * LOCKS);
	}
	thread[t].cpu += hold + 2000;
	thread[t].at = end + hold + 1 + bench_dice() % 4000;
	return waits;
}

static int make(uint64_t waits, const char *path)
{
	unsigned lock_hook = hook_named("pthread_mutex_lock");
	unsigned unlock_hook = hook_named("pthread_mutex_unlock");
	uint64_t tick = 1000000000 + TICK_NS;
	struct made_log log;
	double begin;

	if (made_log_open(&log, path) != 0)
		return 1;
	for (unsigned t = 0; t < MADE_THREADS; t++) {
		struct log_thread_start *s =
		    made_log_record(&log, t, EVENT_THREAD_START, 0, sizeof(*s));
		thread[t].at = thread[t].used = s->time = 1001000000 + t * 1000;
		s->tid = 1000 + t;
		s->parent = t ? 1000 : 0;
	}
	while (waits) {
		unsigned t = first_thread();
		for (; thread[t].at >= tick; tick += TICK_NS)
			made_log_tick(&log, tick);
		waits -= section(&log, t, lock_hook, unlock_hook);
	}
	made_log_tick(&log, tick);
	made_log_ingested(&log);
	begin = bench_wall_now();
	if (finish(log.store, NULL, NULL) != 0)
		return 1;
	printf("finish_s %.2f\n", bench_wall_now() - begin);
	return made_log_close(&log) != 0;
}

struct meter {
	double cpu, wall;
};

static void report(struct meter *m, const char *what)
{
	struct meter now = {bench_cpu_now(), bench_wall_now()};
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("%s_s %.2f  %s_cpu_s %.2f  %s_MB %ld  ", what, now.wall - m->wall, what,
	       now.cpu - m->cpu, what, usage.ru_maxrss / 1024);
	*m = now;
}

/* What readings_make() does, with a clock beside it. */
static int read_all(struct store *store, const struct graph *g, struct meter *m)
{
	struct reading_input in = {store, g, NULL, NULL};
	int result = store_exec(store, embedded_text("reports/readings.sql"));

	report(m, "tables");
	result = result ? result : readings_make_first(&in);
	report(m, "first");
#define X(name)                                                                                    \
	result = result ? result : reading_##name(&in);                                            \
	report(m, #name);
	READINGS_LATER(X)
#undef X
	return result;
}

static int read(const char *path)
{
	struct store *store = store_open(path, STORE_READ);
	struct meter m = {bench_cpu_now(), bench_wall_now()}, all = m;
	struct history h;
	struct graph g;
	int result;

	if (!store || history_read(&h, store) != 0)
		return 1;
	report(&m, "history");
	graph_make(&g, &h);
	report(&m, "graph");
	result = read_all(store, &g, &m);
	report(&all, "all");
	printf("waits %zu  holds %zu  usages %zu  mended %zu\n", h.waits, h.holds, h.usages,
	       h.mended);
	graph_free(&g);
	history_free(&h);
	return store_close(store) != 0 || result != 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "make"))
		return make(strtoull(argv[2], NULL, 0), argv[3]);
	if (argc == 3 && !strcmp(argv[1], "read"))
		return read(argv[2]);
	fprintf(stderr, "usage: graph_cost make WAITS FILE | read FILE\n");
	return 2;
}
