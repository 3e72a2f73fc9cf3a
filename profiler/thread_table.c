#include "profiler/thread_table.h"

static void walk(const struct slot *slot, const struct counter *counter, unsigned count,
		 thread_table_slot *each, void *data)
{
	for (unsigned i = 0; i < count; i++)
		if (slot[i].site)
			each(data, &slot[i], counter[i].count);
}

unsigned thread_table_each(const struct thread_block *t, const void *arena, uint64_t arena_size,
			   thread_table_slot *each, void *data)
{
	const struct directory *d = arena_checked(arena, arena_size, t->directory, sizeof(*d));
	uint32_t chunks = d && d->chunks <= DIRECTORY_CHUNKS_MAX ? d->chunks : 0;
	unsigned bad = 0;

	if (!t->directory) {
		walk(t->first_slot, t->first_counter, FIRST_SLOTS, each, data);
		return 0;
	}
	for (uint32_t i = 0; i < chunks; i++) {
		const struct chunk *chunk =
		    arena_checked(arena, arena_size, d->chunk[i], sizeof(*chunk));
		if (chunk)
			walk(chunk->slot, chunk->counter, SLOTS_PER_CHUNK, each, data);
		else
			bad++;
	}
	return chunks ? bad : 1;
}
