/*
 * syscall(): how Rust's std, C++20 atomics and many runtimes reach the futex, and libseccomp its
 * filter. Every other number is passed on by a jump, so that calls which return twice or on another
 * stack find no frame of ours.
 */
#include "collectors/preload/kernel.h"
#include "collectors/preload/kinds.h"
#include <linux/futex.h>
#include <sys/syscall.h>

#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif

long futex_call(long number, long object, long operation, long c, long d, long e, long f);
long futex_early(long number, long a, long b, long c, long d, long e, long f);
__attribute__((visibility("hidden"))) long (*futex_forward)(long,
							    ...) = (long (*)(long, ...))futex_early;

#ifdef __x86_64__
__asm__(".text\n.globl syscall\n.type syscall, @function\nsyscall:\n"
	"	.cfi_startproc\n"
	"	cmpq $202, %rdi\n" /* SYS_futex */
	"	je futex_call\n"
	"	cmpq $317, %rdi\n" /* SYS_seccomp */
	"	je seccomp_call\n"
	"	jmp *futex_forward(%rip)\n"
	"	.cfi_endproc\n.size syscall, . - syscall\n");
_Static_assert(SYS_futex == 202 && SYS_seccomp == 317, "numbers in the jumps above");
#endif

__attribute__((visibility("hidden"))) long futex_early(long number, long a, long b, long c, long d,
						       long e, long f)
{
	if (!real.resolved)
		real_resolve();
	futex_forward = REAL(syscall);
	return REAL(syscall)(number, a, b, c, d, e, f);
}

long seccomp_call(long number, long operation, long flags, long argument);
__attribute__((visibility("hidden"))) long seccomp_call(long number, long operation, long flags,
							long argument)
{
	real_ready();
	process_sandboxed();
	return REAL(syscall)(number, operation, flags, argument);
}

static bool is_wait(int command)
{
	return command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET || command == FUTEX_LOCK_PI ||
	       command == FUTEX_LOCK_PI2 || command == FUTEX_WAIT_REQUEUE_PI;
}

static bool is_wake(int command)
{
	return command == FUTEX_WAKE || command == FUTEX_WAKE_BITSET || command == FUTEX_WAKE_OP ||
	       command == FUTEX_REQUEUE || command == FUTEX_CMP_REQUEUE;
}

__attribute__((visibility("hidden"))) long futex_call(long number, long object, long operation,
						      long c, long d, long e, long f)
{
	struct thread *t = thread_here();
	int command = (int)operation & FUTEX_CMD_MASK;
	uint64_t site = HERE(syscall);
	if (!t || !(is_wait(command) || is_wake(command)))
		return REAL(syscall)(number, object, operation, c, d, e, f);
	if (is_wake(command)) {
		struct release wake = RELEASE_NOW(object, 0);
		long woken = REAL(syscall)(number, object, operation, c, d, e, f);
		watch_called(t, (void *)object, site, FAMILY_futex);
		wake.waiters = woken > 0 ? (uint32_t)woken : 0;
		if (wake.waiters)
			watch_wake(&wake, t, (uint64_t)object, site);
		return woken;
	}
	struct wait wait_ WAIT_CLEANUP;
	wait_begin(&wait_, t, (void *)object, site, FAMILY_futex, false, 0);
	long result = REAL(syscall)(number, object, operation, c, d, e, f);
	wait_end(&wait_, (int)result, result == 0 ? 0 : WAIT_TIMED_OUT);
	return result;
}
