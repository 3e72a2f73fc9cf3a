#include "profiler/watch.h"
#include "profiler/unfinished.h"
#include "profiler/clock.h"
#include "profiler/process_state.h"
#include "profiler/text.h"
#include <stdlib.h>

#define LOOK_AT_ALL_NS 1000000000u

void watch_open(struct watch *w, struct arena *arena, const struct watch_sink *sink)
{
	*w = (struct watch){.arena = arena, .sink = *sink};
	w->segment = memory_new(SEGMENT_COUNT_MAX, sizeof(*w->segment));
	w->taken = memory_new(SEGMENT_COUNT_MAX, sizeof(*w->taken));
	watch_processes_open(&w->processes);
}

void watch_free(struct watch *w)
{
	free(w->segment);
	free(w->taken);
	free(w->processes.rows);
	*w = (struct watch){0};
}

static void taken(void *data, uint32_t number)
{
	struct watch *w = data;
	w->segment[number] = (struct watch_segment){.taken = true, .thread = NO_THREAD};
	w->taken[w->taken_count++] = number;
}

static void recycle(struct watch *w, uint32_t number)
{
	w->segment[number].taken = false;
	arena_recycle(w->arena, number);
}

/* Where a ref to a thread block points: its number; NO_THREAD for nonsense. */
static uint32_t thread_number(const struct watch *w, uint32_t ref)
{
	uint64_t offset = (uint64_t)ref << 3;
	if (offset < ARENA_HEADER_SIZE || (offset - ARENA_HEADER_SIZE) % SEGMENT_SIZE)
		return NO_THREAD;
	uint64_t number = (offset - ARENA_HEADER_SIZE) / SEGMENT_SIZE;
	if (number >= SEGMENT_COUNT_MAX || !w->segment[number].taken)
		return NO_THREAD;
	return (uint32_t)number;
}

/* Whether a log may end at `offset`, when its records begin at `least`. */
static bool is_log_offset(uint32_t offset, uint32_t least, uint32_t most)
{
	return offset >= least && offset <= most && offset % 8 == 0;
}

static void adopt_log(struct watch *w, struct watch_segment *s, const struct segment *head)
{
	uint32_t least = s->kind == SEGMENT_THREAD ? sizeof(struct thread_block) : sizeof(*head);
	uint32_t begin = head->begin, end = head->end;
	if (is_log_offset(begin, least, SEGMENT_SIZE) && is_log_offset(end, begin, SEGMENT_SIZE)) {
		s->read = begin;
		s->end = end;
	} else if (begin) {
		w->odd[ODD_LOG]++;
	}
	s->sequence = s->kind == SEGMENT_THREAD ? 0 : head->sequence;
}

/* First look at a segment whose owner has published it; false: not yet. */
static bool adopt(struct watch *w, uint32_t number)
{
	struct watch_segment *s = &w->segment[number];
	const struct segment *head = arena_segment(w->arena, number);
	uint32_t kind = __atomic_load_n(&head->kind, __ATOMIC_ACQUIRE);
	if (kind == SEGMENT_NONE)
		return false;
	if (kind > SEGMENT_MARKS) {
		w->odd[ODD_KIND]++;
		kind = SEGMENT_TABLE;
	}
	if (kind == SEGMENT_PROCESS) {
		const struct process_block *block = (const struct process_block *)head;
		if (!__atomic_load_n(&block->pid, __ATOMIC_ACQUIRE))
			return false;
		watch_process_add(&w->processes, block, number);
	} else if (kind == SEGMENT_THREAD) {
		s->thread = number;
	} else if (head->thread) {
		s->thread = thread_number(w, head->thread);
		if (s->thread == NO_THREAD)
			w->odd[ODD_THREAD]++;
		else if (w->segment[s->thread].kind != SEGMENT_THREAD)
			return false; /* taken from the other ring: its turn comes */
	}
	s->kind = (uint8_t)kind;
	s->process = head->process;
	if (kind == SEGMENT_THREAD || kind == SEGMENT_LOG)
		adopt_log(w, s, head);
	return true;
}

/* Hands on what a log has got since the last time. */
static void read_log(struct watch *w, uint32_t number)
{
	struct watch_segment *s = &w->segment[number];
	const struct segment *head = arena_segment(w->arena, number);
	uint32_t sealed = __atomic_load_n(&head->sealed, __ATOMIC_ACQUIRE);
	uint32_t to = is_log_offset(sealed, s->read, s->end) ? sealed : s->end;
	if (sealed && to != sealed)
		w->odd[ODD_LOG]++;
	uint32_t from = s->read;
	const uint64_t *word = (const uint64_t *)((const char *)head + from);
	if (from < to && __atomic_load_n(word, __ATOMIC_ACQUIRE))
		s->read = w->sink.records(w->sink.data, head, from, to);
	if (s->read < from || s->read > to)
		s->read = to;
	w->bytes += s->read - from;
	if (sealed) {
		w->odd[ODD_RECORD] += s->read < to;
		s->done = true;
	}
}

/* A log whose turn it is; its thread's next log may be read once this one is done. */
static void read_in_turn(struct watch *w, uint32_t number)
{
	struct watch_segment *s = &w->segment[number];
	struct watch_segment *thread = s->thread == NO_THREAD ? NULL : &w->segment[s->thread];
	if (s->done || !s->read || (thread && s->sequence != thread->next))
		return;
	read_log(w, number);
	if (s->done && thread)
		thread->next++;
}

/* false: the segment went back to the arena. */
static bool look_at(struct watch *w, uint32_t number)
{
	struct watch_segment *s = &w->segment[number];
	const struct segment *head = arena_segment(w->arena, number);
	if (s->kind == SEGMENT_NONE && !adopt(w, number))
		return true;
	read_in_turn(w, number);
	bool freed = __atomic_load_n(&head->freed, __ATOMIC_ACQUIRE) && !s->read;
	if (s->kind != SEGMENT_THREAD && s->kind != SEGMENT_PROCESS && (freed || s->done)) {
		recycle(w, number);
		return false;
	}
	return true;
}

static void look_at_segments(struct watch *w)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < w->taken_count; i++)
		if (look_at(w, w->taken[i]))
			w->taken[kept++] = w->taken[i];
	w->taken_count = kept;
}

static bool is_gone(const struct watch *w, uint32_t number, bool look_at_all)
{
	const struct watch_process *p =
	    watch_process_find(&w->processes, w->segment[number].process);
	const struct thread_block *block =
	    (const struct thread_block *)arena_segment(w->arena, number);
	if (p && (p->leaving || p->foreign))
		return p->leaving;
	return (look_at_all || block->ended) &&
	       thread_is_gone(p ? p->pid : block->head.pid, block->head.tid);
}

/* Marks who is gone. What they took just before that is noticed in the next round, so that their
 * farewell comes after it. */
static void look_for_gone(struct watch *w, bool look_at_all)
{
	w->farewells |= watch_processes_look(&w->processes, w->arena, look_at_all);
	for (uint32_t i = 0; i < w->taken_count; i++) {
		struct watch_segment *s = &w->segment[w->taken[i]];
		if (s->kind == SEGMENT_THREAD && !s->gone)
			w->farewells |= s->gone = is_gone(w, w->taken[i], look_at_all);
	}
}

/* Its owner is gone: a thread, or the process for what no thread owns. */
static bool is_left_over(const struct watch *w, uint32_t number)
{
	const struct watch_segment *s = &w->segment[number];
	if (s->thread != NO_THREAD && s->kind != SEGMENT_NONE)
		return w->segment[s->thread].gone;
	uint32_t process = s->kind ? s->process : arena_segment(w->arena, number)->process;
	const struct watch_process *p = watch_process_find(&w->processes, process);
	return p && p->leaving;
}

/* The order of farewell(): by thread, its logs in order; what no thread owns comes last. */
static int by_thread(const void *a, const void *b, void *data)
{
	const struct watch_segment *all = data;
	const struct watch_segment *x = &all[*(const uint32_t *)a], *y = &all[*(const uint32_t *)b];
	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (!x->read != !y->read)
		return x->read ? -1 : 1;
	return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

/* When the thread's process said it ends; ticks_now when it did not. */
static uint64_t end_of(const struct watch *w, uint32_t thread, uint64_t ticks_now)
{
	const struct watch_process *p =
	    watch_process_find(&w->processes, w->segment[thread].process);
	const struct process_block *block =
	    p ? (const struct process_block *)arena_segment(w->arena, p->segment) : NULL;
	return block && block->ended && block->ended_at < ticks_now ? block->ended_at : ticks_now;
}

/* The wait the thread was in when it went, as if it had ended then. */
static void hand_on_unfinished(struct watch *w, uint32_t thread, uint32_t last, uint64_t ticks_now)
{
	struct unfinished u;
	const struct watch_segment *log = &w->segment[last];
	if (log->read &&
	    unfinished_make(&u, (const struct thread_block *)arena_segment(w->arena, thread),
			    arena_segment(w->arena, last), log->read, end_of(w, thread, ticks_now)))
		w->sink.records(w->sink.data, &u.head, u.head.begin, u.head.sealed);
}

/* Last words, then the table, of the thread that owns these segments; or of nobody. */
static void farewell(struct watch *w, const uint32_t *segments, uint32_t count, uint64_t ticks_now)
{
	uint32_t last = segments[0];
	uint32_t thread = w->segment[segments[0]].thread;
	for (uint32_t i = 0; i < count; i++) {
		if (!w->segment[segments[i]].read)
			continue;
		if (!w->segment[segments[i]].done)
			read_log(w, segments[i]);
		last = segments[i];
	}
	if (thread == NO_THREAD || w->segment[thread].kind != SEGMENT_THREAD)
		return;
	hand_on_unfinished(w, thread, last, ticks_now);
	const struct segment *block = arena_segment(w->arena, thread);
	w->sink.thread(w->sink.data, (const struct thread_block *)block, segments, count);
}

/* Moves what is left over from `taken` to `left`; returns how many. */
static uint32_t take_out(struct watch *w, uint32_t *left)
{
	uint32_t kept = 0, count = 0;
	for (uint32_t i = 0; i < w->taken_count; i++) {
		if (is_left_over(w, w->taken[i]))
			left[count++] = w->taken[i];
		else
			w->taken[kept++] = w->taken[i];
	}
	w->taken_count = kept;
	return count;
}

static void farewells(struct watch *w, uint64_t ticks_now, bool reuse)
{
	if (!w->farewells)
		return;
	uint32_t *left = memory_new(w->taken_count, sizeof(*left));
	uint32_t count = take_out(w, left);
	qsort_r(left, count, sizeof(*left), by_thread, w->segment);
	for (uint32_t i = 0, n; i < count; i += n) {
		uint32_t thread = w->segment[left[i]].thread;
		for (n = 1; i + n < count && w->segment[left[i + n]].thread == thread; n++)
			;
		farewell(w, left + i, n, ticks_now);
	}
	for (uint32_t i = 0; i < w->processes.count; i++) {
		const struct watch_process *p = &w->processes.rows[i];
		if (p->leaving)
			w->sink.process_gone(w->sink.data, p->number, p->ended, p->status,
					     ticks_now);
	}
	for (uint32_t i = 0; reuse && i < count; i++)
		recycle(w, left[i]);
	watch_processes_sweep(&w->processes);
	free(left);
	w->farewells = false;
}

/* Returns how many segments were taken. */
static uint32_t look_around(struct watch *w, uint64_t ticks_now)
{
	uint32_t count = arena_notice(w->arena, taken, w);
	arena_refill(w->arena);
	look_at_segments(w);
	farewells(w, ticks_now, true);
	return count;
}

uint64_t watch_tick(struct watch *w, uint64_t ticks_now)
{
	uint64_t bytes = w->bytes, now = clock_monotonic_ns();
	bool look_at_all = now >= w->look_at_all_ns;
	if (look_at_all)
		w->look_at_all_ns = now + LOOK_AT_ALL_NS;
	uint64_t taken_bytes = (uint64_t)look_around(w, ticks_now) * SEGMENT_SIZE / 4;
	look_for_gone(w, look_at_all);
	arena_refill(w->arena);
	bytes = w->bytes - bytes;
	return bytes > taken_bytes ? bytes : taken_bytes;
}

void watch_child_ended(struct watch *w, uint32_t pid, int status)
{
	w->processes.child_pid = pid;
	w->processes.child_status = status;
}

uint32_t watch_running(const struct watch *w)
{
	uint32_t running = 0;
	for (uint32_t i = 0; i < w->processes.count; i++) {
		const struct watch_process *p = &w->processes.rows[i];
		const struct process_block *block =
		    (const struct process_block *)arena_segment(w->arena, p->segment);
		running += !p->over && !(p->foreign && block->ended);
	}
	return running;
}

void watch_finish(struct watch *w, uint64_t ticks_now)
{
	look_around(w, ticks_now);
	look_for_gone(w, true);
	look_around(w, ticks_now);
	for (uint32_t i = 0; i < w->processes.count; i++) {
		struct watch_process *p = &w->processes.rows[i];
		p->leaving = true;
		if (!p->over)
			p->ended = PROCESS_RUNNING;
	}
	for (uint32_t i = 0; i < w->taken_count; i++)
		w->segment[w->taken[i]].gone = true;
	w->farewells = true;
	farewells(w, ticks_now, false);
}

void watch_live(const struct watch *w, void (*each)(void *, const struct thread_block *),
		void *data)
{
	for (uint32_t i = 0; i < w->taken_count; i++) {
		const struct watch_segment *s = &w->segment[w->taken[i]];
		if (s->kind == SEGMENT_THREAD && !s->gone)
			each(data,
			     (const struct thread_block *)arena_segment(w->arena, w->taken[i]));
	}
}

void watch_oddities(const struct watch *w, void (*each)(void *, const char *, uint64_t), void *data)
{
	static const char *const names[ODD_LIMIT] = {
	    [ODD_KIND] = "log segments of an unknown kind",
	    [ODD_THREAD] = "log segments that name a wrong owner",
	    [ODD_LOG] = "log segments with impossible bounds",
	    [ODD_RECORD] = "log segments with a damaged record",
	};
	for (int i = 0; i < ODD_LIMIT; i++)
		if (w->odd[i])
			each(data, names[i], w->odd[i]);
	if (w->arena->scribbles)
		each(data, "overwritten rings of free log segments", w->arena->scribbles);
	if (w->processes.foreign_seen)
		each(data, "processes of another pid namespace, shown as running to the end",
		     w->processes.foreign_seen);
}
