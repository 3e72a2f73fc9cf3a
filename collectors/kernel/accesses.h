/*
 * What an instruction does to memory, and whether it, or a load and a store of one word with what
 * is between them, is an operation whose order does not matter: a sum, a product, a maximum, bits
 * that are set. Decoded by capstone; nothing is known of the values.
 *
 * A load and a store accumulate when the store comes at most ACCESSES_BETWEEN instructions behind
 * the load, without a jump or call in between, and what was loaded goes through one kind of such
 * operation, at least once, and nowhere else, into what is stored.
 */
#ifndef PARPROF_KERNEL_ACCESSES_H
#define PARPROF_KERNEL_ACCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCESSES_BETWEEN 16

struct accesses;

struct accesses *accesses_open(void); /* NULL: no memory */
void accesses_close(struct accesses *);

struct access {
	uint8_t size; /* of the instruction, 0: it cannot be decoded */
	bool memory;  /* it has something to do with it */
	bool known;   /* one operand in memory, so that these are about that */
	bool reads, writes;
	bool adds;     /* both, by an operation whose order does not matter */
	bool repeated; /* a string instruction, at which it stops while it is not done */
};
/* code: the bytes at that address, so many. */
struct access access_of(struct accesses *, const unsigned char *code, size_t count,
			uint64_t address);
/* code: from the load on, to the end of the store or further. */
bool access_accumulates(struct accesses *, const unsigned char *code, size_t count, uint64_t load,
			uint64_t store);

#endif
