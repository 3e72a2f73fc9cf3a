/*
 * What calls of a recursion hand to each other through memory, from the addresses that samples met:
 * a block of memory that a call writes and another one reads later. From a call to those that it
 * calls and back nothing speaks against doing siblings at the same time; from one to its siblings
 * and cousins it does.
 *
 * Calls are looked at as tasks (calls.h): what small calls hand to each other inside of a task
 * stays in one thread, and what a task reads of its own tells nothing. Blocks are pages, or larger
 * ones, up to HANDED_BLOCK_MOST, where samples are too few to meet pages twice; at the border of
 * two tasks' memory a block is of both, and there is more of such the larger blocks are.
 *
 * Border blocks go from one task to the next, once in each run of the recursion; one that goes
 * through many tasks (most_apart) is a state, as the place that a parser has come to.
 *
 * That few blocks are handed apart says something only where many are handed to relatives, which
 * tells that samples are dense enough to meet what is handed on, and where most would be handed
 * apart if memory had nothing to do with who calls whom (apart_usual): in a table that all share.
 *
 * Not seen is what registers hand on, from the result of one call to an argument of the next; what
 * is written so seldom that no sample meets it, but for variables that the code tells of
 * (calls_state()); what is on the stack by the stack pointer. Left out is what a sample reads and
 * writes at once, as in pages.h, and what was written in another entry of the recursion. Nothing is
 * known of calls that are alike (calls.h), as those in a loop are.
 */
#ifndef PARPROF_ADVISE_HANDED_H
#define PARPROF_ADVISE_HANDED_H

#include "reports/advise/calls.h"
#include "reports/advise/stream.h"

#define HANDED_TELLING 16 /* blocks that were handed on */
#define HANDED_BLOCK_MOST 65536

/* Fills in `handed` of all recursions. The samples are as pages_count() left them. */
void handed_count(struct regions *, const struct calls *, const struct touch_sample *,
		  size_t count);

#endif
