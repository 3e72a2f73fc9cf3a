#include "collectors/kernel/frame_index.h"
#include "collectors/preload/unwind.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define RELATIVE_SIGNED_4 0x1b /* DW_EH_PE_pcrel | sdata4: what x86-64 linkers write */

struct pair {
	int32_t location, entry; /* from the header on */
};
struct header {
	uint8_t version, frame_encoding, count_encoding, table_encoding;
	int32_t frame;
	uint32_t count;
	struct pair pair[];
};

static uint32_t word(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof(value));
	return value;
}

/* The function of the next entry of one at or behind *at, which moves behind it; NULL: no more. */
static const uint8_t *next(const uint8_t **at, const struct frame_table *t,
			   struct code_range *range)
{
	while (t->high - *at >= 12) {
		const uint8_t *entry = *at;
		uint32_t length = word(entry);
		if (!length || length == 0xffffffff || length > (size_t)(t->high - entry - 4))
			return NULL;
		*at = entry + 4 + length;
		if (unwind_entry_range(t, entry, range))
			return entry;
	}
	return NULL;
}

size_t frame_index_size(const struct frame_table *t)
{
	struct code_range range;
	size_t count = 0;
	for (const uint8_t *at = t->low; next(&at, t, &range);)
		count++;
	return count ? sizeof(struct header) + count * sizeof(struct pair) : 0;
}

static int by_location(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;
	return (a->location > b->location) - (a->location < b->location);
}

void frame_index_make(uint8_t *to, const struct frame_table *t)
{
	struct header *h = (struct header *)to;
	const uint8_t *entry, *at = t->low;
	struct code_range range;
	*h = (struct header){1, RELATIVE_SIGNED_4, 0x03, 0x3b, 0, 0};
	h->frame = (int32_t)(t->low - (const uint8_t *)&h->frame);
	while ((entry = next(&at, t, &range)))
		h->pair[h->count++] =
		    (struct pair){(int32_t)(range.begin - (uint64_t)to), (int32_t)(entry - to)};
	qsort(h->pair, h->count, sizeof(*h->pair), by_location);
}
