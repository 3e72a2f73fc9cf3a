/*
 * One lock looked into: where threads waited for it, and who held it meanwhile.
 *
 * Invariants
 *  - The waits of all waiters add up to the lock's waits with a whole record; the blame of all
 *    holders to the same.
 *  - Stacks belong to the model's struct stacks.
 */
#ifndef PARPROF_DETAIL_H
#define PARPROF_DETAIL_H

#include "reports/frames.h"
#include <stddef.h>
#include <stdint.h>

struct table;

struct waiter {
	const char *call;
	int64_t threads, waits, wait_ns, wait_max_ns, timed_out;
	const struct stack *stack;
};
struct holder {
	const char *cause;  /* holder, hand-over, unknown */
	const char *thread; /* its name; NULL: no holder or not known */
	int64_t waits, blame_ns;
	const struct stack *stack;
};
struct detail {
	int64_t leader; /* of the lock's row */
	struct waiter *waiters;
	size_t waiter_count;
	struct holder *holders;
	size_t holder_count;
	int64_t wait_ns, blame_ns; /* sums of the two lists */
};

/* From the answers to questions/waiters.sql and holders.sql, whose texts stay theirs. */
void detail_make(struct detail *, int64_t leader, const struct table *waiters,
		 const struct table *holders, struct stacks *);
void detail_free(struct detail *);

#endif
