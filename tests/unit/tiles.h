/* The tiles of a thread's life as text. */
#ifndef PARPROF_TILES_H
#define PARPROF_TILES_H

struct graph;

/* "run 0-20 lock 20-40"; until the next call. */
const char *tiles(const struct graph *, const char *thread);

#endif
