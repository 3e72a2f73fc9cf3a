/*
 * Names for locks: lock.name, named_by and place of every row, from the best that is known: its
 * variable, its file when it is shared, where it was initialised, who used it first, its address.
 * Needs the result of symbols_resolve(). May be repeated.
 */
#ifndef PARPROF_NAMES_H
#define PARPROF_NAMES_H

struct store;

int names_resolve(struct store *); /* 0, or -1 after error() */

#endif
