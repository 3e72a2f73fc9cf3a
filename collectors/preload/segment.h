/*
 * Claiming segments of the arena: lock-free, no system call. A claimed segment is zero but for its
 * head, which segment_claim fills; `kind` is stored last.
 */
#ifndef PARPROF_SEGMENT_H
#define PARPROF_SEGMENT_H

#include "collectors/preload/thread.h"

/* For thread t, or for none yet (t == NULL: process block, thread block). NULL: none is free. */
struct segment *segment_claim(enum segment_kind kind, struct thread *t);

/* The owner has no more use for it. */
static inline void segment_free(struct segment *s)
{
	__atomic_store_n(&s->freed, 1, __ATOMIC_RELEASE);
}

#endif
