/*
 * The object files of the process, written as MODULE records: all of them at start, later ones when
 * a stack first leads through them. dlopen is not intercepted: it looks at who called it.
 */
#ifndef PARPROF_MODULE_H
#define PARPROF_MODULE_H

#include "collectors/preload/thread.h"

/* Guard set, in the constructor. */
void module_start(struct thread *t, const char *program);
/* Guard set: the object around a code address, unless it was written before. No loader lock. */
void module_see(struct thread *t, uint64_t pc);

#endif
