/* What the reader knows of the intercepted functions: the lines of hooks.def by number. */
#ifndef PARPROF_HOOK_H
#define PARPROF_HOOK_H

#include <stdbool.h>

#define HOOK_KINDS(X)                                                                              \
	X(none)                                                                                    \
	X(acquire)                                                                                 \
	X(try) X(release) X(wait) X(wake) X(init) X(destroy) X(born) X(dies) X(env) X(mark)
#define HOOK_FAMILIES(X)                                                                           \
	X(none)                                                                                    \
	X(mutex)                                                                                   \
	X(rwlock)                                                                                  \
	X(spin)                                                                                    \
	X(semaphore) X(condition) X(barrier) X(once) X(join) X(child) X(futex) X(timer) X(io) X(gil)

#define HOOK_KIND(name) KIND_##name,
#define HOOK_FAMILY(name) FAMILY_##name,
enum hook_kind { HOOK_KINDS(HOOK_KIND) };
enum hook_family { HOOK_FAMILIES(HOOK_FAMILY) FAMILY_COUNT };

struct hook {
	enum hook_kind kind;
	enum hook_family family;
	const char *kind_name, *family_name, *mode, *name;
};

extern const struct hook hooks[]; /* [0] is none; numbers as in the log */
extern const unsigned hook_count; /* with none */
extern const char *const family_names[FAMILY_COUNT];

static inline const struct hook *hook_get(unsigned number)
{
	return &hooks[number < hook_count ? number : 0];
}

/* Its objects are held by somebody while others wait. */
static inline bool family_excludes(enum hook_family f)
{
	return f == FAMILY_mutex || f == FAMILY_rwlock || f == FAMILY_spin ||
	       f == FAMILY_semaphore || f == FAMILY_once || f == FAMILY_gil;
}

#endif
