/* Waiting for children. */
#include "collectors/preload/emit.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/watch.h"

/* A poll is not a wait. pid: the child waited for, 0 any. The caller's cleanup of w runs when the
 * thread is cancelled in the call. */
static void begin(struct wait *w, uint64_t site, pid_t pid, int options)
{
	real_ready();
	struct thread *t = options & WNOHANG ? NULL : thread_here();
	if (t)
		wait_begin(w, t, NULL, site, FAMILY_child, false, pid > 0 ? (uint64_t)pid : 0);
	else
		w->thread = NULL;
}

/* A call that failed at once did not wait. */
static void end(struct wait *w, int pid)
{
	if (!w->thread)
		return;
	if (pid < 0 && errno != EINTR) {
		w->ended = true;
		w->thread->block.waiting_since = 0;
		return;
	}
	w->other = pid > 0 ? (uint64_t)pid : 0;
	w->at = NULL; /* filled in before the pid was known */
	wait_end(w, pid, 0);
}

static void reaped(pid_t pid, int status)
{
	if (!WIFEXITED(status) && !WIFSIGNALED(status))
		return;
	struct thread *t = thread_enter();
	if (t) {
		emit_child_exit(t, (uint32_t)pid, status);
		thread_leave(t);
	}
}

static pid_t finish(struct wait *w, pid_t pid, const int *status)
{
	int error = errno;
	end(w, pid);
	if (pid > 0)
		reaped(pid, *status);
	errno = error;
	return pid;
}

#define SITE_OF(name) SITE(__builtin_return_address(0), HOOK_##name)

EXPORT pid_t wait(int *status)
{
	struct wait w WAIT_CLEANUP;
	int own = 0, *to = status ? status : &own;
	begin(&w, SITE_OF(wait), 0, 0);
	return finish(&w, REAL(wait)(to), to);
}

EXPORT pid_t waitpid(pid_t pid, int *status, int options)
{
	struct wait w WAIT_CLEANUP;
	int own = 0, *to = status ? status : &own;
	begin(&w, SITE_OF(waitpid), pid, options);
	return finish(&w, REAL(waitpid)(pid, to, options), to);
}

EXPORT pid_t wait3(int *status, int options, struct rusage *usage)
{
	struct wait w WAIT_CLEANUP;
	int own = 0, *to = status ? status : &own;
	begin(&w, SITE_OF(wait3), 0, options);
	return finish(&w, REAL(wait3)(to, options, usage), to);
}

EXPORT pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	struct wait w WAIT_CLEANUP;
	int own = 0, *to = status ? status : &own;
	begin(&w, SITE_OF(wait4), pid, options);
	return finish(&w, REAL(wait4)(pid, to, options, usage), to);
}

/* As wait(2) gives it; -1: the child did not end, or can still be waited for. */
static int status_of(const siginfo_t *info, int options)
{
	if (options & WNOWAIT)
		return -1;
	switch (info->si_code) {
	case CLD_EXITED:
		return (info->si_status & 0xff) << 8;
	case CLD_KILLED:
		return info->si_status;
	case CLD_DUMPED:
		return info->si_status | 0x80;
	}
	return -1;
}

EXPORT int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	struct wait w WAIT_CLEANUP;
	siginfo_t own, *to = info ? info : &own;
	begin(&w, SITE_OF(waitid), type == P_PID ? (pid_t)id : 0, options);
	int result = REAL(waitid)(type, id, to, options);
	int error = errno;
	end(&w, result ? -1 : to->si_pid);
	int status = result ? -1 : status_of(to, options);
	if (status >= 0)
		reaped(to->si_pid, status);
	errno = error;
	return result;
}

/* Waits for the shell of its popen(), whose pid only the stream knows. */
EXPORT int pclose(FILE *stream)
{
	struct wait w WAIT_CLEANUP;
	begin(&w, SITE_OF(pclose), 0, 0);
	int status = REAL(pclose)(stream);
	int error = errno;
	if (w.thread)
		wait_end(&w, status, 0);
	errno = error;
	return status;
}
