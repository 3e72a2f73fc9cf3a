/*
 * Which memory a thread is about to use: the operands of the instructions that it will execute
 * next, decoded by capstone, and where they lie, by the registers of a thread that was interrupted
 * there. So a sample of what runs is a sample of addresses, too, without any counter of the
 * processor. (The instruction that took the time is the one before: in a loop it comes again.)
 *
 * Looked at are a few instructions: up to a call, a return or a jump that may go either way; one
 * backwards is taken. An operand counts when no instruction before it changes its registers, but by
 * a constant. Left out: stacks (operands by the stack pointer, push, call), segments, instructions
 * that only compute an address, and what is no 64-bit code.
 */
#ifndef PARPROF_KERNEL_OPERAND_H
#define PARPROF_KERNEL_OPERAND_H

#include <stddef.h>
#include <stdint.h>

#define OPERANDS_MAX 4 /* in memory */

struct operand {
	uint64_t pc;	     /* of its instruction */
	int64_t offset;	     /* behind an instruction pointer: all of the address */
	int8_t base, index;  /* places of ring.h, -1: none */
	uint8_t scale, size; /* size: bytes */
	uint8_t reads, writes;
};

struct operands {
	int count;
	struct operand of[OPERANDS_MAX];
};

/* Code of the program as it lies there; returns how many bytes could be read. */
typedef size_t operand_code(void *data, uint64_t address, unsigned char *to, size_t bytes);

struct operand_decoder;

struct operand_decoder *operand_decoder_open(void); /* NULL: no memory */
void operand_decoder_close(struct operand_decoder *);
/* false: the code could not be read. */
int operands_decode(struct operand_decoder *, uint64_t pc, operand_code *, void *data,
		    struct operands *);
/* registers: RING_REGISTERS words. */
uint64_t operand_address(const struct operand *, const uint64_t *registers);

#endif
