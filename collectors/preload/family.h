/* Families of hooks.def as numbers, and what their objects tell, chosen by family at compile time.
 */
#ifndef PARPROF_FAMILY_H
#define PARPROF_FAMILY_H

#include "collectors/preload/object.h"
#include <sys/single_threaded.h>

enum family {
	FAMILY_mutex,
	FAMILY_rwlock,
	FAMILY_spin,
	FAMILY_semaphore,
	FAMILY_condition,
	FAMILY_barrier,
	FAMILY_once,
	FAMILY_join,
	FAMILY_child,
	FAMILY_futex,
	FAMILY_timer,
	FAMILY_io,
	FAMILY_gil,
	FAMILY_none
};

static inline uint32_t object_attributes(enum family family, const void *object)
{
	switch (family) {
	case FAMILY_mutex:
		return attributes_mutex(object);
	case FAMILY_rwlock:
		return attributes_rwlock(object);
	case FAMILY_semaphore:
		return attributes_semaphore(object);
	case FAMILY_condition:
		return attributes_condition(object);
	case FAMILY_barrier:
		return attributes_barrier(object);
	default:
		return 0;
	}
}

static inline uint32_t object_holder(enum family family, const void *object)
{
	if (family == FAMILY_mutex)
		return holder_mutex(object);
	return family == FAMILY_rwlock ? holder_rwlock(object) : 0;
}

static inline uint32_t object_waiters(enum family family, const void *object)
{
	switch (family) {
	case FAMILY_mutex:
		return waiters_mutex(object);
	case FAMILY_rwlock:
		return waiters_rwlock(object);
	case FAMILY_semaphore:
		return waiters_semaphore(object);
	case FAMILY_condition:
		return waiters_condition(object);
	default:
		return 0;
	}
}

/*
 * Whether to call the lock itself without a trylock in front. Either it is free and nobody can take
 * it before this thread does, which spares an atomic while the process has one thread. Or it is a
 * robust mutex that can never be had again: glibc's trylock would leave it locked for good.
 */
static inline bool object_needs_no_try(enum family family, const void *object)
{
	const pthread_mutex_t *m = object;
	if (family != FAMILY_mutex)
		return false;
	if (unlikely(m->__data.__kind & (MUTEX_ROBUST | MUTEX_SHARED)))
		return m->__data.__owner == MUTEX_NOT_RECOVERABLE;
	return __libc_single_threaded && m->__data.__lock == 0;
}

#endif
