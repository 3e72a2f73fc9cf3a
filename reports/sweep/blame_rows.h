/*
 * Blame, added up: the root of a chain, and the rows of the result by waited-for object and root.
 */
#ifndef PARPROF_BLAME_ROWS_H
#define PARPROF_BLAME_ROWS_H

#include "reports/sweep/pass.h"

enum { CHAIN_DEPTH = 10 }; /* longer chains, and circles, end unknown */

struct root {
	enum account_cause cause;
	uint32_t thread; /* NOBODY */
	uint32_t object; /* group of the last link, when it is a lock; NOTHING */
	uint32_t lock;	 /* group of the last lock in the chain, NOTHING: none */
	uint32_t stack;
	bool direct;
};

struct root root_of(const struct pass *, const struct source *);

/* ns that each of the waiters and pollers of a source waited. */
void rows_add_source(struct pass *, const struct source *, const struct root *, int64_t ns);
/* ns of one thread that hangs on nobody. */
void rows_add_alone(struct pass *, uint32_t group, enum account_cause, int64_t ns);
void rows_close(struct pass *); /* makes the results, the largest first */

#endif
