/*
 * What a lock is used for, and which locks are one to a reader.
 *
 * use: lock (mutual exclusion), idle (waiting for work or for time: condition variables,
 * semaphores that others post, futexes), phase (barrier, join, child, once). A semaphore whose
 * takers post it themselves is a lock; so is what is waited for in functions that take a lock
 * (locktype.h): Rust's Mutex is a futex.
 * leader: locks of one name, place, family, use and program are a group; the first one leads it.
 */
#ifndef PARPROF_FINISH_GROUPS_H
#define PARPROF_FINISH_GROUPS_H

struct store;

int groups_make(struct store *); /* for locks that objects belong to; after their names */

#endif
