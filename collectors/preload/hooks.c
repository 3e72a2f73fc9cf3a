/* The wrappers that follow from hooks.def alone, and the few with an odd signature. */
#include "collectors/preload/kinds.h"
#include <fcntl.h>
#include <stdarg.h>

/*
 * pthread_cond_* exist in two versions with objects of different size: ours of the new version get
 * their own symbol and are bound by .symver, so that callers of the old one do not end up here.
 */
#ifdef __x86_64__
#define VERSIONED(name)                                                                            \
	extern __typeof__(name) name __asm__("watched_" #name);                                    \
	__asm__(".symver watched_" #name ", " #name "@@GLIBC_2.3.2");
VERSIONED(pthread_cond_init)
VERSIONED(pthread_cond_destroy)
VERSIONED(pthread_cond_wait)
VERSIONED(pthread_cond_timedwait)
VERSIONED(pthread_cond_signal)
VERSIONED(pthread_cond_broadcast)
#endif

#define OWN(kind, family, result, name, params)
#define SEEN(kind, family, mode, name)
#include "collectors/preload/hooks.def"

EXPORT void mtx_destroy(mtx_t *object)
{
	struct thread *t = thread_here();
	if (t)
		watch_destroyed(t, object, HERE(mtx_destroy));
	REAL(mtx_destroy)(object);
}

EXPORT void cnd_destroy(cnd_t *object)
{
	struct thread *t = thread_here();
	if (t)
		watch_destroyed(t, object, HERE(cnd_destroy));
	REAL(cnd_destroy)(object);
}

EXPORT sem_t *sem_open(const char *name, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
	unsigned value = flags & O_CREAT ? va_arg(more, unsigned) : 0;
	va_end(more);
	struct thread *t = thread_here(); /* first: it resolves the real function */
	sem_t *object = REAL(sem_open)(name, flags, mode, value);
	if (t && object != SEM_FAILED)
		watch_init(t, object, HERE(sem_open), FAMILY_semaphore, OBJECT_NAMED);
	return object;
}

EXPORT int pthread_tryjoin_np(pthread_t object, void **value)
{
	struct thread *t = thread_here();
	int result = REAL(pthread_tryjoin_np)(object, value);
	if (t)
		watch_called(t, (void *)object, HERE(pthread_tryjoin_np), FAMILY_join);
	return result;
}
