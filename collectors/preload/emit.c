#include "collectors/preload/emit.h"
#include "collectors/preload/clock.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/peer.h"
#include "collectors/preload/segment.h"
#include "collectors/preload/stack.h"
#include "collectors/preload/usage.h"
#include "collectors/preload/watch.h"
#include "collectors/preload/words.h"

/* A thread that fills a segment faster than this writes more than about a million records a second.
 */
#define SEGMENT_TOO_FAST_TICKS 600000u
#define WAIT_INTERVAL_MAX 64u

/*
 * Adaptive: above the rate only 1 in wait_interval short waits is written whole, with that weight.
 * The thread's table counts all of them in any case.
 */
static void adapt(struct thread *t)
{
	uint64_t now = ticks_now();
	if (now - t->log_started < SEGMENT_TOO_FAST_TICKS) {
		if (t->wait_interval < WAIT_INTERVAL_MAX)
			t->wait_interval *= 2;
	} else if (t->wait_interval > 1 && now - t->log_started > 4 * SEGMENT_TOO_FAST_TICKS) {
		t->wait_interval /= 2;
	}
	t->log_started = now;
}

static bool next_segment(struct thread *t)
{
	struct segment *s = segment_claim(SEGMENT_LOG, t);
	if (!s)
		return false;
	if (t->log)
		__atomic_store_n(&t->log->sealed, (uint32_t)(t->log_cursor - (char *)t->log),
				 __ATOMIC_RELEASE);
	t->log = s;
	t->log_cursor = (char *)s + s->begin;
	t->log_end = (char *)s + SEGMENT_SIZE;
	adapt(t);
	return true;
}

void *emit_reserve(struct thread *t, size_t size)
{
	size = (size + 7) & ~(size_t)7;
	if (likely(t->log_cursor + size <= t->log_end) || next_segment(t))
		return t->log_cursor;
	t->block.dropped++;
	__atomic_fetch_add(&process.arena->records_dropped, 1, __ATOMIC_RELAXED);
	return NULL;
}

void emit_commit(struct thread *t, struct record *at, size_t size, uint16_t event, uint16_t hook,
		 uint16_t weight)
{
	struct record head = {(uint16_t)((size + 7) & ~(size_t)7), event, hook, weight};
	uint64_t word;
	__builtin_memcpy(&word, &head, sizeof(word));
	t->log_cursor += head.size;
	/* A larger record may have been begun here, before a signal handler wrote this one. */
	if (t->log_cursor + sizeof(word) <= t->log_end)
		*(uint64_t *)t->log_cursor = 0;
	t->block.records++;
	__atomic_store_n((uint64_t *)at, word, __ATOMIC_RELEASE);
}

/* EMIT(name, NAME, hook, .field = value …): one fixed-size record. */
#define EMIT(name, NAME, hook, ...) EMIT_FOR(1, name, NAME, hook, __VA_ARGS__)
#define EMIT_FOR(weight, name, NAME, hook, ...)                                                    \
	do {                                                                                       \
		/* first: an argument may write a record of its own (a new stack) */               \
		struct log_##name body_ = {__VA_ARGS__};                                           \
		struct log_##name *at_ = emit_reserve(t, sizeof(*at_));                            \
		if (!at_)                                                                          \
			break;                                                                     \
		__builtin_memcpy((char *)at_ + sizeof(struct record),                              \
				 (char *)&body_ + sizeof(struct record),                           \
				 sizeof(body_) - sizeof(struct record));                           \
		emit_commit(t, &at_->head, sizeof(*at_), EVENT_##NAME, hook, weight);              \
	} while (0)

/* The same with `text` copied behind the fixed part, cut to what a segment can hold. */
#define TEXT_MAX 4000u
#define EMIT_TEXT(name, NAME, hook, member, text, ...)                                             \
	do {                                                                                       \
		size_t length_ = words_length(text, TEXT_MAX);                                     \
		size_t size_ = offsetof(struct log_##name, member) + length_ + 1;                  \
		struct log_##name body_ = {__VA_ARGS__};                                           \
		struct log_##name *at_ = emit_reserve(t, size_);                                   \
		if (!at_)                                                                          \
			break;                                                                     \
		__builtin_memcpy((char *)at_ + sizeof(struct record),                              \
				 (char *)&body_ + sizeof(struct record),                           \
				 offsetof(struct log_##name, member) - sizeof(struct record));     \
		words_copy(at_->member, text, length_);                                            \
		emit_commit(t, &at_->head, size_, EVENT_##NAME, hook, 1);                          \
	} while (0)

void emit_release(struct thread *t, uint16_t hook, uint64_t object, const struct release *r,
		  uint64_t stack)
{
	EMIT(release, RELEASE, hook, .acquired = r->acquired, .released = r->time, .object = object,
	     .generation = r->generation, .waiters = r->waiters, .flags = r->flags, .stack = stack);
}

void emit_hold(struct thread *t, uint16_t hook, uint64_t object, const struct release *r,
	       uint64_t stack)
{
	EMIT_FOR(r->weight, hold, HOLD, hook, .acquired = r->acquired, .released = r->time,
		 .object = object, .generation = r->generation, .flags = r->flags, .stack = stack);
}

void emit_wake(struct thread *t, uint16_t hook, uint64_t object, const struct release *r,
	       uint64_t stack)
{
	EMIT(wake, WAKE, hook, .time = r->time, .object = object, .generation = r->generation,
	     .waiters = r->waiters, .stack = stack);
}

void emit_site(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation,
	       uint32_t attributes, uint64_t caller, uint64_t stack)
{
	EMIT(site, SITE, hook, .time = ticks_now(), .object = object, .generation = generation,
	     .attributes = attributes, .caller = caller, .stack = stack);
}

void emit_init(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation,
	       uint32_t attributes, uint64_t stack)
{
	EMIT(init, INIT, hook, .time = ticks_now(), .object = object, .generation = generation,
	     .attributes = attributes, .stack = stack);
}

void emit_destroy(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation)
{
	EMIT(destroy, DESTROY, hook, .time = ticks_now(), .object = object,
	     .generation = generation);
}

void emit_shared(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation,
		 uint64_t device, uint64_t inode, uint64_t offset, const char *path)
{
	EMIT_TEXT(shared, SHARED, hook, path, path, .object = object, .generation = generation,
		  .device = device, .inode = inode, .offset = offset);
}

void emit_channel(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation,
		  const struct peer *peer)
{
	EMIT_TEXT(channel_end, CHANNEL, hook, address, peer->address, .time = ticks_now(),
		  .object = object, .generation = generation, .kind = peer->kind,
		  .peer = peer->inode, .peer_pid = peer->pid);
}

void emit_poll(struct thread *t)
{
	EMIT(poll, POLL, (uint16_t)(t->poll.site >> 48), .first = t->poll.first,
	     .last = t->poll.last, .object = t->poll.object, .generation = t->poll.generation,
	     .count = (uint32_t)t->poll.count, .stack = stack_here(t));
}

void emit_tally(struct thread *t, const struct slot *slot, uint64_t count)
{
	const struct stats *stats = slot->stats ? arena_at(process.arena, slot->stats) : NULL;
	size_t size = sizeof(struct log_tally) + (stats ? sizeof(*stats) : 0);
	struct log_tally *at = emit_reserve(t, size);
	if (!at)
		return;
	at->object = slot->object;
	at->generation = slot->generation;
	at->site = slot->site;
	at->count = count;
	if (stats)
		__builtin_memcpy(at->stats, stats, sizeof(*stats));
	emit_commit(t, &at->head, size, EVENT_TALLY, HOOK_NONE, 1);
}

void emit_sample(struct thread *t, uint64_t time, uint64_t stack, bool kernel)
{
	EMIT(sample, SAMPLE, HOOK_NONE, .time = time, .stack = stack, .kernel = kernel);
}

bool emit_python_code(struct thread *t, uint64_t number, uint32_t first_line, uint32_t minor,
		      const char *text)
{
	uint64_t before = t->block.records;
	EMIT_TEXT(python_code, PYTHON_CODE, HOOK_NONE, text, text, .number = number,
		  .first_line = first_line, .minor = minor);
	return t->block.records != before;
}

bool emit_python_lines(struct thread *t, uint64_t number, uint32_t offset, const void *table,
		       uint32_t bytes)
{
	size_t size = sizeof(struct log_python_lines) + bytes + 1;
	struct log_python_lines *at = emit_reserve(t, size);
	if (!at)
		return false;
	at->number = number;
	at->offset = offset;
	at->bytes = bytes;
	words_copy((char *)at->table, table, bytes);
	emit_commit(t, &at->head, size, EVENT_PYTHON_LINES, HOOK_NONE, 1);
	return true;
}

void emit_note(struct thread *t, uint32_t code, uint64_t value, const char *text)
{
	EMIT_TEXT(note, NOTE, HOOK_NONE, text, text, .time = ticks_now(), .code = code,
		  .value = value);
}

void emit_process(struct thread *t, uint32_t forked, uint32_t parent_process, const char *path)
{
	EMIT_TEXT(process_start, PROCESS, HOOK_NONE, path, path, .time = ticks_now(),
		  .pid = process.pid, .parent = process.block->parent_pid, .forked = forked,
		  .parent_process = parent_process);
}

#define COMMAND_MAX 2000u

void emit_command(struct thread *t, int argc, char **argv)
{
	size_t size = sizeof(struct log_command) + 1;
	for (int i = 0; i < argc && size < COMMAND_MAX; i++)
		size += words_length(argv[i], COMMAND_MAX) + 1;
	if (size > COMMAND_MAX)
		size = COMMAND_MAX;
	struct log_command *at = emit_reserve(t, size);
	if (!at)
		return;
	char *to = at->text, *end = (char *)at + size - 1;
	for (int i = 0; i < argc && to < end; i++) {
		size_t length = words_length(argv[i], (size_t)(end - to));
		if (i)
			*to++ = 1;
		if (length > (size_t)(end - to))
			length = (size_t)(end - to);
		words_copy(to, argv[i], length);
		to += length;
	}
	*to = 0;
	emit_commit(t, &at->head, size, EVENT_COMMAND, HOOK_NONE, 1);
}

void emit_thread_start(struct thread *t)
{
	EMIT(thread_start, THREAD_START, HOOK_NONE, .time = ticks_now(), .created = t->created,
	     .tid = t->block.head.tid, .parent = t->creator, .routine = (uint64_t)t->routine,
	     .stack = t->create_stack, .handle = (uint64_t)__builtin_thread_pointer());
	if (t->routine)
		EMIT(thread_argument, THREAD_ARGUMENT, HOOK_NONE,
		     .argument = (uint64_t)t->argument);
}

void emit_thread_name(struct thread *t, uint32_t tid, uint32_t from, const char *name)
{
	EMIT_TEXT(thread_name, THREAD_NAME, HOOK_NONE, name, name, .tid = tid, .from = from);
}

void emit_usage(struct thread *t, uint64_t time, uint64_t cpu_ns, uint32_t voluntary,
		uint32_t involuntary)
{
	EMIT(usage, USAGE, HOOK_NONE, .time = time, .cpu_ns = cpu_ns, .voluntary = voluntary,
	     .involuntary = involuntary);
}

void emit_faults(struct thread *t, uint64_t time, uint64_t faults)
{
	EMIT(faults, FAULTS, HOOK_NONE, .time = time, .faults = faults);
}

void emit_thread_end(struct thread *t, uint32_t how)
{
	char name[16] = "";
	const struct usage *u = &t->usage;
	uint64_t now = ticks_now();
	if (!process.sandboxed)
		kernel_ask(SYS_prctl, PR_GET_NAME, name);
	usage_write(t, now);
	EMIT_TEXT(thread_end, THREAD_END, HOOK_NONE, name, name, .time = now,
		  .cpu_ns = u->cpu - u->before, .voluntary = u->voluntary,
		  .involuntary = u->involuntary, .how = how);
}

void emit_fork(struct thread *t, uint16_t hook, uint64_t begin, uint64_t end, uint32_t child,
	       uint32_t preload)
{
	EMIT(fork, FORK, hook, .begin = begin, .end = end, .child = child, .preload = preload,
	     .stack = stack_here(t));
}

void emit_exec(struct thread *t, uint16_t hook, uint32_t preload, uint32_t failed, const char *path)
{
	EMIT_TEXT(exec, EXEC, hook, path, path, .time = ticks_now(), .preload = preload,
		  .failed = failed);
}

void emit_child_exit(struct thread *t, uint32_t pid, int status)
{
	EMIT(child_exit, CHILD_EXIT, HOOK_NONE, .time = ticks_now(), .pid = pid, .status = status);
}

void emit_process_end(struct thread *t, int status)
{
	EMIT(process_end, PROCESS_END, HOOK_NONE, .time = ticks_now(), .status = status);
}

void emit_mark(struct thread *t, uint64_t name, const char *text)
{
	EMIT_TEXT(mark, MARK, HOOK_NONE, text, text, .name = name);
}

void emit_lock_name(struct thread *t, uint64_t address, const char *name)
{
	EMIT_TEXT(lock_name_given, LOCK_NAME, HOOK_NONE, name, name, .time = ticks_now(),
		  .address = address);
}

void emit_progress(struct thread *t, uint64_t time, uint64_t name, uint64_t count)
{
	EMIT(progress, PROGRESS, HOOK_NONE, .time = time, .name = name, .count = count);
}

void emit_phase(struct thread *t, uint64_t begin, uint64_t end, uint64_t name)
{
	EMIT(phase, PHASE, HOOK_NONE, .begin = begin, .end = end, .name = name);
}

void emit_task(struct thread *t, uint64_t begin, uint64_t end, uint64_t name, uint64_t code)
{
	EMIT(mark_task, TASK, HOOK_NONE, .begin = begin, .end = end, .name = name, .code = code);
}
