/*
 * Telling one lock from the next at the same address. Every init and destroy of an object steps
 * the counter its address hashes to; a table entry made before no longer matches afterwards.
 * Neighbours in a counter step each other: the reader joins those entries again by the INIT
 * records.
 */
#ifndef PARPROF_GENERATION_H
#define PARPROF_GENERATION_H

#include <stdint.h>

#define GENERATION_COUNTERS 1024u
extern uint32_t generation_counter[GENERATION_COUNTERS];

static inline uint32_t *generation_at(uint64_t object)
{
	return &generation_counter[(object * 0x9e3779b97f4a7c15ull) >> 54];
}

static inline uint32_t generation_of(uint64_t object)
{
	return __atomic_load_n(generation_at(object), __ATOMIC_RELAXED);
}

/* The value after the step. */
static inline uint32_t generation_step(uint64_t object)
{
	return __atomic_add_fetch(generation_at(object), 1, __ATOMIC_RELAXED);
}

#endif
