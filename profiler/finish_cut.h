/*
 * A recording whose recorder did not come to its end: the threads' own counts, which it reads last,
 * are missing. What was written down of waits stands in for them; calls that did not wait are lost.
 */
#ifndef PARPROF_FINISH_CUT_H
#define PARPROF_FINISH_CUT_H

struct store;

int cut_complete(struct store *); /* does nothing to a whole recording */

#endif
