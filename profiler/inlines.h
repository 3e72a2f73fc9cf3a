/*
 * The functions of one unit, real and inlined, by address: one walk over the unit's DIEs, then
 * bisection. (libdw's dwarf_getscopes searches the unit anew for each address: a thousand times
 * slower.)
 *
 * Invariants
 *  - Stretches are sorted, do not overlap, and name the innermost function of their addresses.
 *  - A function's parent comes before it; a real function has none.
 */
#ifndef PARPROF_INLINES_H
#define PARPROF_INLINES_H

#include "profiler/scopes.h"
#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_FUNCTION UINT32_MAX

struct function {
	Dwarf_Off offset;
	uint64_t entry;	 /* lowest address of a real one */
	uint32_t parent; /* what it was inlined into; NO_FUNCTION: it is real */
	char *name;	 /* short; NULL until asked for */
};

struct stretch {
	uint64_t begin, end;
	uint32_t function;
};

struct inlines {
	struct function *function;
	size_t count, room;
	struct stretch *stretch;
	size_t stretch_count;
	struct scopes scopes;
	Dwarf *dwarf;
	Dwarf_Files *files; /* of the unit, for where calls were inlined */
};

/* unit: has the line table; body: has the functions (differs for split units). */
struct inlines *inlines_read(Dwarf_Die *unit, Dwarf_Die *body);
void inlines_free(struct inlines *); /* NULL is fine */

uint32_t inlines_find(const struct inlines *, uint64_t address); /* innermost, or NO_FUNCTION */
const char *inlines_name(struct inlines *, uint32_t function);	 /* NULL: nameless */
/* Where an inlined function was called. */
void inlines_call(struct inlines *, uint32_t function, const char **file, unsigned *line);

#endif
