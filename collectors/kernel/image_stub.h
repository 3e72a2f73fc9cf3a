/*
 * Jumps of a file to other files' functions, through words that the loader fills in: the stubs of
 * its .plt.
 */
#ifndef PARPROF_IMAGE_STUB_H
#define PARPROF_IMAGE_STUB_H

#include <stdbool.h>
#include <stdint.h>

struct image_file;

/* Whether a stub begins at an address of the file, and which word it jumps through. */
bool image_stub(const struct image_file *, uint64_t address, uint64_t *slot);
/* The name of what the loader fills a word of the file's in with; "" when there is none. */
const char *image_slot_name(const struct image_file *, uint64_t slot);
/* The function that the stub around an address leads to; "": there is no stub, or it has no name.
 */
const char *image_stub_name(const struct image_file *, uint64_t address);

#endif
