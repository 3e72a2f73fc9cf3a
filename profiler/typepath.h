/*
 * Where in a variable something lies, in the terms of its type: shard[3].mu. Ends at the lock
 * itself: what a mutex is made of is of no interest.
 */
#ifndef PARPROF_TYPEPATH_H
#define PARPROF_TYPEPATH_H

#include "profiler/text.h"
#include <elfutils/libdw.h>
#include <stdint.h>

/* Appends the path from an object of this type to the byte at offset. */
void type_path(Dwarf_Die *type, uint64_t offset, struct text *out);

#endif
