/* The advice as a reading: tables reading_advice, _estimate, _part of readings.sql. Not made for
 * every report: it reads all sampled stacks. */
#ifndef PARPROF_ADVISE_READING_ADVICE_H
#define PARPROF_ADVISE_READING_ADVICE_H

struct graph;
struct store;

/* After the readings; 0, or -1 after error(). */
int reading_advice(struct store *, const struct graph *);

#endif
