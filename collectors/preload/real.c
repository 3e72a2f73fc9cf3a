#include "collectors/preload/family.h"
#include <string.h>

struct real real;

/* dlsym gives the pre-2003 condition variables before glibc 2.36, and mixing the two hangs. */
#ifdef __x86_64__
#define CONDITION_VERSION "GLIBC_2.3.2"
#else
#define CONDITION_VERSION "GLIBC_2.17"
#endif

static void *look_up(enum family family, const char *name)
{
	void *found = NULL;
	/* A look-up that fails calls malloc, which may be the program's own and lock a mutex: in
	 * that version there are neither pthread_cond_clockwait nor the functions of threads.h. */
	if (family == FAMILY_condition && !strncmp(name, "pthread_", 8) && !strstr(name, "clock"))
		found = dlvsym(RTLD_NEXT, name, CONDITION_VERSION);
	return found ? found : dlsym(RTLD_NEXT, name);
}

void real_resolve(void)
{
#define SEEN(kind, family, mode, name)
#define HOOK(kind, family, mode, name)                                                             \
	if (!real.name)                                                                            \
		real.name = look_up(FAMILY_##family, #name);
#include "collectors/preload/hooks.def"
#undef HOOK
	real.resolved = true;
}
