/*
 * System calls past the C library's own wrappers: those may be defined by the program or another
 * preloaded library, or be cancellation points. They set errno; callers that matter keep it.
 */
#ifndef PARPROF_KERNEL_H
#define PARPROF_KERNEL_H

#include "collectors/preload/real.h"
#include <errno.h>
#include <sys/syscall.h>

#define KERNEL(name, ...) REAL(syscall)(SYS_##name, __VA_ARGS__)

/* Zeroed, NULL: none. */
static inline void *kernel_pages(size_t size)
{
	long at = KERNEL(mmap, 0L, size, (long)(PROT_READ | PROT_WRITE),
			 (long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, 0L);
	return at == -1 ? NULL : (void *)at;
}

static inline void real_ready(void)
{
	if (unlikely(!real.resolved))
		real_resolve();
}

#endif
