/*
 * The signal that threads are sampled by (sample.h) is out of the program's sight: it cannot be
 * blocked or waited for, and looks as if nobody had taken it. Where none is taken, these only pass
 * on.
 */
#include "collectors/preload/kernel.h"
#include "collectors/preload/sample.h"
#include "collectors/preload/vfork.h"

static bool is_ours(int number)
{
	return unlikely(process.sample_signal) && number == (int)process.sample_signal &&
	       !vfork_in_child();
}

/* The set without ours; `room` holds it when it has to change. */
static const sigset_t *without_ours(const sigset_t *set, sigset_t *room)
{
	if (likely(!process.sample_signal) || !set)
		return set;
	*room = *set;
	sigdelset(room, (int)process.sample_signal);
	return room;
}

/* Nobody but us sends it: that it has its default action is true as long as nothing comes. */
static void pretend(struct sigaction *old)
{
	if (old)
		*old = (struct sigaction){.sa_handler = SIG_DFL};
}

static bool wants_default(const struct sigaction *action)
{
	return !(action->sa_flags & SA_SIGINFO) && action->sa_handler == SIG_DFL;
}

EXPORT int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
	real_ready();
	if (!is_ours(number))
		return REAL(sigaction)(number, action, old);
	int result = 0;
	if (action && !wants_default(action)) {
		sample_yield();
		result = REAL(sigaction)(number, action, NULL);
	}
	if (result == 0)
		pretend(old); /* last: it may be the same as action */
	return result;
}

EXPORT sighandler_t signal(int number, sighandler_t action)
{
	real_ready();
	if (!is_ours(number))
		return REAL(signal)(number, action);
	if (action == SIG_DFL)
		return SIG_DFL;
	sample_yield();
	return REAL(signal)(number, action) == SIG_ERR ? SIG_ERR : SIG_DFL;
}

EXPORT int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	sigset_t room;
	real_ready();
	return REAL(sigprocmask)(how, how == SIG_UNBLOCK ? set : without_ours(set, &room), old);
}

EXPORT int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	sigset_t room;
	real_ready();
	return REAL(pthread_sigmask)(how, how == SIG_UNBLOCK ? set : without_ours(set, &room), old);
}

EXPORT int sigwait(const sigset_t *set, int *number)
{
	sigset_t room;
	real_ready();
	return REAL(sigwait)(without_ours(set, &room), number);
}

EXPORT int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
	sigset_t room;
	real_ready();
	return REAL(sigwaitinfo)(without_ours(set, &room), info);
}

EXPORT int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *time)
{
	sigset_t room;
	real_ready();
	return REAL(sigtimedwait)(without_ours(set, &room), info, time);
}

EXPORT int signalfd(int fd, const sigset_t *set, int flags)
{
	sigset_t room;
	real_ready();
	return REAL(signalfd)(fd, without_ours(set, &room), flags);
}
