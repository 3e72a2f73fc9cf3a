#include "collectors/kernel/frame_index.h"
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

static const uint8_t *skip_leb(const uint8_t *p)
{
	while (*p & 0x80)
		p++;
	return p + 1;
}

/* Whether the code addresses of its entries are of the usual form. */
static bool is_usual(const uint8_t *cie)
{
	const char *augmentation = (const char *)cie + 9;
	const uint8_t *p = cie + 9 + strlen(augmentation) + 1;
	if (augmentation[0] != 'z')
		return false;
	p = skip_leb(skip_leb(p));
	p = cie[8] == 1 ? p + 1 : skip_leb(p); /* the return address's register */
	p = skip_leb(p);		       /* how much follows */
	for (const char *a = augmentation + 1; *a; a++) {
		if (*a == 'R')
			return *p == RELATIVE_SIGNED_4;
		if (*a == 'L')
			p++;
		else if (*a == 'P')
			p += (*p & 0x0f) == 0x0b || (*p & 0x0f) == 0x03 ? 5 : 9;
		else if (*a != 'S')
			return false;
	}
	return false;
}

/* The next entry of a function at or behind *at, which moves behind it; NULL: no more. */
static const uint8_t *next(const uint8_t **at, const uint8_t *frame, const uint8_t *end)
{
	while (*at + 12 <= end) {
		const uint8_t *entry = *at;
		uint32_t length = word(entry), id = word(entry + 4);
		if (!length || length == 0xffffffff || length > (size_t)(end - entry - 4))
			return NULL;
		*at = entry + 4 + length;
		if (id && id <= (size_t)(entry + 4 - frame) && is_usual(entry + 4 - id))
			return entry;
	}
	return NULL;
}

static size_t count_entries(const uint8_t *frame, const uint8_t *end)
{
	size_t count = 0;
	for (const uint8_t *at = frame; next(&at, frame, end);)
		count++;
	return count;
}

size_t frame_index_size(const uint8_t *frame, const uint8_t *end)
{
	size_t count = count_entries(frame, end);
	return count ? sizeof(struct header) + count * sizeof(struct pair) : 0;
}

static int by_location(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;
	return (a->location > b->location) - (a->location < b->location);
}

void frame_index_make(uint8_t *to, const uint8_t *frame, const uint8_t *end)
{
	struct header *h = (struct header *)to;
	const uint8_t *entry, *at = frame;
	*h = (struct header){1, RELATIVE_SIGNED_4, 0x03, 0x3b, 0, 0};
	h->frame = (int32_t)(frame - (const uint8_t *)&h->frame);
	while ((entry = next(&at, frame, end))) {
		const uint8_t *code = entry + 8 + (int32_t)word(entry + 8);
		h->pair[h->count++] = (struct pair){(int32_t)(code - to), (int32_t)(entry - to)};
	}
	qsort(h->pair, h->count, sizeof(*h->pair), by_location);
}
