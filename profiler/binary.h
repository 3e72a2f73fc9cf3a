/*
 * One ELF file that a process had mapped: its symbols, and its debug information wherever that
 * lies. Addresses are those of the file (process address minus module.bias).
 *
 * Invariants
 *  - A file whose build id is not the recorded one is BINARY_CHANGED and gives no names; a
 *    separate debug file with the recorded id is used nevertheless.
 *  - What is expensive (units, inlines, variables) is built when first asked for, per unit.
 */
#ifndef PARPROF_BINARY_H
#define PARPROF_BINARY_H

#include "profiler/debugfile.h"
#include "profiler/symtab.h"
#include "profiler/text.h"
#include "profiler/units.h"
#include <elfutils/libdw.h>

struct variables;

enum binary_state { BINARY_GOOD, BINARY_MISSING, BINARY_CHANGED };

struct binary {
	char *path;
	const char *name; /* its last part */
	enum binary_state state;
	struct elf_file main, debug;
	void *image;  /* copy of the vdso, else NULL */
	Dwarf *dwarf; /* by binary_dwarf() */
	bool dwarf_read;
	struct symtab functions, objects;
	bool objects_read;
	struct units units;
	struct variables *variables;
};

/* Never NULL. build_id may be NULL: not compared. The path "[vdso]" is this kernel's vdso. */
struct binary *binary_open(const char *path, const char *build_id);
void binary_close(struct binary *);

struct code_frame {
	const char *function; /* short; never NULL */
	const char *file;     /* NULL: unknown */
	unsigned line;	      /* 0: unknown */
};
typedef void binary_frame(void *data, unsigned depth, const struct code_frame *);

/* The frames at an address, innermost inlined function first; always at least one, `name+0x1234`
 * when nothing is known. Strings live until the callback returns. */
void binary_frames(struct binary *, uint64_t address, binary_frame *, void *data);

/* The variable at an address, as `shard[3].mu`; appends nothing and returns false when there is
 * none. place: file:line of its declaration, may stay empty. */
bool binary_variable(struct binary *, uint64_t address, struct text *name, struct text *place);

/* Its debug information and units; NULL when there is none. */
Dwarf *binary_dwarf(struct binary *);

/* Symbol of an object, NULL when there is none. */
const struct symbol *binary_object(struct binary *, uint64_t address);
void binary_objects_in(struct binary *, uint64_t low, uint64_t high, symtab_row *, void *data);

#endif
