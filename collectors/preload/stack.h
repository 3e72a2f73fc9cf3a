/*
 * Where the calling thread is: its return addresses and Python frames, interned per process by
 * hash. The first use of a hash writes a STACK record. Needs the thread's guard set. Frames of this
 * library are left out.
 */
#ifndef PARPROF_STACK_H
#define PARPROF_STACK_H

#include "collectors/preload/python_walk.h"
#include "collectors/preload/unwind.h"

/* Hash of the stack, never 0; 0 when nothing could be unwound or stacks are off. */
uint64_t stack_here(struct thread *t);

/*
 * The same at the release of what was acquired at `acquirer`, a return address, 0: not known. A
 * function whose unlock is its last call leaves by a jump and is not on the stack any more; when
 * nothing else can tell which it was, the place of the acquisition stands for it.
 */
uint64_t stack_at_release(struct thread *t, uint64_t acquirer);

/* The stack from these registers on. In a signal handler Python frames need PYTHON_CAREFUL. */
uint64_t stack_of(struct thread *t, struct registers r, enum python_care care);
/* The same of what a signal interrupted, from a handler: the innermost frame is where it was, and
 * may be in the middle of a prologue or of code without rules. Reads nothing that is not there. */
uint64_t stack_interrupted(struct thread *t, struct registers r);

/* In the constructor: finds out where this library lies; the size of stacks here. */
uint64_t stack_start(void);
/* Sets the thread's stack bounds. */
void stack_bounds(struct thread *t);

#endif
