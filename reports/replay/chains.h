/*
 * Chains: what a thread does in one go under a mutex. The pieces of a section between which it
 * waited for a condition are one chain.
 */
#ifndef PARPROF_CHAINS_H
#define PARPROF_CHAINS_H

#include "reports/replay/program.h"

enum { CHAIN_WAKERS = 4 };
struct chain {
	uint32_t thread, mutex;
	uint32_t first, last; /* operations: the acquisition, the final release */
	uint32_t stack;	      /* of that */
	uint32_t stamp;	      /* when that was */
	/* objects of history: conditions waited for inside, or the semaphore waited for just
	 * before; and those signalled inside, or behind it and before the next chain */
	uint32_t waited[CHAIN_WAKERS], fired[CHAIN_WAKERS];
	uint8_t waits, fires;
};

struct chains {
	struct chain *chain;
	size_t count, room;
};
/* Of all threads, those of one thread in order of their begin. */
void chains_find(struct chains *, const struct program *, const struct history *);
void chains_free(struct chains *);

#endif
