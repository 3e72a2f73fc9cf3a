/*
 * Names for locks: lock.name, named_by and place of every row, from the best that is known: its
 * variable, its file when it is shared, where it was initialised, who used it first, its address.
 * Needs the result of symbols_resolve(). May be repeated.
 */
#ifndef PARPROF_NAMES_H
#define PARPROF_NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct store;
struct text;

int names_resolve(struct store *); /* 0, or -1 after error() */

/* Of an object in a shared file: /NAME of what sem_open or shm_open made, else the file's own name.
 * False for memory that has no file but shows a kernel's placeholder as path. */
bool names_add_shared(struct text *, const char *path, int64_t offset);

#endif
