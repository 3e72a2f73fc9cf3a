#include "profiler/blocked.h"
#include "profiler/text.h"
#include "profiler/unfinished.h"
#include <stdlib.h>
#include <string.h>

static const struct thread_block *block_of(const struct watch *w, uint32_t number)
{
	return (const struct thread_block *)arena_segment(w->arena, number);
}

static bool is_alive(const struct watch *w, uint32_t number)
{
	return w->segment[number].kind == SEGMENT_THREAD && !w->segment[number].gone;
}

/* When the wait began that it is in, if by `before`, else 0. */
static uint64_t waits_since(const struct thread_block *t, uint64_t before)
{
	uint64_t since = __atomic_load_n(&t->waiting_since, __ATOMIC_ACQUIRE);

	return since <= before ? since : 0;
}

uint64_t blocked_signature(const struct watch *w, uint64_t before)
{
	uint64_t signature = 0;
	bool any = false;

	for (uint32_t i = 0; i < w->taken_count; i++) {
		uint32_t number = w->taken[i];
		if (!is_alive(w, number))
			continue;
		uint64_t since = waits_since(block_of(w, number), before);
		any |= since != 0;
		signature = (signature ^ since ^ number) * 0x9e3779b97f4a7c15ull;
		signature ^= signature >> 29;
	}
	return any ? signature | 1 : 0;
}

static void add_thread(struct blocked *b, const struct watch *w, uint32_t number)
{
	const struct thread_block *block = block_of(w, number);

	if (b->threads == b->thread_room) {
		b->thread_room = b->thread_room ? 2 * b->thread_room : 64;
		b->thread = memory_grow(b->thread, b->thread_room, sizeof(*b->thread));
	}
	b->thread[b->threads++] =
	    (struct blocked_thread){.block = block,
				    .number = number,
				    .process = w->segment[number].process,
				    .tid = block->head.tid,
				    .ended = __atomic_load_n(&block->ended, __ATOMIC_ACQUIRE)};
	b->log[number] = number;
}

/* By process, else as they came. */
static int by_process(const void *a, const void *b)
{
	const struct blocked_thread *x = a, *y = b;

	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void add_process(struct blocked *b, const struct watch *w, uint32_t thread)
{
	uint32_t number = b->thread[thread].process;
	const struct watch_process *p = watch_process_find(&w->processes, number);

	if (b->processes == b->process_room) {
		b->process_room = b->process_room ? 2 * b->process_room : 16;
		b->process = memory_grow(b->process, b->process_room, sizeof(*b->process));
	}
	b->process[b->processes++] = (struct blocked_process){
	    .number = number,
	    .pid = p ? p->pid : b->thread[thread].block->head.pid,
	    .foreign = !p || p->foreign,
	    .first = thread,
	};
}

static void group(struct blocked *b, const struct watch *w)
{
	uint32_t number = 0;

	if (b->threads)
		qsort(b->thread, b->threads, sizeof(*b->thread), by_process);
	for (uint32_t i = 0; i < b->threads; i++) {
		if (!b->processes || b->thread[i].process != number) {
			number = b->thread[i].process;
			add_process(b, w, i);
		}
		b->process[b->processes - 1].count++;
		b->thread[i].process = b->processes - 1;
	}
}

/* Logs are taken in order: the one with the highest number in its thread is written to. */
static void find_logs(struct blocked *b, const struct watch *w)
{
	for (uint32_t i = 0; i < w->taken_count; i++) {
		const struct watch_segment *s = &w->segment[w->taken[i]];
		if (s->kind != SEGMENT_LOG || s->thread == NO_THREAD || !s->read)
			continue;
		uint32_t *log = &b->log[s->thread];
		if (*log != NO_THREAD && s->sequence >= w->segment[*log].sequence)
			*log = w->taken[i];
	}
}

static bool gives_up(const struct hook *h)
{
	return strstr(h->name, "timed") || strstr(h->name, "clock");
}

static void read_wait(struct blocked *b, const struct watch *w, struct blocked_thread *t,
		      uint64_t before)
{
	uint64_t since = waits_since(t->block, before);
	uint32_t log = b->log[t->number];
	struct unfinished u;

	if (!since || !unfinished_make(&u, t->block, arena_segment(w->arena, log),
				       w->segment[log].read, since + 1))
		return;
	t->wait = u.wait;
	t->site = u.tally.site;
	t->hook = hook_get(u.wait.head.hook);
	t->waiting = !gives_up(t->hook) && u.wait.begin == since;
}

void blocked_read(struct blocked *b, const struct watch *w, uint64_t before)
{
	if (!b->log)
		b->log = memory_new(SEGMENT_COUNT_MAX, sizeof(*b->log));
	memset(b->log, 0xff, SEGMENT_COUNT_MAX * sizeof(*b->log));
	b->threads = b->processes = 0;
	for (uint32_t i = 0; i < w->taken_count; i++)
		if (is_alive(w, w->taken[i]))
			add_thread(b, w, w->taken[i]);
	group(b, w);
	find_logs(b, w);
	for (uint32_t i = 0; i < b->threads; i++)
		read_wait(b, w, &b->thread[i], before);
}

void blocked_free(struct blocked *b)
{
	free(b->thread);
	free(b->process);
	free(b->log);
	*b = (struct blocked){0};
}

static uint32_t find_in(const struct blocked *b, uint32_t process, uint32_t tid)
{
	const struct blocked_process *p = &b->process[process];

	for (uint32_t i = p->first; i < p->first + p->count; i++)
		if (b->thread[i].tid == tid)
			return i;
	return UINT32_MAX;
}

uint32_t blocked_find(const struct blocked *b, uint32_t process, uint32_t tid)
{
	uint32_t found = find_in(b, process, tid);

	for (uint32_t p = 0; p < b->processes && found == UINT32_MAX; p++)
		if (!b->process[p].foreign && !b->process[process].foreign)
			found = find_in(b, p, tid);
	return found;
}
