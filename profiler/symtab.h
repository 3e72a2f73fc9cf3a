/*
 * The symbols of an ELF file by address: own sorted array, found by bisection.
 *
 * Invariants
 *  - Sorted by address, one symbol per address: the one a person would call it by (global before
 *    weak before local, few underscores).
 *  - Names point into the ELF file, which must outlive the table.
 */
#ifndef PARPROF_SYMTAB_H
#define PARPROF_SYMTAB_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
	uint64_t address, size; /* size 0: unknown, reaches to the next symbol */
	const char *name;	/* as in the file: mangled */
	uint32_t rank;		/* lower is better */
};

struct symtab {
	struct symbol *symbol;
	size_t count, room;
};

enum symtab_kind { SYMTAB_FUNCTIONS, SYMTAB_OBJECTS };

/* Reads .symtab, or .dynsym when there is none. Returns false when the file has neither. */
bool symtab_read(struct symtab *, Elf *, enum symtab_kind);
void symtab_free(struct symtab *);
const struct symbol *symtab_find(const struct symtab *, uint64_t address); /* NULL: none there */

/* Each symbol of known size that has a byte in [low, high), in order. */
typedef void symtab_row(void *data, const struct symbol *);
void symtab_each_in(const struct symtab *, uint64_t low, uint64_t high, symtab_row *, void *data);

#endif
