/*
 * A moment in which the passes of one loop are watched in one thread: its header, and up to a few
 * words of data, or, where code is replaced, instructions that use data. What it showed is added to
 * the loop's sums and words.
 *
 * Invariants
 *  - It ends when the header was hit often enough, or after a while; one whose loop is slow goes on
 *    with little more than the header, for as long as samples find the thread in the loop.
 *  - Intervals in which a replaced instruction still stopped the thread unrecorded do not count.
 */
#ifndef PARPROF_PIECE_MOMENT_H
#define PARPROF_PIECE_MOMENT_H

#include "collectors/kernel/accesses.h"
#include "collectors/kernel/traps.h"
#include "profiler/piece_loops.h"

#define MOMENT_HITS 64u /* of the header, and twice as many of each other place */
#define MOMENT_HITS_MAX (MOMENT_HITS * 2 * TRAPS_MAX)

struct piece_tools { /* that all moments share */
	enum trap_way way;
	enum trap_way slow_way; /* of slow loops; TRAP_NONE: they are not followed */
	uint64_t trap_ns;	/* what one costs, measured on ourselves, */
	uint64_t tight_ns;	/* and on passes of the program that are nothing beside it: a sum */
	uint32_t tight;		/* of so many */
	struct accesses *accesses;
	const struct piece_loops *loops;
};

static inline uint64_t piece_trap_ns(const struct piece_tools *t)
{
	return t->tight ? t->tight_ns / t->tight : t->trap_ns;
}

struct piece_moment {
	struct piece_loop *loop; /* NULL: it is not open */
	struct piece_tools *tools;
	enum trap_way way;
	struct traps traps;
	bool slow;
	uint64_t begin_ns;
	uint64_t cost_ns; /* of the program, but for the hits */
	struct piece_use use[TRAPS_MAX];
	struct operand operand[TRAPS_MAX]; /* where code is replaced */
	uint32_t count[TRAPS_MAX];
	uint64_t until_ns[TRAPS_MAX]; /* from then on it was not watched; UINT64_MAX: it is */
	uint64_t blind_ns, seeing_ns; /* in between hits were not recorded */
	struct trap_hit hit[MOMENT_HITS_MAX];
	size_t hits;
};

/* words: at most so many of them. 0, or the errno of what was refused. */
int piece_moment_open(struct piece_moment *, struct piece_tools *, enum trap_way,
		      struct piece_loop *, const struct image *, int words, uint64_t now_ns);
/* The same of a loop that is known to be slow. */
int piece_moment_open_slow(struct piece_moment *, struct piece_tools *, struct piece_loop *,
			   const struct image *, uint64_t now_ns);
/* The program also pays for what is not hit. */
bool piece_moment_is_dear(const struct piece_moment *);
/* Reads what was hit; true: it is over. */
bool piece_moment_look(struct piece_moment *, uint64_t now_ns);
/* Adds up what was seen. image: of the process, NULL: it is gone. Returns what the moment cost the
 * program. */
uint64_t piece_moment_close(struct piece_moment *, const struct image *, uint64_t now_ns);
/* What it cost until now, at least. */
uint64_t piece_moment_cost(const struct piece_moment *);

#endif
