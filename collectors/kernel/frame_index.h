/*
 * An index of a file's .eh_frame where the linker made none (.eh_frame_hdr): statically linked
 * programs. In the same form, so that the unwinder needs not know.
 */
#ifndef PARPROF_FRAME_INDEX_H
#define PARPROF_FRAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the index of the .eh_frame in [frame, end); 0: there is nothing to be found in it. */
size_t frame_index_size(const uint8_t *frame, const uint8_t *end);
/* Writes it: at most 2 GB away from the frames. */
void frame_index_make(uint8_t *header, const uint8_t *frame, const uint8_t *end);

#endif
