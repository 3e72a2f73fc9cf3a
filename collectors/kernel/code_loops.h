/*
 * The loops of one function, from its machine code alone, and what a pass of each takes from the
 * pass before.
 *
 * A loop is what a depth-first walk of the blocks (code_flow.h) finds to lead back to a block that
 * it is still below of: its header, where each pass begins. Loops of one header are one. One that
 * can be entered elsewhere, too, has the header by which the walk came in. A `rep` instruction is
 * no loop. Cold parts that lie elsewhere are not seen: a branch there is an exit.
 *
 * What is carried is known of innermost loops without calls and of one entry: see code_carry.h.
 */
#ifndef PARPROF_KERNEL_CODE_LOOPS_H
#define PARPROF_KERNEL_CODE_LOOPS_H

#include "collectors/kernel/code_carry.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct code_loop {
	uint64_t header;       /* address of its first instruction */
	uint64_t last;	       /* of an instruction that goes back there */
	int parent;	       /* index of the loop around it, smaller; -1: none */
	uint32_t instructions; /* of its own body, inner loops left out */
	bool calls;	       /* functions or the kernel, in its own body or in inner loops */
	bool inner;	       /* there is a loop inside */
	bool entered;	       /* also elsewhere than at its header */
	enum code_carry carry;
	double recurrence; /* part of a pass that the next one waits for, 0..1; -1: not known */
};

/* A stretch of code of one loop, as offsets in the function. */
struct code_stretch {
	uint32_t begin, end;
	int loop; /* innermost; -1: none */
};

struct code_loops {
	uint64_t address; /* of the function */
	struct code_loop *loop;
	int count;
	struct code_stretch *stretch; /* sorted */
	size_t stretches;
	uint32_t *instruction; /* where each begins, offsets, sorted */
	size_t instructions;
};

/* 0, or -1: no memory, or more than 4 GB; then there are none. bytes are not kept. */
int code_loops_find(struct code_loops *, const unsigned char *bytes, size_t count,
		    uint64_t address);
/* The same, with what is known around the function. */
int code_loops_find_in(struct code_loops *, const unsigned char *bytes, size_t count,
		       uint64_t address, const struct code_around *);
void code_loops_free(struct code_loops *);

/* The innermost loop around an address, -1: none. Of a return address give one less. */
int code_loops_at(const struct code_loops *, uint64_t address);

/* Each instruction of a loop or of those inside of it. */
typedef void code_loops_instruction(void *data, uint64_t address);
void code_loops_each(const struct code_loops *, int loop, code_loops_instruction *, void *data);

#endif
