/*
 * A file of code, mapped here once for all processes and laid out as the loader does, so that the
 * unwinder of the library in the target (collectors/preload/unwind.h) reads it as if it were
 * loaded.
 */
#ifndef PARPROF_IMAGE_FILE_H
#define PARPROF_IMAGE_FILE_H

#include "collectors/preload/unwind.h"
#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A section, here; size 0: there is none that was laid out. */
struct image_section {
	const uint8_t *at;
	uint64_t size;
};

struct image_file {
	struct image_file *next;
	dev_t device;
	ino_t inode;
	unsigned char *base; /* of its addresses, here; NULL: not readable, not ELF */
	uint64_t size;	     /* of the file */
	uint64_t low, span;  /* of its addresses; with room for an index of ours behind them */
	struct frame_table frames; /* header NULL: none */
	struct image_section symbols, names,
	    fills[2];		       /* of the loader: .dynsym, .dynstr, .rela.* */
	struct image_section stubs[3]; /* jumps to other files' functions: .plt* */
	Elf64_Phdr *program;
	unsigned programs;
	char path[];
};

/* The file of that path, read at its first use and kept in the list; "[vdso]" is the kernel's.
 * NULL: it cannot be opened. */
const struct image_file *image_file_get(struct image_file **first, const char *path);
void image_file_free(struct image_file *);
/* So many bytes of code or constants at an address of the file, here; NULL: they are not there. */
const unsigned char *image_file_at(const struct image_file *, uint64_t address, uint64_t size);

/* The function around an address of the file, as .eh_frame has it; false: not known. */
bool image_file_function(const struct image_file *, uint64_t address, struct code_range *);

/* Process address - file address of a mapping of the file, by the segment that it is of. f may be
 * NULL. */
uint64_t image_file_bias(const struct image_file *, uint64_t address, uint64_t offset);

#endif
