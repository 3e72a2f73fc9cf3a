/* Walks the table of counts that a thread keeps in the arena (collectors/log.h). */
#ifndef PARPROF_THREAD_TABLE_H
#define PARPROF_THREAD_TABLE_H

#include "collectors/log.h"

#define SITE_HOOK_SHIFT 48
#define SITE_CALLER_MASK ((1ull << SITE_HOOK_SHIFT) - 1)

typedef void thread_table_slot(void *data, const struct slot *, uint64_t count);

/* Calls each() for every slot in use; returns how many parts of the table were damaged, and left
 * out. arena: where refs count from; arena_size bounds them. */
unsigned thread_table_each(const struct thread_block *, const void *arena, uint64_t arena_size,
			   thread_table_slot *each, void *data);

/* Refs come from the target's memory: NULL when there is no room for size bytes behind one. */
static inline const void *arena_checked(const void *arena, uint64_t arena_size, uint32_t ref,
					uint64_t size)
{
	uint64_t at = (uint64_t)ref << 3;

	return ref && at + size <= arena_size ? arena_at(arena, ref) : NULL;
}

#endif
