/*
 * The variables with a fixed address that debug information tells of. Global ones and those of
 * namespaces are indexed first; the static ones inside functions, which cost a walk over
 * everything, only when an address is not among them.
 */
#ifndef PARPROF_VARIABLES_H
#define PARPROF_VARIABLES_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

struct units;
struct variables;

struct variable {
	uint64_t address, size;
	Dwarf_Die die;
	Dwarf_Die unit;	    /* has the file table */
	Dwarf_Die function; /* around it; addr NULL: none */
};

struct variables *variables_read(struct units *);
void variables_free(struct variables *); /* NULL is fine */
/* The variable that holds the address; NULL when there is none. */
const struct variable *variables_find(struct variables *, uint64_t address);

#endif
