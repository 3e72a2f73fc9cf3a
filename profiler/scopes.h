/*
 * Which namespace, class or function each DIE of a unit lies in. DWARF has no pointers upwards;
 * the one walk over a unit notes the DIEs with children, and qualified names come from that.
 *
 * Invariants
 *  - Scopes are in the order of their offsets, parents before children.
 */
#ifndef PARPROF_SCOPES_H
#define PARPROF_SCOPES_H

#include "profiler/text.h"
#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_SCOPE UINT32_MAX

struct scope {
	Dwarf_Off offset, end; /* end: where the next sibling is; UINT64_MAX as its parent */
	uint32_t parent;       /* NO_SCOPE: the unit */
};

struct scopes {
	struct scope *scope;
	size_t count, room;
};

uint32_t scopes_open(struct scopes *, Dwarf_Off offset, uint32_t parent);
uint32_t scopes_around(const struct scopes *, Dwarf_Off offset); /* NO_SCOPE: the unit itself */

/* Appends "ns::Class::" for what surrounds the DIE. */
void scopes_qualify(const struct scopes *, Dwarf_Die *, struct text *);

/* The name of a function or variable, its linkage name demangled or else its qualified one;
 * appended. False when it has none. scopes may be NULL, then names stay unqualified. */
bool die_name(const struct scopes *, Dwarf_Die *, struct text *);

#endif
