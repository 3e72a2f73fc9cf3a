/* Advice that was given is kept, to be held against what the changed program reaches. */
#ifndef PARPROF_ADVISE_KEPT_H
#define PARPROF_ADVISE_KEPT_H

#include <stdint.h>

struct store;

struct kept_advice {
	double cores;
	double speedup, low, high; /* speedup 0: nothing was predicted */
};

/* What the reading says, from the tables of a connection, into a store in memory; NULL after
 * error(). */
struct store *advice_note(struct store *readings);
/* Writes it into the recording, once nobody reads that any more; frees it. When it cannot be
 * written to, as it is somebody else's, nothing happens. */
void advice_keep(const char *path, struct store *note);
/* The last one of a recording, for so many cores. */
void advice_find(struct kept_advice *, struct store *, double cores);
/* The last one of that file, as what was predicted of the sweep's program. 0, or -1 after error().
 */
int advice_copy(const char *path, struct store *to, int64_t sweep);

#endif
