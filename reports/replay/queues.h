/*
 * Queues between threads. A recording tells which signal ended which wait; a program with other
 * speeds waits elsewhere. What does not change is that an item is taken only after one was put: so
 * where the sections of a mutex in which threads waited for a condition (or before which they
 * waited for a semaphore) are as many as those that signalled it, the condition becomes tokens:
 * each such section takes one, each of the others posts one.
 */
#ifndef PARPROF_QUEUES_H
#define PARPROF_QUEUES_H

#include "reports/replay/program.h"
#include "reports/replay/sites.h"

/* Changes the program, whose threads have one span each. Returns how many were found. */
size_t queues_find(struct program *, const struct history *, const struct sites *);

#endif
