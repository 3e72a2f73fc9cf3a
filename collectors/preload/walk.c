#include "collectors/preload/walk.h"
#include <errno.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/* A coroutine's or signal handler's stack has bounds we do not know: let the kernel look. */
static bool read_word(const struct bounds *b, uint64_t at, uint64_t *word)
{
	if (__builtin_expect(at >= b->low && at + 8 <= b->top, 1)) {
		*word = *(const uint64_t *)at;
		return true;
	}
	struct iovec local = {word, 8}, remote = {(void *)at, 8};
	int saved = errno;
	bool read = process_vm_readv((pid_t)b->pid, &local, 1, &remote, 1, 0) == 8;
	errno = saved;
	return read;
}

static bool step_signal(const struct bounds *b, struct registers *r)
{
	/* offsets of gregs[REG_RBP 10], [REG_RSP 15], [REG_RIP 16] in struct ucontext */
	uint64_t at = r->sp + 40;
	r->exact = true;
	return read_word(b, at + 10 * 8, &r->fp) && read_word(b, at + 16 * 8, &r->pc) &&
	       read_word(b, at + 15 * 8, &r->sp);
}

bool walk_step(const struct bounds *b, struct registers *r)
{
	struct rule rule = unwind_rule(r->exact ? r->pc : r->pc - 1);
	uint64_t cfa, fp = r->fp;
	switch (rule.kind) {
	case RULE_SP:
		cfa = r->sp + (uint64_t)rule.cfa;
		break;
	case RULE_FP:
		cfa = r->fp + (uint64_t)rule.cfa;
		break;
	case RULE_FP_DEREF:
		if (!read_word(b, r->fp + (uint64_t)rule.cfa, &cfa))
			return false;
		break;
	case RULE_SIGNAL:
		return step_signal(b, r);
	default:
		return false;
	}
	if (cfa <= r->sp)
		return false;
	if (rule.fp_kind == FP_AT_CFA && !read_word(b, cfa + (uint64_t)rule.fp, &fp))
		return false;
	if (rule.fp_kind == FP_AT_FP && !read_word(b, r->fp + (uint64_t)rule.fp, &fp))
		return false;
	if (!read_word(b, cfa - 8, &r->pc))
		return false;
	r->sp = cfa;
	r->fp = fp;
	r->exact = false;
	return r->pc != 0;
}
