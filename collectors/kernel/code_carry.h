/*
 * What a pass of an innermost loop takes from the pass before it: registers, flags, and memory at
 * an address that does not change in the loop, that are both live into a pass and written in it.
 *
 *  none	nothing, or what is not made from its own old value
 *  induction	a step that does not change in the loop is added: known of each pass in advance
 *  reduction	one associative operation (add, mul, min, max, and, or, xor, fma as accumulator;
 *		packed, or several accumulators), the value used for nothing else meanwhile;
 *		compare and conditional move; a conditional step (a count of hits)
 *  chase	the next address comes from memory at the old one, and from nothing else that
 *		changes: a linked list, a tree
 *  recurrence	all else: x = f(x), generators, filters, hashes, running sums that are stored
 *  unknown	it calls, has inner loops or other entries, uses the x87 or what cannot be decoded
 *
 * A loop has the worst of what it carries, in this order. Data-dependent control (a branch on what
 * another pass made) counts as a use of the value, no more. Memory at addresses that change is not
 * looked at: see the words of piece_watch.
 *
 * recurrence: the longest cycle of carried values that are chases or recurrences, as the sum of
 * typical latencies for each pass around it, over the time of a pass: the longest of that, a
 * quarter of its instructions, and the throughput of divisions and roots.
 */
#ifndef PARPROF_KERNEL_CODE_CARRY_H
#define PARPROF_KERNEL_CODE_CARRY_H

#include "collectors/kernel/code_flow.h"

enum code_carry {
	CARRY_NONE,
	CARRY_INDUCTION,
	CARRY_REDUCTION,
	CARRY_CHASE,
	CARRY_RECURRENCE,
	CARRY_UNKNOWN
};

const char *code_carry_name(enum code_carry);

/* A loop without loops inside: blocks from its header on, each behind those that lead to it. */
struct carry_loop {
	const struct code_flow *flow;
	const unsigned char *bytes; /* of the function */
	size_t count;
	uint64_t address;
	const uint32_t *block;
	uint32_t blocks;
};

struct carry {
	enum code_carry kind;
	double recurrence; /* -1: not known */
};

struct carry code_carry_of(const struct carry_loop *);

#endif
