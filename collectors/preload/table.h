/*
 * A thread's counts by (object, caller, hook): open addressing in the arena, grown by rehashing
 * into a new directory that is published by one store, so that the recorder always finds one whole
 * table.
 *
 * The hot path compares one 64-bit tag instead of object, site and generation: two entries of a
 * thread would be taken for one with a chance of n^2 / 2^65, 3e-8 for a million of them.
 *
 * Invariants: tag 0 is free; probing is linear over the whole table; it is at most 1/2 full; the
 * owner alone stores.
 */
#ifndef PARPROF_TABLE_H
#define PARPROF_TABLE_H

#include "collectors/preload/generation.h"
#include "collectors/preload/thread.h"

#define CALLER_MASK 0xffffffffffffull
#define SITE(caller, hook) (((uint64_t)(caller)&CALLER_MASK) | (uint64_t)(hook) << 48)

struct entry {
	struct counter *counter; /* NULL: no room in the table */
	struct slot *slot;
};

static inline uint64_t table_tag(uint64_t object, uint64_t site, uint32_t generation)
{
	uint64_t tag = (object * 0x9e3779b97f4a7c15ull) ^
		       ((site + ((uint64_t)generation << 20)) * 0xd1342543de82ef95ull);
	return tag | 1; /* the low bit is the one hash bit no index uses */
}

static inline struct chunk *table_chunk(const struct directory *d, uint32_t index)
{
	return arena_at(process.arena, d->chunk[index / SLOTS_PER_CHUNK]);
}

static inline struct counter *table_counter(struct thread *t, uint32_t index)
{
	if (likely(!t->directory))
		return &t->block.first_counter[index];
	return &table_chunk(t->directory, index)->counter[index % SLOTS_PER_CHUNK];
}

static inline struct slot *table_slot(struct thread *t, uint32_t index)
{
	if (!t->directory)
		return &t->block.first_slot[index];
	return &table_chunk(t->directory, index)->slot[index % SLOTS_PER_CHUNK];
}

#define PROBES 4u

/* The counter if it is among the first few probed, else NULL: the hot path. */
static inline struct counter *table_hit(struct thread *t, uint64_t object, uint64_t site)
{
	uint64_t tag = table_tag(object, site, generation_of(object));
	uint32_t i = (uint32_t)(tag >> t->table_shift);
	struct counter *c = table_counter(t, i);
	if (likely(c->tag == tag))
		return c;
	for (uint32_t n = 1; n < PROBES; n++) {
		c = table_counter(t, (i + n) & t->table_mask);
		if (c->tag == tag)
			return c;
	}
	return NULL;
}

/* The same with its slot. */
static inline struct counter *table_hit_slot(struct thread *t, uint64_t object, uint64_t site,
					     struct slot **slot)
{
	uint64_t tag = table_tag(object, site, generation_of(object));
	uint32_t i = (uint32_t)(tag >> t->table_shift);
	for (uint32_t n = 0; n < PROBES; n++) {
		uint32_t at = (i + n) & t->table_mask;
		struct counter *c = table_counter(t, at);
		if (likely(c->tag == tag)) {
			*slot = table_slot(t, at);
			return c;
		}
	}
	return NULL;
}

/* The entry, a new one with count 0. Needs the guard set. */
struct entry table_insert(struct thread *t, uint64_t object, uint64_t site, bool *fresh);

/* The slot's stats, made at the first call; NULL: no room. Needs the guard set. */
struct stats *table_stats(struct thread *t, struct slot *slot);

void table_start(struct thread *t);

#endif
