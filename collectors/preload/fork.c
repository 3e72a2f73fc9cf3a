/* fork by a full copy, and leaving a process without its exit handlers. */
#include "collectors/preload/clock.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/environment.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/vfork.h"

/* Handlers of pthread_atfork run inside, in parent and child, and are watched: no guard is set. */
static pid_t record(uint16_t hook, uint64_t start, pid_t made)
{
	int error = errno;
	if (made == 0) {
		process_forked_child();
	} else {
		uint64_t end = ticks_now();
		struct thread *t = thread_enter();
		if (t) {
			emit_fork(t, hook, start, end, made > 0 ? (uint32_t)made : 0,
				  PRELOAD_INHERITED);
			thread_leave(t);
		}
	}
	errno = error;
	return made;
}

EXPORT pid_t fork(void)
{
	real_ready();
	process_before_fork();
	uint64_t start = ticks_now();
	return record(HOOK_fork, start, REAL(fork)());
}

/* glibc has it since 2.34; without it this is the nearest. */
EXPORT pid_t _Fork(void)
{
	real_ready();
	process_before_fork();
	uint64_t start = ticks_now();
	return record(HOOK__Fork, start, REAL(_Fork) ? REAL(_Fork)() : REAL(fork)());
}

static void leaving(int status)
{
	real_ready();
	if (!vfork_in_child())
		process_end(status & 0xff);
}

EXPORT void _exit(int status)
{
	leaving(status);
	REAL(_exit)(status);
	__builtin_unreachable();
}

EXPORT void _Exit(int status)
{
	leaving(status);
	REAL(_Exit)(status);
	__builtin_unreachable();
}
