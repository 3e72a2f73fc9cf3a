/*
 * What glibc's own objects tell for free: holder, waiters, attributes, by family. Layouts are part
 * of glibc's ABI (x86-64: the same from 2.31 to 2.41). Only read an object before it is released:
 * afterwards its memory may be gone.
 */
#ifndef PARPROF_OBJECT_H
#define PARPROF_OBJECT_H

#include "collectors/log.h"
#include "collectors/preload/real.h"

#define MUTEX_TYPE_MASK 3
#define MUTEX_ROBUST 16
#define MUTEX_PI 32
#define MUTEX_SHARED 128
#define MUTEX_NOT_RECOVERABLE INT32_MAX /* as owner */
#define FUTEX_TID_MASK_ 0x3fffffff

static inline uint32_t holder_mutex(const void *object)
{
	const pthread_mutex_t *m = object;
	if (unlikely(m->__data.__kind & MUTEX_PI))
		return (uint32_t)m->__data.__lock & FUTEX_TID_MASK_;
	return (uint32_t)m->__data.__owner;
}

/* 2 is glibc's "locked, maybe waiters"; robust and PI mutexes set the top bit. */
static inline uint32_t waiters_mutex(const void *object)
{
	int lock = ((const pthread_mutex_t *)object)->__data.__lock;
	return lock == 2 || lock < 0;
}

static inline uint32_t attributes_mutex(const void *object)
{
	int kind = ((const pthread_mutex_t *)object)->__data.__kind;
	return (uint32_t)(kind & MUTEX_TYPE_MASK) | (kind & MUTEX_ROBUST ? OBJECT_ROBUST : 0) |
	       (kind & MUTEX_PI ? OBJECT_PI : 0) | (kind & MUTEX_SHARED ? OBJECT_SHARED : 0);
}

static inline uint32_t holder_rwlock(const void *object)
{
	return (uint32_t)((const pthread_rwlock_t *)object)->__data.__cur_writer;
}

static inline uint32_t waiters_rwlock(const void *object)
{
	const pthread_rwlock_t *l = object;
	uint32_t readers = l->__data.__readers; /* bit 0 write phase, 1 a writer owns, 3.. count */
	if (l->__data.__writers)
		return l->__data.__writers;
	if (l->__data.__cur_writer)
		return readers >> 3; /* readers count themselves in before they wait */
	return (readers & 3) == 2;   /* the next writer waits for the read phase to end */
}

static inline uint32_t attributes_rwlock(const void *object)
{
	return ((const pthread_rwlock_t *)object)->__data.__shared ? OBJECT_SHARED : 0;
}

/* struct new_sem: value in the low, waiters in the high half of one 64-bit word */
static inline uint32_t waiters_semaphore(const void *object)
{
	return (uint32_t)(*(const volatile uint64_t *)object >> 32);
}

static inline uint32_t attributes_semaphore(const void *object)
{
	/* the word behind the value: 0 private, 128 between processes (measured on 2.36) */
	return ((const int *)object)[2] != 0 ? OBJECT_SHARED : 0;
}

static inline uint32_t waiters_condition(const void *object)
{
	return ((const pthread_cond_t *)object)->__data.__wrefs >> 3;
}

static inline uint32_t attributes_condition(const void *object)
{
	return ((const pthread_cond_t *)object)->__data.__wrefs & 1 ? OBJECT_SHARED : 0;
}

static inline uint32_t attributes_barrier(const void *object)
{
	/* struct pthread_barrier: in, current_round, count, shared, out; shared is 0 for private */
	return ((const int *)object)[3] != 0 ? OBJECT_SHARED : 0;
}

#endif
