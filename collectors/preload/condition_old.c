/* The condition variables of before 2003 (GLIBC_2.2.5, x86-64 only): passed on, not watched. */
#ifdef __x86_64__
#include "collectors/preload/emit.h"

/* Once in a process: that there are such calls, not how many. */
static void tell(void)
{
	static bool told;
	struct thread *t = told ? NULL : thread_enter();
	if (!t)
		return;
	told = true;
	emit_note(t, NOTE_OLD_CONDITION, 1, "");
	thread_leave(t);
}

#define OLD(name, params, args)                                                                    \
	int old_##name params;                                                                     \
	__asm__(".symver old_" #name ", " #name "@GLIBC_2.2.5");                                   \
	EXPORT int old_##name params                                                               \
	{                                                                                          \
		int(*forward) params;                                                              \
		*(void **)&forward = dlvsym(RTLD_NEXT, #name, "GLIBC_2.2.5");                      \
		tell();                                                                            \
		return forward args;                                                               \
	}

OLD(pthread_cond_init, (void *c, const void *a), (c, a))
OLD(pthread_cond_destroy, (void *c), (c))
OLD(pthread_cond_wait, (void *c, void *m), (c, m))
OLD(pthread_cond_timedwait, (void *c, void *m, const void *t), (c, m, t))
OLD(pthread_cond_signal, (void *c), (c))
OLD(pthread_cond_broadcast, (void *c), (c))
#endif
