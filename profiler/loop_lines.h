/*
 * The source lines of a loop of machine code: the function it was written in, which may be inlined
 * into the one that has the code, and the first and the last of its lines there.
 *
 * That is the innermost function that the instruction which goes back to the loop's begin is of,
 * and nearly all of the loop's own instructions (inner loops left out): what is only called in the
 * loop's body, and was inlined there, is not.
 */
#ifndef PARPROF_LOOP_LINES_H
#define PARPROF_LOOP_LINES_H

#include "collectors/kernel/code_loops.h"
#include "profiler/binary.h"

struct loop_lines {
	char *function;	     /* NULL: not known */
	char *file;	     /* NULL: not known, then the lines are 0 */
	unsigned line, last; /* smallest and largest */
};

/* The loops' addresses are the file's. */
struct loop_lines loop_lines_find(struct binary *, const struct code_loops *, int loop);
void loop_lines_free(struct loop_lines *);

#endif
