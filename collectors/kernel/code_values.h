/*
 * The values of one pass through a loop: what each instruction makes of which others, along all
 * ways through the loop's body at once. Where ways meet, a value that came in several is merged.
 *
 * Places are those of code_effect.h and, from PLACES on, cells: words of memory at an address that
 * does not change in the loop, which it both loads and stores.
 *
 * Invariants
 *  - A value's inputs have smaller numbers than it.
 *  - Values that are the same computation have the same hash, and are not merged.
 */
#ifndef PARPROF_KERNEL_CODE_VALUES_H
#define PARPROF_KERNEL_CODE_VALUES_H

#include "collectors/kernel/code_carry.h"
#include "collectors/kernel/code_effect.h"

#define CELLS 64 /* at most; more are not looked at */
#define ALL_PLACES (PLACES + CELLS)
#define LATENCY_LOAD 5	  /* from the address to the value */
#define LATENCY_FORWARD 5 /* from a store to the load of the same word */

enum value_kind {
	VALUE_FIXED,   /* of a place that the loop does not write */
	VALUE_CARRIED, /* of a place at the begin of the pass */
	VALUE_MADE,    /* by an instruction */
	VALUE_MERGED
};

struct value_input {
	uint32_t value;
	uint8_t latency; /* from that value to this one */
	bool address;	 /* of memory that is loaded or stored */
	bool accumulates;
};

struct value {
	uint64_t hash;
	uint32_t first, inputs; /* in values.input */
	uint8_t kind, class;
	bool varies; /* from pass to pass, as far as that can be told */
	bool stores; /* to memory at an address that changes */
};

struct values {
	struct value *value;
	struct value_input *input;
	uint32_t count, room, inputs, inputs_room;
	int places;
	uint32_t at_begin[ALL_PLACES], at_end[ALL_PLACES]; /* values of each place in a pass */
	double throughput;				   /* of divisions and roots, cycles */
	uint32_t steps;					   /* instructions */
};

/* 0; 1: something in it is not known well enough; -1: no memory. */
int values_read(struct values *, const struct carry_loop *);
void values_free(struct values *);

#endif
