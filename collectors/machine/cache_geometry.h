/*
 * The caches of the first core: sizes, associativity and line length, of the machine as topology.h
 * reads it, or from what libc reads off the processor where that tells nothing.
 */
#ifndef PARPROF_CACHE_GEOMETRY_H
#define PARPROF_CACHE_GEOMETRY_H

#include <stdint.h>

struct machine;

struct cache_geometry {
	uint64_t size; /* bytes; 0: there is none, or nothing is known of it */
	uint32_t ways; /* 0: unknown, or any line may lie anywhere */
	uint32_t line; /* bytes; 0: unknown */
};

enum cache_source { CACHES_UNKNOWN, CACHES_TOPOLOGY, CACHES_LIBC };

struct cache_levels {
	struct cache_geometry i1, d1, second, last; /* last: the outermost */
	int last_level;				    /* 2 or more; 0: unknown */
	enum cache_source source;
};

/* Of this machine; read once. */
const struct cache_levels *cache_levels(void);
/* Of a machine that was read. */
void cache_levels_of(struct cache_levels *, const struct machine *);
/* What two cores fight for: bytes of a line of the data cache; 64 when nothing is known. */
uint32_t cache_line_bytes(const struct cache_levels *);

#endif
