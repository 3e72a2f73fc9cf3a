/* Finishing counters: whose values and overflows they are, and the stacks of the latter. */
#ifndef PARPROF_FINISH_COUNTERS_H
#define PARPROF_FINISH_COUNTERS_H

struct store;

/* Before addresses get names: it adds some. May be repeated. */
int counters_place(struct store *);

#endif
