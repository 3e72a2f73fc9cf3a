/*
 * The functions behind the hooks: one typed pointer per line of hooks.def.
 * real_resolve() fills them all at once, in the constructor or at the first call that comes
 * earlier. Never resolve lazily inside a wrapper: dlsym then may wait for a dlopen that waits for
 * us.
 */
#ifndef PARPROF_REAL_H
#define PARPROF_REAL_H

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

enum hook_id {
	HOOK_NONE = 0,
#define HOOK(kind, family, mode, name) HOOK_##name,
#include "collectors/preload/hooks.def"
#undef HOOK
	HOOK_LIMIT
};

pid_t _Fork(void);

struct real {
#define HOOK(kind, family, mode, name) __typeof__(name) *name;
#include "collectors/preload/hooks.def"
#undef HOOK
	bool resolved;
};
extern struct real real;

/* Safe to call again and from several threads: every call stores the same values. */
void real_resolve(void);

#define REAL(name) (real.name)

#endif
