/*
 * The compilation units of a binary and which code each of them holds. Read from the units' own
 * ranges in one pass (compilers other than gcc leave .debug_aranges out).
 *
 * Invariants
 *  - Ranges are sorted and do not contain discarded code (address 0 or below any section).
 *  - functions and lines of a unit are NULL until asked for.
 */
#ifndef PARPROF_UNITS_H
#define PARPROF_UNITS_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inlines;

struct unit {
	Dwarf_Die die;	/* of the unit: its ranges and lines */
	Dwarf_Die body; /* holds the functions: the same, or the split unit's */
	struct inlines *inlines;
	Dwarf_Lines *lines;
	size_t line_count;
	bool lines_read;
};

struct unit_range {
	uint64_t begin, end;
	uint32_t unit;
};

struct units {
	struct unit *unit;
	size_t count, room;
	struct unit_range *range;
	size_t range_count, range_room;
};

/* code_begin: below it nothing is mapped. */
void units_read(struct units *, Dwarf *, uint64_t code_begin);
void units_free(struct units *);
struct unit *units_find(struct units *, uint64_t address); /* NULL: none */

#endif
