/*
 * Names for code: fills code.module and code_line for every row of code, once the recording is
 * over. May be repeated: what an earlier call found is replaced.
 */
#ifndef PARPROF_SYMBOLS_H
#define PARPROF_SYMBOLS_H

struct store;

int symbols_resolve(struct store *); /* 0, or -1 after error() */

#endif
