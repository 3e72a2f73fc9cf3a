#include "profiler/hash.h"

#include "profiler/text.h"

#define ROOM_FIRST 64
#define KEEP_BYTES (1u << 20) /* a table cleared each second does not fault its pages in again */

void hash_grow(struct hash *h)
{
	struct hash old = *h;
	uint64_t key[2], *from;
	size_t place = 0;

	h->room = old.room ? old.room * 2 : ROOM_FIRST;
	h->entry = memory_new(h->room, h->stride);
	while ((from = hash_next(&old, &place, key)))
		memcpy(hash_entry(h, hash_seek(h, key[0], key[1])), from - 2, h->stride);
	free(old.entry);
}

/* Entries behind the removed one move up when their place in the probe order allows it, so that
 * no search meets a gap. */
void hash_remove(struct hash *h, uint64_t a, uint64_t b)
{
	size_t gap, i, mask = h->room - 1;
	uint64_t *e;

	if (!hash_get(h, a, b))
		return;
	gap = hash_seek(h, a, b);
	for (i = (gap + 1) & mask; e = hash_entry(h, i), e[0] | e[1]; i = (i + 1) & mask) {
		size_t home = hash_place(h, e[0], e[1]);
		if (((i - home) & mask) >= ((i - gap) & mask)) {
			memcpy(hash_entry(h, gap), e, h->stride);
			gap = i;
		}
	}
	memset(hash_entry(h, gap), 0, h->stride);
	h->count--;
}

void hash_clear(struct hash *h)
{
	if (h->room * h->stride > KEEP_BYTES && h->count * 8 < h->room) {
		hash_free(h);
		return;
	}
	if (h->count)
		memset(h->entry, 0, h->room * h->stride);
	h->count = 0;
}
