/*
 * Which frames belong to a threading or language runtime rather than to the program: who waits
 * for a lock is the first frame that does not. Methods of a program's own lock classes count as
 * runtime, too: port::Mutex::Lock is nobody's place.
 */
#ifndef PARPROF_RUNTIME_H
#define PARPROF_RUNTIME_H

#include <stdbool.h>

/* What a file of code is by its name: "libc", with the loader; "language"; "team": a parallel
 * runtime, which makes teams of threads and hands them work; "other". NULL: of the program. */
const char *runtime_module(const char *path);

/* module and file are paths, function is as demangle_short gives it. Each may be NULL. */
bool runtime_frame(const char *module, const char *function, const char *file);

#endif
