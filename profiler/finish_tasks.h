/*
 * Tasks get their threads: the scheduler's view of a recording joined to the log's. Tasks of
 * programs that wrote no log become threads, and processes, without events of their own.
 * Samples get the lock that was held.
 */
#ifndef PARPROF_FINISH_TASKS_H
#define PARPROF_FINISH_TASKS_H

struct store;

int tasks_match(struct store *); /* 0, or -1 after error() */
int samples_hold(struct store *);

#endif
