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
#include "profiler/gotable.h"
#include "profiler/symtab.h"
#include "profiler/text.h"
#include "profiler/units.h"
#include <elfutils/libdw.h>

struct variables;
struct code_range;
struct image_file;

enum binary_state { BINARY_GOOD, BINARY_MISSING, BINARY_CHANGED };

struct binary {
	char *path;
	const char *name; /* its last part */
	enum binary_state state;
	struct elf_file main, debug, mini; /* mini: its .gnu_debugdata */
	void *image;			   /* copy of the vdso, else NULL */
	Dwarf *dwarf;			   /* by binary_dwarf() */
	bool dwarf_read;
	struct symtab functions, objects;
	bool objects_read;
	struct gotable go;
	struct image_file *loaded; /* by binary_loaded() */
	bool loaded_read;
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

/* The frames at an address, innermost inlined function first; always at least one. A function
 * without a symbol is called `name+0x1230`, by the file and where it begins, but for stubs and the
 * program's entry; what is not known to be in a function, by its address. Strings live until the
 * callback returns. */
void binary_frames(struct binary *, uint64_t address, binary_frame *, void *data);

/* The variable at an address, as `shard[3].mu`; appends nothing and returns false when there is
 * none. place: file:line of its declaration, may stay empty. */
bool binary_variable(struct binary *, uint64_t address, struct text *name, struct text *place);

/* Its debug information and units; NULL when there is none. */
Dwarf *binary_dwarf(struct binary *);

/* The file as it is loaded: code, constants, .eh_frame; NULL: it cannot be, or is another one now.
 */
const struct image_file *binary_loaded(struct binary *);
/* The function around an address: as .eh_frame has it, or else its symbol. false: not known. */
bool binary_function(struct binary *, uint64_t address, struct code_range *);
/* The symbol of the function around an address; NULL: it has none. */
const struct symbol *binary_symbol(struct binary *, uint64_t address);
/* Appends what a function without a symbol is called, see binary_frames(). */
void binary_name_nameless(struct binary *, uint64_t address, struct text *);
void binary_unload(struct binary *); /* for binary_close() */

/* Its code from an address on, to the end of what is mapped with it; NULL: none there. */
const unsigned char *binary_code(struct binary *, uint64_t address, size_t *count);

/* Symbol of an object, NULL when there is none. */
const struct symbol *binary_object(struct binary *, uint64_t address);
void binary_objects_in(struct binary *, uint64_t low, uint64_t high, symtab_row *, void *data);

#endif
