/* Times of batches, and what they come to. */
#ifndef PARPROF_BATCH_H
#define PARPROF_BATCH_H

#include "collectors/machine/cost.h"

enum { BATCHES_MIN = 9, BATCHES_MAX = 201 };

struct batches {
	double value[BATCHES_MAX];
	int count;
};

uint64_t batch_now_ns(void);
/* Quartiles of the values. Sorts them. Adds nothing when there are too few. */
void batches_add_cost(struct machine_costs *, enum cost_number, int threads, int times,
		      struct batches *);

/* Does it so many times; false: it does not work here. */
typedef bool batch_function(void *data, int times);
/* Batches for about `budget_ns`, of as many times as give some dozens of them. */
void batch_measure(struct machine_costs *, enum cost_number, uint64_t budget_ns, batch_function *,
		   void *data);

#endif
