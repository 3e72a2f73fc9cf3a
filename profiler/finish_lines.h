/*
 * What lies beside locks in their cache lines: table line_part, from the symbols of the files that
 * locks of several threads lie in; and the names of what threads were given. May be repeated.
 */
#ifndef PARPROF_FINISH_LINES_H
#define PARPROF_FINISH_LINES_H

struct store;

int lines_make(struct store *); /* 0, or -1 after error() */

#endif
