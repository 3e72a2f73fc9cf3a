#include "collectors/preload/stack.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/module.h"
#include "collectors/preload/python_stack.h"
#include "collectors/preload/python_thread.h"
#include "collectors/preload/walk.h"
#include <dlfcn.h>
#include <sys/resource.h>

#define SEEN_SIZE 16384u

static uint64_t
    seen[SEEN_SIZE]; /* hashes already written; a loser of a collision is written again */
static uint64_t library_begin, library_end;
static bool looked; /* for Python among what the program was linked with */

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
	size_t size = t->stack_size ? t->stack_size : process.stack_size;
	t->stack_low = t->stack_top > size ? t->stack_top - size : 0;
}

struct walked {
	uint64_t frames[STACK_DEPTH_MAX + 1]; /* [0]: kept free for an acquirer */
	uint64_t sp[STACK_DEPTH_MAX + 2];
	uint32_t first, count;
	bool cut;
};

static void walk(struct walked *k, const struct thread *t, struct registers r)
{
	struct bounds bounds = {t->stack_low, t->stack_top, process.pid};
	uint64_t *frames = k->frames + 1, *sp = k->sp + 1;
	uint32_t n = 0;
	k->first = 1;
	k->cut = false;
	while (walk_step(&bounds, &r)) {
		if (n == 0 && r.pc >= library_begin && r.pc < library_end)
			continue;
		sp[n] = r.sp;
		if (n == process.stack_depth) {
			k->cut = true;
			break;
		}
		frames[n++] = r.pc;
	}
	if (n && !k->cut)
		sp[n] = sp[n - 1]; /* where the outermost ends is not known */
	k->count = n;
}

static inline uint64_t hash_add(uint64_t h, uint64_t frame)
{
	h = (h ^ frame) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

static uint64_t hash_of(const uint64_t *frames, uint32_t n)
{
	uint64_t h = n;
	for (uint32_t i = 0; i < n; i++)
		h = hash_add(h, frames[i]);
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

/* Twice over the same frames: once for the hash, and when it is new once more into the log. That
 * takes no room for a thousand of them on the stack of the target. */
static bool emit_python(struct thread *t, struct python_stack *s, uint64_t hash,
			const struct native_stack *native, enum python_care care, uint32_t n)
{
	size_t size = sizeof(struct log_stack_frames) + n * sizeof(uint64_t);
	struct log_stack_frames *at = emit_reserve(t, size);
	/* Nothing may be written into the log meanwhile. */
	if (!at || !python_stack_start(s, t, native, care, false))
		return false;
	uint32_t i = 0;
	for (uint64_t frame; i < n && (frame = python_stack_next(s)); i++)
		at->frames[i] = frame;
	if (i < n) { /* what is behind the last record has to be zero */
		while (i > 0)
			at->frames[--i] = 0;
		return false;
	}
	at->stack = hash;
	at->depth = n;
	at->cut = s->cut;
	emit_commit(t, &at->head, size, EVENT_STACK, HOOK_NONE, 1);
	return true;
}

/* 0: there are no Python frames. */
static uint64_t intern_python(struct thread *t, const struct native_stack *native,
			      enum python_care care)
{
	struct python_stack s;
	uint64_t hash = PYTHON_WORD, frame;
	uint32_t n = 0;
	if (!python_stack_start(&s, t, native, care, true))
		return 0;
	for (; (frame = python_stack_next(&s)); n++)
		hash = hash_add(hash, frame);
	if (care == PYTHON_AT_CALL)
		python_thread_name(t, &s.walk);
	uint64_t *place = &seen[hash % SEEN_SIZE];
	if (likely(__atomic_load_n(place, __ATOMIC_RELAXED) == hash))
		return hash;
	for (uint32_t i = 0; i < native->count; i++)
		module_see(t, native->pc[i]);
	if (emit_python(t, &s, hash, native, care, n))
		__atomic_store_n(place, hash, __ATOMIC_RELAXED);
	return hash;
}

static uint64_t intern_walked(struct thread *t, const struct walked *k, enum python_care care)
{
	const uint64_t *frames = k->frames + k->first;
	struct native_stack native = {frames, k->sp + k->first, k->count};
	if (!k->count)
		return 0;
	if (unlikely(!looked)) {
		looked = true;
		python_look(t, NULL);
	}
	uint64_t hash = unlikely(python.known) ? intern_python(t, &native, care) : 0;
	return hash ? hash : intern(t, frames, k->count, k->cut);
}

/* Inlined: the registers are those of its caller, whose frame has to stay. */
__attribute__((always_inline)) static inline uint64_t
stack_from(struct thread *t, struct registers r, enum python_care care)
{
	struct walked k;
	walk(&k, t, r);
	return intern_walked(t, &k, care);
}

uint64_t stack_of(struct thread *t, struct registers r, enum python_care care)
{
	return stack_from(t, r, care);
}

__attribute__((noinline)) uint64_t stack_here(struct thread *t)
{
	return stack_from(t, REGISTERS_HERE(), PYTHON_AT_CALL);
}

/* Code that was made at run time has no rules, but often a chain of frame pointers. */
static bool step_by_pointers(const struct bounds *b, struct registers *r)
{
	uint64_t fp = r->fp, code;
	if (fp < r->sp || !walk_read(b, fp + 8, &r->pc) || !walk_read(b, fp, &r->fp))
		return false;
	r->sp = fp + 16;
	r->exact = false;
	return unwind_function(r->pc - 1) || walk_read(b, r->pc - 8, &code);
}

static bool step_interrupted(const struct bounds *b, struct registers *r)
{
	struct rule rule = unwind_rule(r->exact ? r->pc : r->pc - 1);
	return rule.kind == RULE_NONE ? step_by_pointers(b, r) : unwind_step(r, rule, walk_read, b);
}

/*
 * Where the stack pointer is on the thread's own stack, all from there to the top is mapped, and
 * what a wrong rule leads to outside of that is read through the kernel. On any other stack, all
 * is. A frame's instruction counts as a return address behind it.
 */
static void walk_interrupted(struct walked *k, const struct thread *t, struct registers r)
{
	bool own = r.sp >= t->stack_low && r.sp < t->stack_top;
	struct bounds bounds = {own ? r.sp : 1, own ? t->stack_top : 0, process.pid};
	uint64_t *frames = k->frames + 1, *sp = k->sp + 1;
	uint32_t n = 0;
	k->first = 1;
	k->cut = false;
	do {
		if (n == 0 && r.pc >= library_begin && r.pc < library_end)
			continue;
		sp[n] = r.sp;
		if (n == process.stack_depth) {
			k->cut = true;
			break;
		}
		frames[n++] = r.pc + r.exact;
	} while (step_interrupted(&bounds, &r));
	if (n && !k->cut)
		sp[n] = sp[n - 1];
	k->count = n;
}

/* Whether Python runs here is for others to find out: not in a handler. */
uint64_t stack_interrupted(struct thread *t, struct registers r)
{
	struct walked k;
	walk_interrupted(&k, t, r);
	if (!looked)
		return k.count ? intern(t, k.frames + k.first, k.count, k.cut) : 0;
	return intern_walked(t, &k, PYTHON_CAREFUL);
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
	struct walked k;
	walk(&k, t, REGISTERS_HERE());
	if (k.count && acquirer && acquirer_is_missing(acquirer, k.frames + 1, k.count)) {
		k.first = 0;
		k.frames[0] = acquirer;
		k.sp[0] = k.sp[1];
		k.count += k.count < STACK_DEPTH_MAX;
	}
	return intern_walked(t, &k, PYTHON_AT_CALL);
}
