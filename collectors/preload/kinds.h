/*
 * The wrapper shapes: what ACQUIRE, TRY, RELEASE, WAIT, WAKE, INIT, DESTROY, TIMER, IO, MOVE of
 * hooks.def become. Each forwards unchanged when the thread is not watched (thread_here() is NULL).
 *
 * The trylock in front is safe for every type of lock: a relock of an errorcheck or normal mutex is
 * EBUSY there and what it always was in the real call; EOWNERDEAD is passed through. A cancellation
 * point must act on a pending cancel even when it would not block, which a trylock does not.
 */
#ifndef PARPROF_KINDS_H
#define PARPROF_KINDS_H

#include "collectors/preload/gil.h"
#include "collectors/preload/io.h"
#include "collectors/preload/watch.h"
#include <errno.h>

#define OBJECT ((const void *)(uintptr_t)object) /* a spin lock is volatile */
#define CALLER ((uint64_t)__builtin_return_address(0))
#define HERE(name) SITE(CALLER, HOOK_##name)

/* Success of the call: 0, or a robust mutex whose owner died. */
static inline bool is_got(int result)
{
	return result == 0 || result == EOWNERDEAD;
}

#define LIST(...) __VA_ARGS__

/* The part that waits is a function of its own: its frame and saved registers cost the hot path. */
#define ACQUIRE(family, mode, name, params, args, try_name, cancel)                                \
	static __attribute__((noinline)) int wait_##name(struct thread *self_, uint64_t site_,     \
							 LIST params)                              \
	{                                                                                          \
		struct wait wait_ WAIT_CLEANUP;                                                    \
		wait_begin(&wait_, self_, OBJECT, site_, FAMILY_##family, true,                    \
			   wait_behind(self_, FAMILY_##family, OBJECT, site_));                    \
		int result_ = REAL(name) args;                                                     \
		wait_end(&wait_, result_, is_got(result_) ? 0 : WAIT_TIMED_OUT);                   \
		return result_;                                                                    \
	}                                                                                          \
	EXPORT int name params                                                                     \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		if (unlikely(!self_))                                                              \
			return REAL(name) args;                                                    \
		THROUGH_GIL(family, GIL_LOCK, name, args)                                          \
		int errno_ = 0, result_;                                                           \
		if (cancel) {                                                                      \
			pthread_testcancel();                                                      \
			errno_ = errno;                                                            \
		}                                                                                  \
		if (object_needs_no_try(FAMILY_##family, OBJECT))                                  \
			result_ = REAL(name) args;                                                 \
		else                                                                               \
			result_ = REAL(try_name)(object);                                          \
		if (likely(is_got(result_))) {                                                     \
			watch_acquired(self_, OBJECT, HERE(name), FAMILY_##family);                \
			return result_;                                                            \
		}                                                                                  \
		if (unlikely(result_ == ENOTRECOVERABLE))                                          \
			return result_;                                                            \
		if (cancel)                                                                        \
			errno = errno_;                                                            \
		return wait_##name(self_, HERE(name), LIST args);                                  \
	}

#define TRY(family, mode, name, params, args)                                                      \
	EXPORT int name params                                                                     \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		int result_ = REAL(name) args;                                                     \
		if (unlikely(!self_))                                                              \
			return result_;                                                            \
		if (likely(is_got(result_)))                                                       \
			watch_tried(self_, OBJECT, HERE(name), FAMILY_##family);                   \
		else                                                                               \
			watch_failed(self_, OBJECT, HERE(name), FAMILY_##family);                  \
		return result_;                                                                    \
	}

/* Posts are counted, as a semaphore tells nothing of who uses it; unlocks follow from locks. */
#define RELEASE(family, name, params, args)                                                        \
	EXPORT int name params                                                                     \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		if (unlikely(!self_))                                                              \
			return REAL(name) args;                                                    \
		THROUGH_GIL(family, GIL_UNLOCK, name, args)                                        \
		if (FAMILY_##family == FAMILY_semaphore)                                           \
			watch_called(self_, OBJECT, HERE(name), FAMILY_##family);                  \
		uint32_t waiters_ = object_waiters(FAMILY_##family, OBJECT);                       \
		if (likely(watch_release_is_plain(self_, waiters_)))                               \
			return REAL(name) args;                                                    \
		struct release release_;                                                           \
		release_begin(&release_, self_, OBJECT, waiters_);                                 \
		int result_ = REAL(name) args;                                                     \
		if (result_ == 0)                                                                  \
			release_end(&release_, self_, (uint64_t)object, HERE(name));               \
		return result_;                                                                    \
	}

/* Barriers and joins: every call is timed. Conditions also give up and retake their mutex. */
#define WAIT(family, name, params, args, waited, other)                                            \
	WAIT_##family(name, params, args, waited, other)
#define WAIT_barrier(name, params, args, waited, other)                                            \
	WAIT_PLAIN(barrier, name, params, args, waited, other)
#define WAIT_join(name, params, args, waited, other)                                               \
	WAIT_PLAIN(join, name, params, args, waited, other)

#define WAIT_PLAIN(family, name, params, args, waited, other)                                      \
	EXPORT int name params                                                                     \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		if (unlikely(!self_))                                                              \
			return REAL(name) args;                                                    \
		struct wait wait_ WAIT_CLEANUP;                                                    \
		wait_begin(&wait_, self_, waited, HERE(name), FAMILY_##family, false,              \
			   (uint64_t)(other));                                                     \
		int result_ = REAL(name) args;                                                     \
		wait_end(&wait_, result_, WAIT_RESULT_FLAGS(result_));                             \
		return result_;                                                                    \
	}

#define WAIT_RESULT_FLAGS(result)                                                                  \
	((result) == 0 || (result) == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : WAIT_TIMED_OUT)

#define WAIT_condition(name, params, args, waited, mutex_)                                         \
	EXPORT int name params                                                                     \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		if (unlikely(!self_))                                                              \
			return REAL(name) args;                                                    \
		THROUGH_GIL(condition, GIL_WAIT, name, args)                                       \
		struct wait wait_ WAIT_CLEANUP;                                                    \
		struct release release_;                                                           \
		release_begin(&release_, self_, mutex_, waiters_mutex(mutex_));                    \
		release_end(&release_, self_, (uint64_t)(mutex_), HERE(name));                     \
		wait_begin(&wait_, self_, OBJECT, HERE(name), FAMILY_condition, false,             \
			   (uint64_t)(mutex_));                                                    \
		int result_ = REAL(name) args;                                                     \
		wait_end(&wait_, result_, result_ ? WAIT_TIMED_OUT : 0);                           \
		watch_retaken(&wait_, (uint64_t)(mutex_));                                         \
		return result_;                                                                    \
	}

#define WAKE(family, name, params, args)                                                           \
	EXPORT int name params                                                                     \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		if (unlikely(!self_))                                                              \
			return REAL(name) args;                                                    \
		THROUGH_GIL(family, GIL_SIGNAL, name, args)                                        \
		watch_called(self_, OBJECT, HERE(name), FAMILY_##family);                          \
		uint32_t waiters_ = object_waiters(FAMILY_##family, OBJECT);                       \
		if (likely(!waiters_))                                                             \
			return REAL(name) args;                                                    \
		struct release wake_ = RELEASE_NOW(object, waiters_);                              \
		int result_ = REAL(name) args;                                                     \
		watch_wake(&wake_, self_, (uint64_t)object, HERE(name));                           \
		return result_;                                                                    \
	}

#define TIMER(result, name, params, args)                                                          \
	EXPORT result name params                                                                  \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		if (unlikely(!self_))                                                              \
			return REAL(name) args;                                                    \
		struct wait wait_ WAIT_CLEANUP;                                                    \
		wait_begin(&wait_, self_, (void *)HOOK_sleep, HERE(name), FAMILY_timer, false, 0); \
		result result_ = REAL(name) args;                                                  \
		wait_end(&wait_, (int)result_, 0);                                                 \
		return result_;                                                                    \
	}

#define IO(result, name, params, args, fd, late) IO_AS(name, result, name, params, args, fd, late)
#define IO_AS(plain, result, name, params, args, fd, late)                                         \
	EXPORT result name params                                                                  \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		if (unlikely(!self_))                                                              \
			return REAL(name) args;                                                    \
		struct io io_ IO_CLEANUP;                                                          \
		io_begin(&io_, self_, HERE(plain), fd);                                            \
		result result_ = REAL(name) args;                                                  \
		io_end(&io_, result_, late);                                                       \
		return result_;                                                                    \
	}

#define MOVE(direction, result, name, params, args, fd)                                            \
	MOVE_AS(name, direction, result, name, params, args, fd)
#define MOVE_AS(plain, direction, result, name, params, args, fd)                                  \
	EXPORT result name params                                                                  \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		if (unlikely(!self_))                                                              \
			return REAL(name) args;                                                    \
		struct io io_ IO_CLEANUP;                                                          \
		io_begin(&io_, self_, HERE(plain), fd);                                            \
		result result_ = REAL(name) args;                                                  \
		io_moved(&io_, result_);                                                           \
		return result_;                                                                    \
	}

#define INIT(family, name, params, args)                                                           \
	EXPORT int name params                                                                     \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		int result_ = REAL(name) args;                                                     \
		if (self_ && result_ == 0 && FAMILY_##family == FAMILY_condition)                  \
			gil_look(self_, OBJECT, CALLER);                                           \
		if (self_ && result_ == 0 && !gil_is_near(FAMILY_##family, OBJECT))                \
			watch_init(self_, OBJECT, HERE(name), FAMILY_##family, 0);                 \
		return result_;                                                                    \
	}

#define DESTROY(family, name, params, args)                                                        \
	EXPORT int name params                                                                     \
	{                                                                                          \
		struct thread *self_ = thread_here();                                              \
		if (FAMILY_##family == FAMILY_condition && gil_is_near(FAMILY_##family, OBJECT))   \
			gil_gone(OBJECT);                                                          \
		else if (self_)                                                                    \
			watch_destroyed(self_, OBJECT, HERE(name));                                \
		return REAL(name) args;                                                            \
	}

#endif
