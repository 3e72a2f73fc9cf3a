/*
 * Images: which files' code lies where in a process, and the stacks of its samples: unwound here,
 * outside of the process, by the files' .eh_frame and the copy of the stack.
 *
 * A file is mapped once for all processes, laid out as the loader does, so that the unwinder of the
 * library in the target (collectors/preload/unwind.h) reads it as if it were loaded.
 *
 * Invariants
 *  - Mappings of an image do not overlap: a newer one takes the place of what it covers.
 *  - A frame is a return address, or one behind the address where the innermost function was: the
 *    code it stands for is before it.
 */
#ifndef PARPROF_IMAGE_H
#define PARPROF_IMAGE_H

#include "collectors/kernel/happening.h"

struct image_file;

struct image_map {
	uint64_t begin, end;
	uint64_t bias;		       /* address in the process - address in the file */
	const struct image_file *file; /* NULL: of no ELF file that can be read */
};
struct image {
	struct image_map *map;
	size_t count, room;
};

struct image_files {
	struct image_file *first;
	struct {
		uint64_t key, rule;
	} * cache; /* of unwinding rules, by address here */
};

void image_files_init(struct image_files *);
void image_files_free(struct image_files *);

/* Code was mapped: HAPPENING_MAPPED. Returns what it is now, until the next call. */
const struct image_map *image_add(struct image *, struct image_files *, const struct happening *);
void image_copy(struct image *to, const struct image *from);		    /* fork */
void image_clear(struct image *);					    /* exec, end */
const struct image_map *image_find(const struct image *, uint64_t address); /* NULL: none */
const char *image_file_path(const struct image_file *);

/* The function around an address, as .eh_frame has it, and its code as it lies in the file. */
struct image_function {
	uint64_t begin, size;
	const unsigned char *code; /* here */
	const char *path;
	uint64_t offset; /* in the file */
};
bool image_function(const struct image *, uint64_t address, struct image_function *);

/* The frames of a sample, innermost first; 0: it has no registers. */
size_t image_walk(const struct image *, struct image_files *, const struct happening *,
		  uint64_t *frame, size_t room);

#endif
