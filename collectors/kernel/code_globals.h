/*
 * Words of memory at fixed addresses, as global and static variables are, that a function uses:
 * does it write them, and does it read them for anything else than to add to them (accesses.h)?
 * From the machine code alone, instruction by instruction; what is reached by pointers is not seen.
 */
#ifndef PARPROF_KERNEL_CODE_GLOBALS_H
#define PARPROF_KERNEL_CODE_GLOBALS_H

#include "collectors/kernel/code_loops.h"

struct code_global {
	uint64_t address;
	bool reads, writes;
};

struct code_globals {
	struct code_global *global; /* each address once, sorted */
	size_t count;
};

/* instructions: of the function, as code_loops_find() left them. 0, or -1: no memory. */
int code_globals_find(struct code_globals *, const struct code_loops *instructions,
		      const unsigned char *bytes, size_t count);
void code_globals_free(struct code_globals *);

#endif
