/*
 * From a sampled stack to a path through the regions: the loops around each call, from outside to
 * inside, and functions that call themselves, folded.
 */
#ifndef PARPROF_ADVISE_STEPS_H
#define PARPROF_ADVISE_STEPS_H

#include "reports/advise/codes.h"
#include "reports/advise/region.h"
#include <stddef.h>

/* From the outermost to the innermost. */
struct stack_frame {
	uint32_t code;		 /* any number that tells codes apart */
	struct code_place place; /* in the codes */
};

/* The innermost frame of the same function, that one when it is alone. */
size_t steps_last(const struct stack_frame *, size_t frames, size_t first);
/* Notes which functions recur, of all stacks before the first steps_of(). */
void steps_note(struct codes *, const struct stack_frame *, size_t frames);
/* Returns how many; at most room. */
size_t steps_of(const struct codes *, const struct stack_frame *, size_t frames, struct step *,
		size_t room);

#endif
