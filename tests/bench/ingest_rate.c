/*
 * How fast the ingest is: made-up segments of many threads that wait for some locks, fed as the
 * recorder would. Usage: ingest_rate [WAITS [RELEASES_PERCENT [FILE]]]
 * Prints wait records per CPU second, its memory, bytes per event and the time to finish.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "profiler/finish.h"
#include "tests/bench/made_log.h"

enum { LOCKS = 200, TICK_NS = 20000000, LOCK_STEP_NS = 100000 };
enum { HOOK_LOCK = 1 };

static uint64_t clock_now = 1000000000;
static uint64_t wait_count, release_count;

static void make_wait(struct made_log *log, bool release)
{
	unsigned stack = bench_dice() % MADE_STACKS, l = stack % LOCKS;
	unsigned t = bench_dice() % MADE_THREADS;
	uint64_t now = clock_now += LOCK_STEP_NS / LOCKS;
	struct log_wait *w = made_log_record(log, t, EVENT_WAIT, HOOK_LOCK, sizeof(*w));
	struct log_release *r;

	w->begin = now - bench_dice() % (4 * LOCK_STEP_NS);
	w->end = now;
	w->object = 0x7f0000001000 + 64 * l;
	w->holder = 1000 + bench_dice() % MADE_THREADS;
	w->stack = made_log_stack(stack);
	w->flags = WAIT_ACQUIRED;
	wait_count++;
	if (!release)
		return;
	r = made_log_record(log, t, EVENT_RELEASE, HOOK_LOCK, sizeof(*r));
	r->acquired = now;
	r->released = now + 800;
	r->object = w->object;
	r->waiters = 1;
	r->stack = w->stack;
	release_count++;
}

static void feed(struct made_log *log, uint64_t waits, unsigned releases)
{
	const uint64_t per_tick = (uint64_t)LOCKS * TICK_NS / LOCK_STEP_NS;
	uint64_t now = clock_now;

	clock_now += 10000000;
	for (uint64_t i = 0; i < waits; i++) {
		make_wait(log, bench_dice() % 100 < releases);
		if (i % per_tick == per_tick - 1)
			made_log_tick(log, now += TICK_NS);
	}
	made_log_tick(log, now + TICK_NS);
}

int main(int argc, char **argv)
{
	uint64_t waits = argc > 1 ? strtoull(argv[1], NULL, 0) : 2000000;
	unsigned releases = argc > 2 ? (unsigned)atoi(argv[2]) : 0;
	const char *path = argc > 3 ? argv[3] : "ingest_rate.db";
	struct made_log log;
	struct rusage usage;
	struct stat st;
	double begin;

	if (made_log_open(&log, path) != 0)
		return 1;
	feed(&log, waits, releases);
	made_log_ingested(&log);
	getrusage(RUSAGE_SELF, &usage);
	store_exec(log.store, "PRAGMA wal_checkpoint(TRUNCATE)");
	stat(path, &st);
	printf(
	    "waits %llu  releases %llu  M_waits_per_cpu_s %.2f  M_records_per_cpu_s %.2f  rss_MB "
	    "%ld  bytes_per_event %.1f",
	    (unsigned long long)wait_count, (unsigned long long)release_count,
	    (double)wait_count / log.cpu / 1e6,
	    (double)(wait_count + release_count) / log.cpu / 1e6, usage.ru_maxrss / 1024,
	    (double)st.st_size / (double)(wait_count + release_count));
	begin = bench_cpu_now();
	if (finish(log.store, NULL, NULL) != 0)
		return 1;
	printf("  finish_s %.2f\n", bench_cpu_now() - begin);
	if (made_log_close(&log) != 0)
		return 1;
	if (argc <= 3)
		unlink(path);
	return 0;
}
