#include "collectors/preload/walk.h"
#include <errno.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/* A coroutine's or signal handler's stack has bounds we do not know: let the kernel look. */
bool walk_read(const void *bounds, uint64_t at, uint64_t *word)
{
	const struct bounds *b = bounds;
	if (__builtin_expect(at >= b->low && at < b->top && b->top - at >= 8, 1)) {
		*word = *(const uint64_t *)at;
		return true;
	}
	struct iovec local = {word, 8}, remote = {(void *)at, 8};
	int saved = errno;
	bool read = process_vm_readv((pid_t)b->pid, &local, 1, &remote, 1, 0) == 8;
	errno = saved;
	return read;
}

bool walk_step(const struct bounds *b, struct registers *r)
{
	struct rule rule = unwind_rule(r->exact ? r->pc : r->pc - 1);
	return unwind_step(r, rule, walk_read, b);
}
