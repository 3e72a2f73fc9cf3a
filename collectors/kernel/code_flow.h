/*
 * The machine code of one function as blocks: instructions that run one after the other, and where
 * it goes on behind each block.
 *
 * Decoded is from the first byte to the last. What is no instruction that capstone knows is a step
 * that is not known and goes on behind itself. Jumps out of the function (to another one, or to its
 * cold part, which lies elsewhere) lead nowhere. Where an indirect jump leads is not known: it is
 * taken to lead to each block that nothing else leads to, up to the next indirect jump.
 * A call is taken to return where nobody knows that it does not, and where no jump leads behind it.
 */
#ifndef PARPROF_KERNEL_CODE_FLOW_H
#define PARPROF_KERNEL_CODE_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOW_NONE UINT32_MAX

enum code_kind {
	CODE_PLAIN,
	CODE_NOP,
	CODE_CALL,
	CODE_BRANCH,   /* may jump */
	CODE_JUMP,     /* always jumps */
	CODE_INDIRECT, /* jumps to where a register or memory says */
	CODE_RETURN,
	CODE_END, /* never goes on: a trap, or a call of what does not return */
	CODE_UNKNOWN,
};

struct code_step {
	uint32_t offset; /* in the function */
	uint32_t target; /* index of a step, FLOW_NONE */
	uint32_t block;	 /* FLOW_NONE: padding */
	uint8_t size, kind;
};

struct code_block {
	uint32_t first, last; /* its steps */
	uint32_t next, jump;  /* blocks behind it, FLOW_NONE */
	/* of an indirect jump: the first block of a list of more, linked by `sibling` */
	uint32_t cases, sibling;
};

/* What is known of the code around a function. */
struct code_around {
	void *data;
	/* Whether the function at an address ever does; slot: the word at that address tells where
	 * it is. */
	bool (*returns)(void *data, uint64_t address, bool slot);
};

struct code_flow {
	struct code_step *step;
	struct code_block *block;
	uint32_t steps, blocks;
};

/* 0, or -1: no memory, or more than 4 GB. Without `around` all calls return. */
int code_flow_read(struct code_flow *, const unsigned char *bytes, size_t count, uint64_t address,
		   const struct code_around *around);
void code_flow_free(struct code_flow *);

#endif
