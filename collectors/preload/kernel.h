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

/* getpid, getppid, gettid: without a look at the C library's pages, which a forked child has to
 * map. */
static inline uint32_t kernel_id(long number)
{
#ifdef __x86_64__
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
	return (uint32_t)result;
#else
	return (uint32_t)REAL(syscall)(number);
#endif
}

/* Calls of two arguments, likewise; negative: the error. errno stays as it is. */
static inline long kernel_ask(long number, long a, const void *b)
{
#ifdef __x86_64__
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b)
			 : "rcx", "r11", "memory");
	return result;
#else
	int saved = errno;
	long result = REAL(syscall)(number, a, b);
	result = result < 0 ? -errno : result;
	errno = saved;
	return result;
#endif
}

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
