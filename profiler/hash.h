/*
 * A table from a key of two words to a payload of fixed size: open addressing, linear probing,
 * at most 3/4 full.
 *
 * Invariants
 *  - The key (0, 0) marks an empty place and is never stored.
 *  - A payload is found zeroed when it is new.
 *  - Payloads move: a pointer to one is valid until the next hash_put() or hash_remove().
 */
#ifndef PARPROF_HASH_H
#define PARPROF_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct hash {
	unsigned char *entry; /* {a, b, payload} each stride bytes */
	size_t stride, room, count;
};

static inline void hash_init(struct hash *h, size_t payload)
{
	*h = (struct hash){.stride = 16 + ((payload + 7) & ~(size_t)7)};
}

static inline void hash_free(struct hash *h)
{
	free(h->entry);
	hash_init(h, h->stride - 16);
}

static inline uint64_t *hash_entry(const struct hash *h, size_t i)
{
	return (uint64_t *)(h->entry + i * h->stride);
}

static inline size_t hash_place(const struct hash *h, uint64_t a, uint64_t b)
{
	uint64_t x = (a ^ (b * 0x9e3779b97f4a7c15ull)) * 0xff51afd7ed558ccdull;

	return (x ^ x >> 32) & (h->room - 1);
}

/* The place of a key, or the empty one where it belongs. */
static inline size_t hash_seek(const struct hash *h, uint64_t a, uint64_t b)
{
	size_t i = hash_place(h, a, b);

	for (;; i = (i + 1) & (h->room - 1)) {
		const uint64_t *e = hash_entry(h, i);
		if ((e[0] == a && e[1] == b) || !(e[0] | e[1]))
			return i;
	}
}

/* Starts to load what a later call with this key will touch. Not inlined at once it would be found
 * to have no effect, and be dropped. */
static inline __attribute__((always_inline)) void hash_prefetch(const struct hash *h, uint64_t a,
								uint64_t b)
{
	const char *e;

	if (!h->room)
		return;
	e = (const char *)hash_entry(h, hash_place(h, a, b));
	__builtin_prefetch(e, 1);
	__builtin_prefetch(e + h->stride - 1, 1);
}

static inline void *hash_get(const struct hash *h, uint64_t a, uint64_t b)
{
	uint64_t *e;

	if (!h->room)
		return NULL;
	e = hash_entry(h, hash_seek(h, a, b));
	return e[0] | e[1] ? e + 2 : NULL;
}

void hash_grow(struct hash *h); /* makes room; aborts when there is no memory */

static inline void *hash_put(struct hash *h, uint64_t a, uint64_t b, bool *fresh)
{
	uint64_t *e;

	if (h->count * 4 >= h->room * 3)
		hash_grow(h);
	e = hash_entry(h, hash_seek(h, a, b));
	*fresh = !(e[0] | e[1]);
	if (*fresh) {
		e[0] = a;
		e[1] = b;
		h->count++;
	}
	return e + 2;
}

void hash_remove(struct hash *h, uint64_t a, uint64_t b);
void hash_clear(struct hash *h); /* forgets all, keeps the memory unless it is large */

/* Payload of the next entry from *place on, NULL at the end; its key is in key[0], key[1]. */
static inline void *hash_next(const struct hash *h, size_t *place, uint64_t key[2])
{
	for (; *place < h->room; (*place)++) {
		uint64_t *e = hash_entry(h, *place);
		if (e[0] | e[1]) {
			key[0] = e[0];
			key[1] = e[1];
			(*place)++;
			return e + 2;
		}
	}
	return NULL;
}

#endif
