/* Which names of types are those of locks, by how programs call them. */
#ifndef PARPROF_LOCKTYPE_H
#define PARPROF_LOCKTYPE_H

#include <stdbool.h>
#include <stddef.h>

/* name[0..length) without namespaces; template arguments are not looked at. */
bool locktype_name(const char *name, size_t length);

/* A member function of a lock or of what locks one in a scope, as demangle_short gives it:
 * port::Mutex::Lock, ScopedLock::ScopedLock. */
bool locktype_method(const char *function);

/* Who waits in it waits for mutual exclusion, whatever that is made of: Mutex::lock_contended,
 * g_mutex_lock. Not condition variables, semaphores. */
bool locktype_takes(const char *function);

#endif
