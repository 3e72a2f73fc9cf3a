/*
 * Stacks of the recording, as frames of the codes: those of samples, or those in which an object
 * was first used.
 *
 * Invariants
 *  - The frames of a stack are frame[first .. first + count), from the outermost to the innermost.
 *  - Frames whose code nobody knows are left out.
 */
#ifndef PARPROF_ADVISE_CALL_STACKS_H
#define PARPROF_ADVISE_CALL_STACKS_H

#include "profiler/hash.h"
#include "reports/advise/steps.h"

struct store;

struct stack_span {
	size_t first, count;
};

struct call_stacks {
	struct stack_frame *frame;
	size_t frames, room;
	struct hash by_id; /* stack.id -> struct stack_span */
};

/* view: sampled_frame, site_frame. 0, or -1 after error(); to be freed in any case. */
int call_stacks_read(struct call_stacks *, struct store *, const struct codes *, const char *view);
void call_stacks_free(struct call_stacks *);
/* NULL: not known. */
const struct stack_span *call_stacks_get(const struct call_stacks *, int64_t id);

#endif
