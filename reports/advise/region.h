/*
 * Regions: the parts of a program that could be made parallel, as a tree. A sampled stack is a path
 * in it, from the run as a whole through the loops around each call, and through functions that
 * call themselves, to the innermost one.
 *
 * Invariants
 *  - region[0] is the run, its own parent. Else a parent comes before its children.
 *  - total = own + the children's totals, once regions_sum() was called.
 *  - A recursion appears once in a path, however deep it is: what lies between its first and its
 *    last call is one region, and level[] says how deep samples were.
 */
#ifndef PARPROF_ADVISE_REGION_H
#define PARPROF_ADVISE_REGION_H

#include "profiler/hash.h"
#include "reports/advise/footprint.h"
#include <stdbool.h>
#include <stdint.h>

#define REGION_LEVELS 24 /* the last one: as deep or deeper */

enum region_kind { REGION_RUN, REGION_LOOP, REGION_RECURSION };

struct code_variable;

/* What calls of a recursion handed to each other, see handed.h. */
struct handed {
	bool alike;	      /* calls that are no relatives have the same path, see calls.h */
	uint32_t block_bytes; /* of memory that is looked at as one */
	uint32_t written;     /* blocks */
	uint32_t kept, apart; /* blocks handed to relatives only; to others, too */
	uint32_t reads_kept, reads_apart;
	uint32_t most_apart; /* so often one block was handed apart in one run of the recursion */
	/* A variable that calls read and write, of the codes; NULL: none is known. */
	const struct code_variable *state;
	double apart_usual; /* of pairs of a write and a later read, wherever in memory */
};

struct region {
	enum region_kind kind;
	uint32_t key; /* loop, or function: index of the code's (code.h) */
	uint32_t parent;
	double own, total;		      /* samples: in none of its children; in all */
	double kernel;			      /* of total: in system calls and faults */
	uint32_t pages_written, pages_handed; /* see pages.h */
	uint32_t pages_again;		      /* uses of pages that were met before */
	struct footprint footprint;	      /* see region_footprints.h */
	double locked; /* of its time one lock was held in its passes, at least: 0..1 */
	struct handed handed;
	double *level; /* of a recursion, REGION_LEVELS: of total, so many calls deep less 1 */
};

struct regions {
	struct region *region;
	uint32_t count, room;
	struct hash place;  /* (parent, kind and key) -> index */
	struct hash caller; /* (function, region) -> samples in the kernel */
};

/* How long a region's passes last, and the whole of them from one begin to the next; INFINITY where
 * that is not known. */
struct region_times {
	double pass_ns;	 /* uses that are nearer to each other may be of one pass */
	double entry_ns; /* what is read later was handed on outside of it */
};

/* One step of a path, from outside to inside. */
struct step {
	enum region_kind kind;
	uint32_t key;
	uint32_t level; /* of a recursion: calls of it in the stack, from 1 */
};

void regions_init(struct regions *);
void regions_free(struct regions *);
/* What called the kernel most in a region, for part of its kernel time: a function; REGION_NOBODY:
 * nothing did. */
#define REGION_NOBODY UINT32_MAX
uint32_t regions_caller(const struct regions *, uint32_t region, double *part);
/* A sample there, of that function; kernel: in a system call or a fault. Returns the innermost
 * region. */
uint32_t regions_add(struct regions *, const struct step *, size_t steps, double weight,
		     bool kernel, uint32_t function);
/* The innermost region there is on such a path. */
uint32_t regions_find(const struct regions *, const struct step *, size_t steps);
/* After the last one. */
void regions_sum(struct regions *);

#endif
