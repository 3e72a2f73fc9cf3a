/*
 * Brings a large array into order of a group, and of a time inside of each: what came as one stream
 * for each thread, in pieces. Stable. Needs little memory beyond the array: what was read is given
 * back to the system while its copy is made.
 */
#ifndef PARPROF_REGROUP_H
#define PARPROF_REGROUP_H

#include <stddef.h>
#include <stdint.h>

struct layout {
	size_t size;  /* of an item */
	size_t group; /* offset of a uint32_t, below the number of groups */
	size_t time;  /* offset of an int64_t */
};
#define LAYOUT(type, group, time)                                                                  \
	(struct layout)                                                                            \
	{                                                                                          \
		sizeof(type), offsetof(type, group), offsetof(type, time)                          \
	}

/* Returns the array, perhaps another one than before, which is freed then. */
void *regroup(void *items, size_t count, struct layout, size_t groups);

#endif
