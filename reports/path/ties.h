/*
 * Stops whose causes acted at one and the same time: brings them into an order in which they could
 * have happened.
 *
 * A thread that came back at that time may have acted at once: what it caused comes behind its own
 * stop. One that came back later acted before it was let go: what it caused comes before.
 */
#ifndef PARPROF_TIES_H
#define PARPROF_TIES_H

#include "reports/path/precedence.h"

struct ties {
	struct precedence *precedence;
	size_t first;	 /* of the stops: the group goes from here to the end */
	uint32_t *place; /* by thread: its stop in the group, NOTHING */
	struct tie *tie;
	uint32_t *chain;
	size_t room; /* of tie, of chain */
};

void ties_begin(struct ties *, struct precedence *);
/* All stops of one time have been appended to those of the precedence. */
void ties_settle(struct ties *);
void ties_free(struct ties *);

#endif
