/*
 * What one instruction reads and writes, and what it does with it: for chains of values through a
 * loop (code_carry.c). Registers are places: 16 general ones, 32 of vectors (all widths are one),
 * 8 masks, the carry flag, the other flags.
 *
 * Parts of registers count as the whole; what an instruction only passes on of its target's upper
 * part is no use of it. The stack pointer of push and pop is left out. Latencies are typical ones
 * of recent cores, without that of a load.
 */
#ifndef PARPROF_KERNEL_CODE_EFFECT_H
#define PARPROF_KERNEL_CODE_EFFECT_H

#include <capstone/capstone.h>
#include <stdbool.h>
#include <stdint.h>

enum place {
	PLACE_GENERAL = 0,
	PLACE_VECTOR = 16,
	PLACE_MASK = 48,
	PLACE_CARRY = 56,
	PLACE_FLAGS = 57,
	PLACES = 58
};
#define PLACE_BIT(place) (UINT64_C(1) << (place))

enum effect_class {
	EFFECT_OTHER,
	EFFECT_MOVE, /* also constants and loads */
	EFFECT_ADD,  /* to EFFECT_MAX: associative */
	EFFECT_MUL,
	EFFECT_AND,
	EFFECT_OR,
	EFFECT_XOR,
	EFFECT_MIN,
	EFFECT_MAX,
	EFFECT_SELECT,
	EFFECT_COMPARE,
	EFFECT_SHIFT,
	EFFECT_BRANCH,
	EFFECT_CALL
};

struct effect_memory {
	int8_t base, index; /* places, -1: none */
	uint8_t scale;
	bool reads, writes;
	bool fixed;	/* it has no address but by registers and displacement: no segment */
	int64_t offset; /* behind the instruction pointer: all of the address */
};

struct effect {
	uint64_t reads;	      /* places, those of addresses left out */
	uint64_t addresses;   /* places that a memory operand is found by */
	uint64_t writes;      /* places */
	uint64_t accumulates; /* places whose value an associative operation adds to */
	bool memory_accumulates;
	enum effect_class class;
	uint8_t latency, throughput; /* throughput: of divisions and roots, cycles */
	unsigned memories;	     /* operands; two of string instructions */
	struct effect_memory memory[2];
	bool strange;	  /* not known well enough: the x87, registers of none of the places */
	int64_t constant; /* an immediate operand; of EFFECT_ADD: what is added */
	uint32_t id;	  /* of capstone's */
};

struct effect effect_of(csh, const cs_insn *);

#endif
