/*
 * A file of code, mapped here once for all processes and laid out as the loader does, so that the
 * unwinder of the library in the target (collectors/preload/unwind.h) reads it as if it were
 * loaded.
 */
#ifndef PARPROF_IMAGE_FILE_H
#define PARPROF_IMAGE_FILE_H

#include <elf.h>
#include <stdint.h>
#include <sys/types.h>

struct image_file {
	struct image_file *next;
	dev_t device;
	ino_t inode;
	unsigned char *base;   /* of its addresses, here; NULL: not readable, not ELF */
	uint64_t low, span;    /* of its addresses; with room for an index of ours behind them */
	const uint8_t *header; /* .eh_frame_hdr, NULL: none */
	Elf64_Phdr *program;
	unsigned programs;
	char path[];
};

/* The file of that path, read at its first use and kept in the list; "[vdso]" is the kernel's.
 * NULL: it cannot be opened. */
const struct image_file *image_file_get(struct image_file **first, const char *path);
void image_file_free(struct image_file *);

/* Process address - file address of a mapping of the file, by the segment that it is of. f may be
 * NULL. */
uint64_t image_file_bias(const struct image_file *, uint64_t address, uint64_t offset);

#endif
