#include "collectors/preload/thread.h"
#include "collectors/preload/clock.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/gil.h"
#include "collectors/preload/hold.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/mark.h"
#include "collectors/preload/sample.h"
#include "collectors/preload/segment.h"
#include "collectors/preload/stack.h"
#include "collectors/preload/table.h"
#include "collectors/preload/usage.h"
#include "collectors/preload/watch.h"

__thread struct thread *thread_self;
static __thread bool thread_unseen; /* this thread found no segment */

#define FIRST_STATS 8u

/*
 * A thread block laid out in a segment of its own: the block, the first log, a few stats. A thread
 * that does little touches the first page only: a page costs a fault, 1 to 3 us.
 */
static struct thread *claim(void)
{
	struct segment *s = segment_claim(SEGMENT_THREAD, NULL);
	if (!s)
		return NULL;
	struct thread *t = (struct thread *)s;
	t->stats_end = (char *)s + SEGMENT_SIZE;
	t->stats_next = t->stats_end - FIRST_STATS * sizeof(struct stats);
	s->begin = (sizeof(*t) + 7) & ~7u;
	s->end = (uint32_t)(t->stats_next - (char *)s);
	s->thread = arena_ref(process.arena, t);
	t->log = s;
	t->log_cursor = (char *)s + s->begin;
	t->log_end = t->stats_next;
	t->wait_interval = t->wait_countdown = 1;
	table_start(t);
	return t;
}

static void give_back(struct thread *t)
{
	t->block.head.begin = 0;
	segment_free(&t->block.head);
	__atomic_store_n(&t->block.head.kind, SEGMENT_LOG, __ATOMIC_RELEASE);
}

struct thread *thread_attach(struct thread *t)
{
	if (!t && !(t = claim())) {
		if (!thread_unseen)
			__atomic_fetch_add(&process.arena->threads_unseen, 1, __ATOMIC_RELAXED);
		thread_unseen = true;
		return NULL;
	}
	t->guard = GUARD_SET;
	t->block.head.tid = kernel_id(SYS_gettid);
	t->random = t->block.head.tid * 2654435761u;
	t->log_started = ticks_now();
	usage_start(t, t->log_started);
	hold_start(t, t->log_started);
	stack_bounds(t);
	if (thread_unseen) /* later than its first call, but seen */
		__atomic_fetch_sub(&process.arena->threads_unseen, 1, __ATOMIC_RELAXED);
	thread_unseen = false;
	__atomic_store_n(&t->block.head.kind, SEGMENT_THREAD, __ATOMIC_RELEASE);
	thread_self = t;
	emit_thread_start(t);
	sample_begin(t);
	thread_leave(t);
	return t;
}

struct thread *thread_slow(void)
{
	if (unlikely(!real.resolved))
		real_resolve();
	if (unlikely(!process_is_same()))
		process_forked_child();
	if (!process.arena)
		return NULL;
	struct thread *t = thread_self;
	if (!t)
		t = thread_attach(NULL);
	if (!t || t->guard == GUARD_OPEN)
		return t;
	if (!t->vforked)
		__atomic_fetch_add(&process.arena->events_guarded, 1, __ATOMIC_RELAXED);
	return NULL;
}

struct thread *thread_enter(void)
{
	struct thread *t = thread_here();
	if (t)
		thread_guard(t);
	return t;
}

void thread_forget(void)
{
	thread_self = NULL;
}

void thread_end(struct thread *t, uint32_t how)
{
	if (t->block.ended)
		return;
	int saved = errno;
	gil_thread_end(t);
	thread_guard(t);
	t->block.ended = 1;
	sample_end(t);
	watch_poll_flush(t);
	mark_thread_end(t);
	emit_thread_end(t, how);
	thread_leave(t);
	errno = saved;
}

/* Runs when the start routine is left by pthread_exit or cancellation, and after a return. */
static void left(uint32_t *how)
{
	if (thread_self)
		thread_end(thread_self, *how);
}

static void *run_thread(void *argument)
{
	struct thread *t = thread_attach(argument);
	__attribute__((cleanup(left))) uint32_t how = END_EXIT_OR_CANCEL;
	void *result = t->routine(t->argument);
	how = END_RETURN;
	return result;
}

static int run_thrd(void *argument)
{
	struct thread *t = thread_attach(argument);
	__attribute__((cleanup(left))) uint32_t how = END_EXIT_OR_CANCEL;
	int result = ((thrd_start_t)(void *)t->routine)(t->argument);
	how = END_RETURN;
	return result;
}

/* The child's state, made by its creator; NULL: the child goes unwatched or attaches later. */
static struct thread *prepare(struct thread *t, void *(*routine)(void *), void *argument)
{
	thread_guard(t);
	struct thread *child_ = claim();
	if (child_) {
		child_->routine = routine;
		child_->argument = argument;
		child_->created = ticks_now();
		child_->creator = t->block.head.tid;
		child_->create_stack = stack_here(t);
	}
	thread_leave(t);
	return child_;
}

EXPORT int pthread_create(pthread_t *handle, const pthread_attr_t *attributes,
			  void *(*routine)(void *), void *argument)
{
	struct thread *t = thread_here();
	struct thread *made = t ? prepare(t, routine, argument) : NULL;
	if (!made)
		return REAL(pthread_create)(handle, attributes, routine, argument);
	if (attributes)
		pthread_attr_getstacksize(attributes, &made->stack_size);
	int result = REAL(pthread_create)(handle, attributes, run_thread, made);
	if (result != 0)
		give_back(made);
	return result;
}

EXPORT int thrd_create(thrd_t *handle, thrd_start_t routine, void *argument)
{
	struct thread *t = thread_here();
	struct thread *made = t ? prepare(t, (void *(*)(void *))(void *)routine, argument) : NULL;
	if (!made)
		return REAL(thrd_create)(handle, routine, argument);
	int result = REAL(thrd_create)(handle, run_thrd, made);
	if (result != thrd_success)
		give_back(made);
	return result;
}

EXPORT void pthread_exit(void *value)
{
	struct thread *t = thread_here();
	if (t)
		thread_end(t, END_EXIT_OR_CANCEL);
	REAL(pthread_exit)(value);
	__builtin_unreachable();
}

EXPORT void thrd_exit(int value)
{
	struct thread *t = thread_here();
	if (t)
		thread_end(t, END_EXIT_OR_CANCEL);
	REAL(thrd_exit)(value);
	__builtin_unreachable();
}

EXPORT int pthread_setname_np(pthread_t handle, const char *name)
{
	struct thread *t = thread_here();
	int result = REAL(pthread_setname_np)(handle, name);
	if (t && result == 0 && handle == pthread_self()) {
		thread_guard(t);
		emit_thread_name(t, t->block.head.tid, NAME_KERNEL, name);
		thread_leave(t);
	}
	return result;
}
