/*
 * Objects between processes: what they have in common is the file mapping they lie in. Read from
 * /proc/self/maps at the first sight of such an object; the fd is closed at once.
 */
#ifndef PARPROF_SHARED_H
#define PARPROF_SHARED_H

#include "collectors/preload/thread.h"

/* Guard set. Writes SHARED, or nothing where /proc does not tell, or must not be asked. Keeps
 * errno. */
void shared_emit(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation);

#endif
