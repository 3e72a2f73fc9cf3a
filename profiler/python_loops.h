/*
 * The loops of Python code that samples met, beside those of machine code and in the same tables,
 * code_loop and code_in_loop: statements for and while, from the source files, and comprehensions.
 * Where a source is not there, too long, changed since the recording began, or has no such
 * function, there are none but the comprehensions and generator expressions that are code objects
 * of their own. May be repeated.
 */
#ifndef PARPROF_PYTHON_LOOPS_H
#define PARPROF_PYTHON_LOOPS_H

struct store;

int python_loops_make(
    struct store *); /* after loops_make(), python_resolve(); 0, or -1 after error() */

#endif
