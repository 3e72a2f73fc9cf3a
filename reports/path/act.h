/* Finds where in the program the act was done that ended a wait: its stack. For waits in the order
 * of those acts; then all searches together are linear in what was searched. */
#ifndef PARPROF_ACT_H
#define PARPROF_ACT_H

#include "reports/path/precedence.h"

struct act_search {
	const struct history *history;
	uint32_t *near; /* by object: the place among its holds of the last one found */
};

void act_search_begin(struct act_search *, const struct history *);
void act_search_end(struct act_search *);
/* Of what ended that stop; 0: not known. */
uint32_t act_stack(struct act_search *, const struct precedence *, const struct stop *);

#endif
