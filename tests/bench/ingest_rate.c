/*
 * How fast the ingest is: made-up segments of many threads that wait for some locks, fed as the
 * recorder would. Usage: ingest_rate [WAITS [RELEASES_PERCENT [FILE]]]
 * Prints wait records per CPU second, its memory, bytes per event and the time to finish.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "collectors/log.h"
#include "profiler/finish.h"
#include "profiler/ingest.h"
#include "profiler/store.h"

enum { THREADS = 64, LOCKS = 200, STACKS = 500, TICK_NS = 20000000, LOCK_STEP_NS = 100000 };
enum { HOOK_LOCK = 1 };

static struct segment *segment[THREADS]; /* SEGMENT_SIZE each */
static uint32_t filled[THREADS];
static uint64_t clock_now = 1000000000;
static uint64_t wait_count, release_count;
static double cpu; /* of the ingest alone */

static uint32_t dice(void)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static double cpu_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void drain(struct ingest *in, unsigned t)
{
	double begin = cpu_now();

	ingest_records(in, segment[t], sizeof(struct segment), filled[t]);
	cpu += cpu_now() - begin;
	filled[t] = sizeof(struct segment);
}

static void *record(struct ingest *in, unsigned t, unsigned event, uint32_t size)
{
	struct record *r;

	if (filled[t] + size > SEGMENT_SIZE)
		drain(in, t);
	r = (struct record *)(void *)((char *)segment[t] + filled[t]);
	memset(r, 0, size);
	*r = (struct record){(uint16_t)size, (uint16_t)event, HOOK_LOCK, 1};
	filled[t] += size;
	return r;
}

static void make_stacks(struct ingest *in)
{
	for (unsigned i = 1; i <= STACKS; i++) {
		struct log_stack_frames *s =
		    record(in, 0, EVENT_STACK, sizeof(*s) + 10 * sizeof(uint64_t));
		s->stack = i * 0x9e3779b97f4a7c15ull;
		s->depth = 10;
		for (unsigned f = 0; f < 10; f++)
			s->frames[f] = 0x400000 + 16 * (i % (1u << f));
	}
}

static void make_wait(struct ingest *in, bool release)
{
	unsigned stack = dice() % STACKS, l = stack % LOCKS, t = dice() % THREADS;
	uint64_t now = clock_now += LOCK_STEP_NS / LOCKS;
	struct log_wait *w = record(in, t, EVENT_WAIT, sizeof(*w));
	struct log_release *r;

	w->begin = now - dice() % (4 * LOCK_STEP_NS);
	w->end = now;
	w->object = 0x7f0000001000 + 64 * l;
	w->holder = 1000 + dice() % THREADS;
	w->stack = (stack + 1) * 0x9e3779b97f4a7c15ull;
	w->flags = WAIT_ACQUIRED;
	wait_count++;
	if (!release)
		return;
	r = record(in, t, EVENT_RELEASE, sizeof(*r));
	r->acquired = now;
	r->released = now + 800;
	r->object = w->object;
	r->waiters = 1;
	r->stack = w->stack;
	release_count++;
}

static void tick(struct ingest *in, uint64_t now)
{
	double begin;

	for (unsigned t = 0; t < THREADS; t++)
		drain(in, t);
	begin = cpu_now();
	ingest_tick(in, now);
	cpu += cpu_now() - begin;
}

static void feed(struct ingest *in, uint64_t waits, unsigned releases)
{
	const uint64_t per_tick = (uint64_t)LOCKS * TICK_NS / LOCK_STEP_NS;
	uint64_t now = clock_now;

	ingest_anchor(in, now, now);
	ingest_anchor(in, now + 1000000, now + 1000000);
	clock_now += 10000000;
	make_stacks(in);
	for (uint64_t i = 0; i < waits; i++) {
		make_wait(in, dice() % 100 < releases);
		if (i % per_tick == per_tick - 1) {
			tick(in, now += TICK_NS);
			if (now % 1000000000 == 0)
				ingest_anchor(in, now, now);
		}
	}
	tick(in, now + TICK_NS);
}

int main(int argc, char **argv)
{
	uint64_t waits = argc > 1 ? strtoull(argv[1], NULL, 0) : 2000000;
	unsigned releases = argc > 2 ? (unsigned)atoi(argv[2]) : 0;
	const char *path = argc > 3 ? argv[3] : "ingest_rate.db";
	struct arena_header *header = calloc(1, sizeof(*header));
	struct store *s = store_create(path, true);
	struct ingest *in;
	struct rusage usage;
	struct stat st;
	double begin;

	if (!s || !header)
		return 1;
	header->clock = CLOCK_TICKS_MONOTONIC_NS;
	for (unsigned t = 0; t < THREADS; t++) {
		segment[t] = calloc(1, SEGMENT_SIZE);
		*segment[t] = (struct segment){
		    .kind = SEGMENT_LOG, .process = 1, .pid = 1000, .tid = 1000 + t, .begin = 64};
		filled[t] = sizeof(struct segment);
	}
	in = ingest_open(s, header);
	feed(in, waits, releases);
	begin = cpu_now();
	ingest_close(in, 0);
	cpu += cpu_now() - begin;
	getrusage(RUSAGE_SELF, &usage);
	store_exec(s, "PRAGMA wal_checkpoint(TRUNCATE)");
	stat(path, &st);
	printf(
	    "waits %llu  releases %llu  M_waits_per_cpu_s %.2f  M_records_per_cpu_s %.2f  rss_MB "
	    "%ld  bytes_per_event %.1f",
	    (unsigned long long)wait_count, (unsigned long long)release_count,
	    (double)wait_count / cpu / 1e6, (double)(wait_count + release_count) / cpu / 1e6,
	    usage.ru_maxrss / 1024, (double)st.st_size / (double)(wait_count + release_count));
	begin = cpu_now();
	if (finish(s, NULL, NULL) != 0)
		return 1;
	printf("  finish_s %.2f\n", cpu_now() - begin);
	if (store_close(s) != 0)
		return 1;
	if (argc <= 3)
		unlink(path);
	return 0;
}
