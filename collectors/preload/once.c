/*
 * pthread_once and call_once: whoever runs the routine holds the object meanwhile, the others wait.
 * Which of the two this thread did is known only afterwards: the routine runs through ours.
 */
#include "collectors/preload/emit.h"
#include "collectors/preload/kinds.h"
#include "collectors/preload/stack.h"

#define ONCE_DONE 2 /* glibc's __PTHREAD_ONCE_DONE */

static void run_routine(void)
{
	struct thread *t = thread_self;
	void (*routine)(void) = t->once_routine;
	t->once_routine = NULL;
	t->block.waiting_since = 0;
	routine();
	t->once_finished = ticks_now(); /* before the waiters are let go */
}

static void ran(struct wait *w, struct thread *t)
{
	w->ended = true;
	thread_guard(t);
	if (w->entry.counter && w->directory == t->directory)
		w->entry.counter->count++;
	struct release release = {.acquired = w->begin,
				  .time = t->once_finished,
				  .waiters = 1,
				  .generation = w->generation};
	emit_release(t, (uint16_t)(w->site >> 48), w->object, &release, w->stack);
	thread_leave(t);
}

static bool is_done(const void *object)
{
	return __atomic_load_n((const int *)object, __ATOMIC_ACQUIRE) == ONCE_DONE;
}

EXPORT int pthread_once(pthread_once_t *object, void (*routine)(void))
{
	struct thread *t = thread_here();
	if (!t)
		return REAL(pthread_once)(object, routine);
	if (likely(is_done(object))) {
		watch_called(t, object, HERE(pthread_once), FAMILY_once);
		return 0;
	}
	struct wait wait_ WAIT_CLEANUP;
	wait_begin(&wait_, t, object, HERE(pthread_once), FAMILY_once, false, 0);
	t->once_routine = routine;
	int result = REAL(pthread_once)(object, run_routine);
	if (!t->once_routine)
		ran(&wait_, t);
	else
		wait_end(&wait_, result, 0);
	t->once_routine = NULL;
	return result;
}

EXPORT void call_once(once_flag *object, void (*routine)(void))
{
	struct thread *t = thread_here();
	if (!t) {
		REAL(call_once)(object, routine);
		return;
	}
	if (likely(is_done(object))) {
		watch_called(t, object, HERE(call_once), FAMILY_once);
		return;
	}
	struct wait wait_ WAIT_CLEANUP;
	wait_begin(&wait_, t, object, HERE(call_once), FAMILY_once, false, 0);
	t->once_routine = routine;
	REAL(call_once)(object, run_routine);
	if (!t->once_routine)
		ran(&wait_, t);
	else
		wait_end(&wait_, 0, 0);
	t->once_routine = NULL;
}
