/*
 * Calls of functions that call themselves, as a tree: a sampled stack passes through frames of such
 * a function, and the return addresses from the outermost of them to the innermost are the path of
 * the call that was sampled. Calls are relatives when the path of one begins with that of the
 * other: that one called it, over however many others. All else are siblings or cousins, which
 * could run at the same time.
 *
 * A call that ended in a jump to another function has no frame of its own any more: the return
 * address in its caller stands for it. Return addresses of functions in between count, too.
 *
 * Invariants
 *  - call[CALL_NONE] is nobody's. Else a parent comes before its children; that of the outermost
 *    calls is CALL_NONE, and there is one for each region.
 *  - Once calls_sum() was called, a call's task is the outermost one around it that has less than
 *    one CALLS_TASKS-th of the region's samples, as large as what a thread would be given; of a
 *    call that has more it is the call itself.
 *  - Stacks that begin inside of a recursion, as they were too deep, have no path.
 *  - Calls from one place in a loop have one path, whether they are relatives or not: a region with
 *    such calls is alike, and nothing follows from its paths.
 */
#ifndef PARPROF_ADVISE_CALLS_H
#define PARPROF_ADVISE_CALLS_H

#include "reports/advise/region.h"
#include "reports/advise/steps.h"

#define CALL_NONE 0
#define CALLS_TASKS 32

struct call {
	uint32_t parent, code, level, region;
	uint32_t task;
	double samples, all; /* in it and in what it called; of the region */
};

struct calls {
	struct call *call;
	uint32_t count, room;
	struct hash place; /* (parent or region, code) -> index */
	struct hash site;  /* code + 1: a recursive function called itself there */
	struct hash in;	   /* (region, function + 1): one of its frames is in the region's calls */
};

void calls_init(struct calls *);
void calls_free(struct calls *);
/* Where functions call themselves: of all stacks after the last steps_note(), before the first
 * calls_add(). */
void calls_note(struct calls *, const struct codes *, const struct stack_frame *, size_t frames);
/* The call that a sample met, CALL_NONE: none. region: its innermost one. */
uint32_t calls_add(struct calls *, const struct codes *, struct regions *, uint32_t region,
		   const struct stack_frame *, size_t frames);
/* After the last one. */
void calls_sum(struct calls *);
/* Fills in handed.state of all recursions: a variable that functions in its calls read and write.
 */
void calls_state(const struct calls *, const struct codes *, struct regions *);
bool calls_are_relatives(const struct calls *, uint32_t a, uint32_t b);
/* The outermost recursion around a region, or that itself; 0: none. */
uint32_t calls_region(const struct regions *, uint32_t region);

#endif
