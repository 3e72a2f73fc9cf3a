/*
 * Programs written by hand, as text: operations of a thread, separated by blanks; `|` begins the
 * next thread. Locks and other objects are capital letters, numbered from A.
 *
 *	10 +A 5 -A	10 ns on a core, lock A for 5 ns; =7 sleeps, %A waits at barrier A, <A takes
 *a token of A, >A posts one, !1 creates thread 1, ?1 joins it 10@3		stack 3: of any
 *operation
 */
#ifndef PARPROF_PROGRAM_TEXT_H
#define PARPROF_PROGRAM_TEXT_H

#include "reports/replay/program.h"

/* Objects are of these kinds, in order. Threads that a create names begin by it, others at 0. */
void program_from_text(struct program *, const enum object_kind *, size_t objects, const char *);
/* A thread's code, all its spans and the units of its pools, in that form: until the next call. */
const char *program_text(const struct program *, uint32_t thread);

#endif
