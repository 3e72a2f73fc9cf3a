#include "tests/bench/made_log.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double bench_cpu_now(void)
{
	return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_wall_now(void)
{
	return seconds(CLOCK_MONOTONIC);
}

uint32_t bench_dice(void)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static void drain(struct made_log *l, unsigned t)
{
	double begin = bench_cpu_now();

	ingest_records(l->in, l->segment[t], sizeof(struct segment), l->filled[t]);
	l->cpu += bench_cpu_now() - begin;
	l->filled[t] = sizeof(struct segment);
}

void *made_log_record(struct made_log *l, unsigned thread, unsigned event, unsigned hook,
		      uint32_t size)
{
	struct record *r;

	if (l->filled[thread] + size > SEGMENT_SIZE)
		drain(l, thread);
	r = (struct record *)(void *)((char *)l->segment[thread] + l->filled[thread]);
	memset(r, 0, size);
	*r = (struct record){(uint16_t)size, (uint16_t)event, (uint16_t)hook, 1};
	l->filled[thread] += size;
	return r;
}

uint64_t made_log_stack(unsigned number)
{
	return (number + 1) * 0x9e3779b97f4a7c15ull;
}

static void make_stacks(struct made_log *l)
{
	for (unsigned i = 0; i < MADE_STACKS; i++) {
		struct log_stack_frames *s =
		    made_log_record(l, 0, EVENT_STACK, 0, sizeof(*s) + 10 * sizeof(uint64_t));
		s->stack = made_log_stack(i);
		s->depth = 10;
		for (unsigned f = 0; f < 10; f++)
			s->frames[f] = 0x400000 + 16 * ((i + 1) % (1u << f));
	}
}

int made_log_open(struct made_log *l, const char *path)
{
	struct arena_header *header = calloc(1, sizeof(*header));

	*l = (struct made_log){.store = store_create(path, true)};
	if (!l->store || !header)
		return -1;
	header->clock = CLOCK_TICKS_MONOTONIC_NS;
	for (unsigned t = 0; t < MADE_THREADS; t++) {
		l->segment[t] = calloc(1, SEGMENT_SIZE);
		*l->segment[t] = (struct segment){
		    .kind = SEGMENT_LOG, .process = 1, .pid = 1000, .tid = 1000 + t, .begin = 64};
		l->filled[t] = sizeof(struct segment);
	}
	l->in = ingest_open(l->store, header);
	free(header);
	ingest_anchor(l->in, 1000000000, 1000000000);
	ingest_anchor(l->in, 1001000000, 1001000000);
	make_stacks(l);
	return 0;
}

void made_log_tick(struct made_log *l, uint64_t now)
{
	double begin;

	for (unsigned t = 0; t < MADE_THREADS; t++)
		drain(l, t);
	begin = bench_cpu_now();
	ingest_tick(l->in, now);
	l->cpu += bench_cpu_now() - begin;
	if (now % 1000000000 == 0)
		ingest_anchor(l->in, now, now);
}

void made_log_ingested(struct made_log *l)
{
	double begin = bench_cpu_now();

	ingest_close(l->in, 0);
	l->cpu += bench_cpu_now() - begin;
}

int made_log_close(struct made_log *l)
{
	for (unsigned t = 0; t < MADE_THREADS; t++)
		free(l->segment[t]);
	return store_close(l->store);
}
