/* Readings of counters: metrics by formula, and what was counted while locks were held. */
#ifndef PARPROF_REPORTS_COUNTER_H
#define PARPROF_REPORTS_COUNTER_H

struct store;

int metrics_make(struct store *);	/* reading_metric */
int counter_locks_make(struct store *); /* reading_counter_lock */

#endif
