/*
 * Functions that left their stack before they got to the hook: compiled as a jump, the unlock at
 * the end of a function (every lock_guard's) leaves the caller's frame on top, as if the caller had
 * unlocked. The call instruction in front of the return address tells which function it called: it
 * becomes a frame of its own, at position -1.
 *
 * Seen are direct calls inside one file, on x86-64; of a chain of such jumps the first function.
 */
#ifndef PARPROF_TAILCALLS_H
#define PARPROF_TAILCALLS_H

#include <stdbool.h>
#include <stdint.h>

struct store;
struct binary;

/* Completes the stacks of a recording; before symbols_resolve(). 0 or -1. */
int tailcalls_find(struct store *);

/* The function that the call before this return address goes to, both addresses of the file; 0: not
 * a direct call, or one to another file (through .plt). */
uint64_t tailcalls_target(const struct binary *, uint64_t return_address);

#endif
