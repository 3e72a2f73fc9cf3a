/*
 * The earliest of many: each slot has a time, tournament_first() is the slot with the smallest one,
 * among equals that with the smallest number. A slot's time may go up or down: O(log slots),
 * without branches that a processor would have to guess.
 */
#ifndef PARPROF_TOURNAMENT_H
#define PARPROF_TOURNAMENT_H

#include "profiler/text.h"
#include <stdlib.h>

#define TOURNAMENT_NEVER INT64_MAX

struct tournament {
	/* Of a pair the smaller one: key[1] wins; the leaves are key[leaves …]. A key is the time,
	 * and the slot in its low bits; when the latest time leaves no room for those, the time. */
	int64_t *key;
	size_t leaves;
	int bits;
};

static inline void tournament_open(struct tournament *t, size_t slots, int64_t latest)
{
	t->leaves = 1;
	for (t->bits = 0; t->leaves < slots; t->bits++)
		t->leaves *= 2;
	if (latest >= INT64_MAX >> t->bits)
		t->bits = 0;
	t->key = memory_new(2 * t->leaves, sizeof(*t->key));
	for (size_t i = 0; i < 2 * t->leaves; i++)
		t->key[i] = TOURNAMENT_NEVER;
}

static inline void tournament_close(struct tournament *t)
{
	free(t->key);
}

static inline void tournament_set(struct tournament *t, size_t slot, int64_t time)
{
	int64_t key = time, *keys = t->key;

	if (t->bits && time != TOURNAMENT_NEVER)
		key = time << t->bits | (int64_t)slot;
	for (size_t i = t->leaves + slot; i > 1; i >>= 1) {
		int64_t other = keys[i ^ 1];
		keys[i] = key;
		key = other < key ? other : key;
	}
	keys[1] = key;
}

static inline size_t tournament_first(const struct tournament *t, int64_t *time)
{
	int64_t key = t->key[1];
	size_t i = 1;

	*time = key == TOURNAMENT_NEVER ? key : key >> t->bits;
	if (t->bits)
		return (size_t)key & (t->leaves - 1);
	while (i < t->leaves)
		i = 2 * i + (t->key[2 * i] != key);
	return i - t->leaves;
}

#endif
