#include "collectors/preload/stack.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/module.h"
#include "collectors/preload/walk.h"
#include <dlfcn.h>
#include <sys/resource.h>

#define SEEN_SIZE 16384u

static uint64_t
    seen[SEEN_SIZE]; /* hashes already written; a loser of a collision is written again */
static uint64_t library_begin, library_end;

extern void *__libc_stack_end; /* of the dynamic loader: where main's stack began */
extern char stack_library_probe __attribute__((visibility("hidden")));
char stack_library_probe;

uint64_t stack_start(void)
{
	struct dl_find_object object;
	struct rlimit limit = {RLIM_INFINITY, 0};
	if (_dl_find_object(&stack_library_probe, &object) == 0) {
		library_begin = (uint64_t)object.dlfo_map_start;
		library_end = (uint64_t)object.dlfo_map_end;
	}
	getrlimit(RLIMIT_STACK, &limit);
	return limit.rlim_cur == RLIM_INFINITY ? 2u << 20 : limit.rlim_cur;
}

void stack_bounds(struct thread *t)
{
	bool main_thread = t->block.head.tid == process.pid;
	/* glibc puts the thread's control block at the top of its stack, a caller's own included */
	t->stack_top =
	    main_thread ? (uintptr_t)__libc_stack_end : (uintptr_t)__builtin_thread_pointer();
	t->stack_low = t->stack_top > process.stack_size ? t->stack_top - process.stack_size : 0;
}

static uint32_t walk(const struct bounds *b, struct registers r, uint64_t *frames, uint32_t max,
		     bool *cut)
{
	uint32_t n = 0;
	while (walk_step(b, &r)) {
		if (n == 0 && r.pc >= library_begin && r.pc < library_end)
			continue;
		if (n == max) {
			*cut = true;
			break;
		}
		frames[n++] = r.pc;
	}
	return n;
}

static uint64_t hash_of(const uint64_t *frames, uint32_t n)
{
	uint64_t h = n;
	for (uint32_t i = 0; i < n; i++)
		h = (h ^ frames[i]) * 0x9e3779b97f4a7c15ull, h ^= h >> 29;
	return h ? h : 1;
}

static bool emit_stack(struct thread *t, uint64_t hash, const uint64_t *frames, uint32_t n,
		       bool cut)
{
	size_t size = sizeof(struct log_stack_frames) + n * sizeof(frames[0]);
	struct log_stack_frames *at = emit_reserve(t, size);
	if (!at)
		return false;
	at->stack = hash;
	at->depth = n;
	at->cut = cut;
	for (uint32_t i = 0; i < n; i++)
		at->frames[i] = frames[i];
	emit_commit(t, &at->head, size, EVENT_STACK, HOOK_NONE, 1);
	return true;
}

/* Its hash; the frames are written if they are new. */
static uint64_t intern(struct thread *t, const uint64_t *frames, uint32_t n, bool cut)
{
	uint64_t hash = hash_of(frames, n);
	uint64_t *place = &seen[hash % SEEN_SIZE];
	if (likely(__atomic_load_n(place, __ATOMIC_RELAXED) == hash))
		return hash;
	for (uint32_t i = 0; i < n; i++)
		module_see(t, frames[i]);
	if (emit_stack(t, hash, frames, n, cut))
		__atomic_store_n(place, hash, __ATOMIC_RELAXED);
	return hash;
}

__attribute__((noinline)) uint64_t stack_here(struct thread *t)
{
	uint64_t frames[STACK_DEPTH_MAX];
	struct bounds bounds = {t->stack_low, t->stack_top, process.pid};
	bool cut = false;
	uint32_t n = walk(&bounds, REGISTERS_HERE(), frames, process.stack_depth, &cut);
	return n ? intern(t, frames, n, cut) : 0;
}

#define CALL_DIRECT 0xe8 /* call rel32: the reader finds out where it goes */
#define CALL_SIZE 5u
#define CALLERS_LOOKED_AT 4u

/* The innermost frame was left by an indirect call, and the acquirer is not among its callers. */
static bool acquirer_is_missing(uint64_t acquirer, const uint64_t *frames, uint32_t n)
{
	const uint8_t *call = (const uint8_t *)frames[0] - CALL_SIZE;
	if (frames[0] % 4096 < CALL_SIZE || *call == CALL_DIRECT)
		return false; /* the byte before this page may not be there */
	uint64_t function = unwind_function(acquirer - 1);
	for (uint32_t i = 0; i < n && i < CALLERS_LOOKED_AT; i++)
		if (unwind_function(frames[i] - 1) == function)
			return false;
	return function != 0;
}

__attribute__((noinline)) uint64_t stack_at_release(struct thread *t, uint64_t acquirer)
{
	uint64_t frames[STACK_DEPTH_MAX + 1]; /* [0]: kept free for the acquirer */
	struct bounds bounds = {t->stack_low, t->stack_top, process.pid};
	bool cut = false;
	uint32_t n = walk(&bounds, REGISTERS_HERE(), frames + 1, process.stack_depth, &cut);
	if (!n)
		return 0;
	if (!acquirer || !acquirer_is_missing(acquirer, frames + 1, n))
		return intern(t, frames + 1, n, cut);
	frames[0] = acquirer;
	return intern(t, frames, n + (n < STACK_DEPTH_MAX), cut);
}
