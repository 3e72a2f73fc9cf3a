/*
 * A thread's counts by (object, caller, hook): open addressing in the arena, grown by rehashing into
 * a new directory that is published by one store, so that the recorder always finds one whole table.
 *
 * Invariants: a slot with site 0 is empty; probing is linear inside the whole table; the table is at
 * most 3/4 full; the owner alone stores.
 */
#ifndef PARPROF_TABLE_H
#define PARPROF_TABLE_H

#include "collectors/preload/generation.h"
#include "collectors/preload/thread.h"

#define SITE(caller, hook) (((uint64_t)(caller) & 0xffffffffffffull) | (uint64_t)(hook) << 48)

static inline uint32_t table_hash(uint64_t object, uint64_t site, uint32_t log2)
{
	return (uint32_t)(((object ^ (object >> 7)) + (site << 5)) * 0x9e3779b97f4a7c15ull >> (64 - log2));
}

static inline struct slot *table_at(struct thread *t, uint32_t index)
{
	if (likely(!t->directory))
		return &t->block.first[index];
	struct slot *chunk = arena_at(process.arena, t->directory->chunk[index / SLOTS_PER_CHUNK]);
	return &chunk[index % SLOTS_PER_CHUNK];
}

/* The slot, new ones with count 0 (needs the guard set); NULL: no room. `fresh` tells a new one. */
struct slot *table_insert(struct thread *t, uint64_t object, uint64_t site, bool *fresh);

/* The slot if it is the first one probed, else NULL: the hot path. */
static inline struct slot *table_hit(struct thread *t, uint64_t object, uint64_t site)
{
	struct slot *s = table_at(t, table_hash(object, site, t->table_log2));
	if (likely(s->object == object && s->site == site && s->generation == generation_of(object)))
		return s;
	return NULL;
}

/* The slot's stats, made at the first call; NULL: no room. Needs the guard set. */
struct stats *table_stats(struct thread *t, struct slot *slot);

void table_start(struct thread *t);

#endif
