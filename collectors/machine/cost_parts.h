/* The groups of costs, each in a file of its own. All add to the costs what works here. */
#ifndef PARPROF_COST_PARTS_H
#define PARPROF_COST_PARTS_H

#include "collectors/machine/cost.h"

void cost_locks(struct machine_costs *, uint64_t budget_ns);	 /* pairs; queue, barrier */
void cost_wakes(struct machine_costs *, uint64_t budget_ns);	 /* wakes, hand-over */
void cost_processes(struct machine_costs *, uint64_t budget_ns); /* pipe, create, fork */
/* Memory and computing of several threads. last_cache: bytes, 0 not known; cpus: that may be used;
 * memory: bytes that may be used. */
void cost_together(struct machine_costs *, uint64_t budget_ns, uint64_t last_cache, int cpus,
		   uint64_t memory);

#endif
