/*
 * The caches of the first core: sizes, associativity and line length, from sysfs, or from what libc
 * reads off the processor where the kernel tells nothing (many virtual machines).
 */
#ifndef PARPROF_CACHE_GEOMETRY_H
#define PARPROF_CACHE_GEOMETRY_H

#include <stdint.h>

struct cache_geometry {
	uint64_t size; /* bytes; 0: there is none, or nothing is known of it */
	uint32_t ways; /* 0: unknown, or any line may lie anywhere */
	uint32_t line; /* bytes; 0: unknown */
};

enum cache_source { CACHES_UNKNOWN, CACHES_SYSFS, CACHES_LIBC };

struct cache_levels {
	struct cache_geometry i1, d1, last; /* last: the outermost */
	int last_level;			    /* 2 or 3; 0: unknown */
	enum cache_source source;
};

/* sysfs: "/sys", or a copy of it. */
void cache_levels_read(struct cache_levels *, const char *sysfs);
/* What two cores fight for: bytes of a line of the data cache; 64 when nothing is known. */
uint32_t cache_line_bytes(const struct cache_levels *);

#endif
