#include "collectors/preload/stack.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/module.h"
#include "collectors/preload/unwind.h"
#include <errno.h>
#include <link.h>
#include <sys/resource.h>
#include <sys/uio.h>

#define SEEN_SIZE 16384u

static uint64_t seen[SEEN_SIZE]; /* hashes already written; a loser of a collision is written again */
static uint64_t library_begin, library_end;

extern void *__libc_stack_end; /* of the dynamic loader: where main's stack began */
extern char stack_library_probe __attribute__((visibility("hidden")));
char stack_library_probe;

void stack_start(void)
{
	struct dl_find_object object;
	if (_dl_find_object(&stack_library_probe, &object) == 0) {
		library_begin = (uint64_t)object.dlfo_map_start;
		library_end = (uint64_t)object.dlfo_map_end;
	}
}

void stack_bounds(struct thread *t)
{
	struct rlimit limit = {0, 0};
	bool main_thread = t->block.head.tid == process.pid;
	getrlimit(RLIMIT_STACK, &limit);
	uint64_t size = limit.rlim_cur == RLIM_INFINITY ? 2u << 20 : limit.rlim_cur;
	/* glibc puts the thread's control block at the top of its stack, a caller's own included */
	t->stack_top = main_thread ? (uintptr_t)__libc_stack_end : (uintptr_t)__builtin_thread_pointer();
	t->stack_low = t->stack_top > size ? t->stack_top - size : 0;
}

/* A coroutine's or signal handler's stack has bounds we do not know: let the kernel look. */
static bool read_word(const struct thread *t, uint64_t at, uint64_t *word)
{
	if (likely(at >= t->stack_low && at + 8 <= t->stack_top)) {
		*word = *(const uint64_t *)at;
		return true;
	}
	struct iovec local = {word, 8}, remote = {(void *)at, 8};
	int saved = errno;
	bool read = process_vm_readv((pid_t)process.pid, &local, 1, &remote, 1, 0) == 8;
	errno = saved;
	return read;
}

static bool step_signal(const struct thread *t, struct registers *r)
{
	/* offsets of gregs[REG_RBP 10], [REG_RSP 15], [REG_RIP 16] in struct ucontext */
	uint64_t at = r->sp + 40;
	r->exact = true;
	return read_word(t, at + 10 * 8, &r->fp) && read_word(t, at + 16 * 8, &r->pc) &&
	       read_word(t, at + 15 * 8, &r->sp);
}

/* To the caller's registers; false: there is none to be found. */
static bool step(const struct thread *t, struct registers *r)
{
	struct rule rule = unwind_rule(r->exact ? r->pc : r->pc - 1);
	uint64_t cfa, fp = r->fp;
	switch (rule.kind) {
	case RULE_SP: cfa = r->sp + (uint64_t)rule.cfa; break;
	case RULE_FP: cfa = r->fp + (uint64_t)rule.cfa; break;
	case RULE_FP_DEREF:
		if (!read_word(t, r->fp + (uint64_t)rule.cfa, &cfa))
			return false;
		break;
	case RULE_SIGNAL: return step_signal(t, r);
	default: return false;
	}
	if (cfa <= r->sp)
		return false;
	if (rule.fp_kind == FP_AT_CFA && !read_word(t, cfa + (uint64_t)rule.fp, &fp))
		return false;
	if (rule.fp_kind == FP_AT_FP && !read_word(t, r->fp + (uint64_t)rule.fp, &fp))
		return false;
	if (!read_word(t, cfa - 8, &r->pc))
		return false;
	r->sp = cfa;
	r->fp = fp;
	r->exact = false;
	return r->pc != 0;
}

static uint32_t walk(const struct thread *t, struct registers r, uint64_t *frames, uint32_t max,
		     bool *cut)
{
	uint32_t n = 0;
	while (step(t, &r)) {
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

static bool emit_stack(struct thread *t, uint64_t hash, const uint64_t *frames, uint32_t n, bool cut)
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

__attribute__((noinline)) uint64_t stack_here(struct thread *t)
{
	uint64_t frames[STACK_DEPTH_MAX];
	struct registers r = {.exact = true};
	bool cut = false;
#ifdef __x86_64__
	__asm__ volatile("leaq 0(%%rip), %0\n\tmovq %%rsp, %1\n\tmovq %%rbp, %2"
			 : "=&r"(r.pc), "=&r"(r.sp), "=&r"(r.fp));
#endif
	uint32_t n = walk(t, r, frames, process.stack_depth, &cut);
	if (n == 0)
		return 0;
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
