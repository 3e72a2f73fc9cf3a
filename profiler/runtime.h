/*
 * Which frames belong to a threading or language runtime rather than to the program: who waits
 * for a lock is the first frame that does not. Methods of a program's own lock classes count as
 * runtime, too: port::Mutex::Lock is nobody's place.
 */
#ifndef PARPROF_RUNTIME_H
#define PARPROF_RUNTIME_H

#include <stdbool.h>

/* module and file are paths, function is as demangle_short gives it. Each may be NULL. */
bool runtime_frame(const char *module, const char *function, const char *file);

#endif
