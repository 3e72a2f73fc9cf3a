/*
 * Functions that left their stack by a jump before what they called ran (sibling calls, which
 * compilers make of `return f()`), between other frames: the call in front of a return address goes
 * to another function than the one that ran. The one that was called becomes a frame, so that
 * callers and depths of recursions are right.
 *
 * Seen are direct calls inside one file, to where a function begins (.eh_frame); of a chain of such
 * jumps the first function. A function's part that lies elsewhere (NAME.cold) is no other one.
 * What left before it got to a hook: see tailcalls.h.
 */
#ifndef PARPROF_FINISH_JUMPS_H
#define PARPROF_FINISH_JUMPS_H

struct store;

/* Completes the stacks of a recording, once for all; before symbols_resolve(). 0 or -1. */
int jumps_find(struct store *);

/* Parts of it: makes the table temp.jump, which is then filled: between code caller and the callee
 * right above it belongs code; puts those between frames. 0 or -1. */
int jumps_begin(struct store *);
int jumps_insert(struct store *);

#endif
