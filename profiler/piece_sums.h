/* What a moment showed, added to the sums and the words of its loop. */
#ifndef PARPROF_PIECE_SUMS_H
#define PARPROF_PIECE_SUMS_H

#include "profiler/piece_moment.h"

#define PIECE_WORDS_MAX 256 /* kept of a loop */

/* places: that were watched; cpu_ns: that the thread ran while the header was. image NULL: words
 * are left out. */
void piece_sums_add(struct piece_moment *, const struct image *, int places, uint64_t cpu_ns);

#endif
