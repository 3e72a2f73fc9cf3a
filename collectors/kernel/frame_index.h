/*
 * An index of a file's .eh_frame where the linker made none (.eh_frame_hdr): statically linked
 * programs. In the same form, so that the unwinder needs not know.
 */
#ifndef PARPROF_FRAME_INDEX_H
#define PARPROF_FRAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct frame_table;

/* Bytes of the index of the .eh_frame that lies from low to high; 0: there is nothing to be found
 * in it. The index itself is not looked at. */
size_t frame_index_size(const struct frame_table *);
/* Writes it: at most 2 GB away from the frames. */
void frame_index_make(uint8_t *header, const struct frame_table *);

#endif
