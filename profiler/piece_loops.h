/*
 * Which loops of each process are busy, from samples as they come: each loop around a frame of a
 * sample's stack counts, from the innermost of the innermost function to the outermost of main(),
 * so that those that are worth watching form chains; and functions that are in a stack twice. With
 * each what its samples were about to use of memory.
 *
 * Invariants
 *  - A loop is known by its header; a function that calls itself by its first instruction.
 *  - A sample counts once for a loop.
 *  - Code is read as it lies in the files: what is replaced in the process meanwhile is not seen.
 *  - Each function is decoded once, when a second sample finds it.
 */
#ifndef PARPROF_PIECE_LOOPS_H
#define PARPROF_PIECE_LOOPS_H

#include "collectors/kernel/code_loops.h"
#include "collectors/kernel/image.h"
#include "collectors/kernel/operand.h"
#include "collectors/log.h"
#include "profiler/address_samples.h"
#include "profiler/hash.h"
#include "profiler/piece_words.h"

#define PIECE_USES 16
#define PIECE_LOOPS_CHOSEN 32 /* of a process */
#define PIECE_LOOPS_SHARE 20  /* of its samples, 1 in so many at least */

struct piece_function {
	uint64_t begin, size;
	const unsigned char *code;
	struct code_loops loops;
	uint32_t samples;
	bool decoded;
};

struct piece_use { /* of memory, by samples in the loop */
	uint64_t address, pc;
	uint8_t bytes;
	bool reads, writes;
	uint32_t seen, watched;
	bool fixed;		/* the loop's own body does that; address 0: it is not known */
	struct operand operand; /* then */
};

/* From one begin of a pass to the next, as it was: with what the traps in it cost. */
struct piece_interval {
	uint64_t ns;
	uint32_t traps;
};
#define PIECE_INTERVALS 2048u /* kept of a loop: the last ones */
struct piece_sum {
	uint64_t on_ns, traps, hits; /* on_ns: with the traps in it; hits: of the header */
	struct piece_interval *interval;
	size_t intervals; /* ever */
};

struct piece_word {
	uint64_t address, pc;
	uint8_t bytes;
	enum piece_kind kind;
	uint32_t pieces, delays;
	double delay; /* sum of `delays` of them */
};

struct piece_process;

struct piece_loop {
	struct piece_process *process;
	uint64_t header;
	uint32_t samples, last; /* last: number of the sample that counted last */
	uint32_t tid;
	uint64_t seen_ns; /* CLOCK_MONOTONIC: by the newest sample, in that thread */
	bool watched;	  /* right now */
	bool slow;	  /* its passes are */
	bool tight;	  /* they are a few instructions: its intervals are what a trap costs */
	struct piece_use use[2 * PIECE_USES]; /* fixed ones first */
	int fixed, uses, turn;
	uint32_t moments, refused;
	uint32_t empty;		      /* moments in which it was not come to */
	struct piece_sum bare, laden; /* moments of the header alone, and of other places, too */
	struct piece_word *word;
	size_t words;
};

struct piece_process {
	uint32_t pid, samples;
	struct hash by_header, by_function; /* -> number, from 1 */
	struct piece_loop **loop;
	struct piece_function **function;
	size_t loops, loop_room, functions, function_room;
};

struct piece_loops {
	struct operand_decoder *decoder;
	struct piece_process **process;
	size_t processes, room;
	/* of the sample that came last */
	struct piece_loop *in[PIECE_LOOPS_CHOSEN];
	int ins;
};

void piece_loops_init(struct piece_loops *);
void piece_loops_free(struct piece_loops *);
/* Which memory an instruction of the function uses; false: none that has an address. */
bool piece_loops_operand(const struct piece_loops *, const struct piece_function *, uint64_t pc,
			 struct operand *);
void piece_loops_sample(struct piece_loops *, const struct happening *, const struct image *,
			const uint64_t *frame, size_t depth);
/* What that sample was about to use. */
void piece_loops_uses(struct piece_loops *, const struct address_use *, int count);
struct piece_process *piece_loops_process(const struct piece_loops *, uint32_t pid); /* or NULL */
void piece_loops_forget(struct piece_loops *, struct piece_process *);
/* The function around an address, decoded; NULL: not known. */
struct piece_function *piece_loops_function(struct piece_process *, const struct image *,
					    uint64_t address);
/* Whose turn it is of those that ran at most `age_ns` ago, and are not watched; quick: none that is
 * known to be slow. NULL: nobody's. */
struct piece_loop *piece_loops_choose(struct piece_loops *, uint64_t now_ns, uint64_t age_ns,
				      bool quick);

#endif
