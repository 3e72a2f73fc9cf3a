#include "profiler/lock_state.h"
#include "profiler/target_state.h"
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#define MUTEX_PI 32
#define MUTEX_SHARED 128
#define FUTEX_TID 0x3fffffff

static void of_mutex(struct lock_state *s, const pthread_mutex_t *m)
{
	s->shared = m->__data.__kind & MUTEX_SHARED;
	s->owner = m->__data.__kind & MUTEX_PI ? (uint32_t)m->__data.__lock & FUTEX_TID
					       : (uint32_t)m->__data.__owner;
	if (!m->__data.__lock || s->owner == INT_MAX)
		s->owner = 0;
}

static void of_rwlock(struct lock_state *s, const pthread_rwlock_t *l)
{
	s->shared = l->__data.__shared != 0;
	s->owner = (uint32_t)l->__data.__cur_writer;
	s->readers = s->owner ? 0 : l->__data.__readers >> 3;
	s->writer_waits = l->__data.__writers > 0 &&
			  l->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

/* The word that tells is the third of a semaphore, the fourth of a barrier. */
static bool is_shared(enum hook_family family, const int *word)
{
	switch (family) {
	case FAMILY_semaphore:
		return word[2] != 0;
	case FAMILY_condition:
		return ((const pthread_cond_t *)word)->__data.__wrefs & 1;
	case FAMILY_barrier:
		return word[3] != 0;
	default:
		return false;
	}
}

static size_t size_of(enum hook_family family)
{
	switch (family) {
	case FAMILY_mutex:
		return sizeof(pthread_mutex_t);
	case FAMILY_rwlock:
		return sizeof(pthread_rwlock_t);
	case FAMILY_condition:
		return sizeof(pthread_cond_t);
	case FAMILY_semaphore:
		return sizeof(sem_t);
	case FAMILY_barrier:
		return sizeof(pthread_barrier_t);
	default:
		return sizeof(int);
	}
}

struct lock_state lock_state_read(uint32_t pid, uint64_t address, enum hook_family family)
{
	union {
		pthread_mutex_t mutex;
		pthread_rwlock_t rwlock;
		int word[LOCK_BYTES / sizeof(int)];
	} bytes;
	struct lock_state s = {.known = target_read(pid, address, &bytes, size_of(family))};

	if (!s.known)
		return s;
	if (family == FAMILY_mutex)
		of_mutex(&s, &bytes.mutex);
	else if (family == FAMILY_rwlock)
		of_rwlock(&s, &bytes.rwlock);
	else
		s.shared = is_shared(family, bytes.word);
	return s;
}
