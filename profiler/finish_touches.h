/* Which process, thread and code the lines and words are of that several threads touched. */
#ifndef PARPROF_FINISH_TOUCHES_H
#define PARPROF_FINISH_TOUCHES_H

struct store;

/* Comes after the tasks were matched with threads, before code gets its names. */
int touches_place(struct store *);

#endif
