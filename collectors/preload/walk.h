/*
 * From registers to return addresses, by the rules of unwind.h. Pure: needs no thread state, takes
 * no lock, allocates nothing, keeps errno.
 */
#ifndef PARPROF_WALK_H
#define PARPROF_WALK_H

#include "collectors/preload/unwind.h"

/* Stack memory that can be read directly; anything else is read through the kernel. */
struct bounds {
	uint64_t low, top;
	uint32_t pid;
};

/* The caller's registers, as of the line it stands in. */
#ifdef __x86_64__
#define REGISTERS_HERE()                                                                           \
	({                                                                                         \
		struct registers here_ = {.exact = true};                                          \
		__asm__ volatile("leaq 0(%%rip), %0\n\tmovq %%rsp, %1\n\tmovq %%rbp, %2"           \
				 : "=&r"(here_.pc), "=&r"(here_.sp), "=&r"(here_.fp));             \
		here_;                                                                             \
	})
#else
#define REGISTERS_HERE() ((struct registers){.pc = 0})
#endif

/* A word of the stack; false: it is not there. bounds: a struct bounds. */
bool walk_read(const void *bounds, uint64_t at, uint64_t *word);

/* Moves r to its caller; false: the end, or no unwind information. */
bool walk_step(const struct bounds *b, struct registers *r);

#endif
