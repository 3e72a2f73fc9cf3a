/*
 * The table of functions that a Go program needs for its own stacks (section .gopclntab): the
 * names, files and lines that also a stripped one has. Layout since Go 1.18, see src/debug/gosym of
 * Go; an older one is not read.
 *
 * Invariants
 *  - Every offset is checked against the section: a damaged table gives no names, nothing else.
 *  - Names point into the ELF file, which must outlive the table.
 */
#ifndef PARPROF_GOTABLE_H
#define PARPROF_GOTABLE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gotable {
	const unsigned char *data; /* NULL: not a Go program, or one that is too old */
	size_t size;
	uint64_t text; /* address that those of functions are counted from */
	size_t count;  /* functions, in order of addresses */
	size_t quantum, names, units, files, values, functions; /* offsets; quantum: of addresses */
};

struct go_place {
	const char *function, *file; /* file NULL: unknown */
	unsigned line;		     /* 0: unknown */
};

bool gotable_read(struct gotable *, Elf *);
/* false: in no function of the table. */
bool gotable_find(const struct gotable *, uint64_t address, struct go_place *);

#endif
