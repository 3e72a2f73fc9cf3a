#include "reports/graph/blocks.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

/* Items of a block; and all that wait for theirs to be full are a part of the array at most. */
enum { BLOCK_MOST = 128, BLOCK_LEAST = 8, PART_LEAST = 8 };

struct blocks {
	unsigned char *items;
	size_t count, size, groups;
	size_t block;	     /* items of one */
	size_t bytes;	     /* of one */
	unsigned char *rest; /* a block for each group, that is not full */
	size_t *rests, *all; /* by group: items in that; all of its items */
	size_t full;
	uint32_t *group_of; /* by full block; these lie in front */
};

static uint32_t group_at(const struct blocks *b, size_t item, struct layout l)
{
	uint32_t group;

	memcpy(&group, b->items + item * l.size + l.group, sizeof(group));
	return group;
}

static void add_full(struct blocks *b, uint32_t group, const unsigned char *from)
{
	memmove(b->items + b->full * b->bytes, from, b->bytes);
	b->group_of[b->full++] = group;
}

/* So many of one group. They lie behind all full blocks: what was read is that or a rest. */
static void add_run(struct blocks *b, uint32_t group, const unsigned char *from, size_t n)
{
	unsigned char *rest = b->rest + group * b->bytes;
	size_t *rests = &b->rests[group];

	b->all[group] += n;
	while (n) {
		size_t fits = b->block - *rests < n ? b->block - *rests : n;
		if (fits == b->block) {
			add_full(b, group, from);
		} else {
			memcpy(rest + *rests * b->size, from, fits * b->size);
			*rests += fits;
			if (*rests == b->block) {
				add_full(b, group, rest);
				*rests = 0;
			}
		}
		from += fits * b->size;
		n -= fits;
	}
}

static void fill(struct blocks *b, struct layout l)
{
	size_t end;

	for (size_t i = 0; i < b->count; i = end) {
		uint32_t group = group_at(b, i, l);
		for (end = i + 1; end < b->count && group_at(b, end, l) == group;)
			end++;
		add_run(b, group, b->items + i * b->size, end - i);
	}
}

/* Where each full block goes; to be freed. */
static uint32_t *places_of(const struct blocks *b)
{
	uint32_t *place = memory_grow(NULL, b->full + 1, sizeof(*place));
	uint32_t *next = memory_new(b->groups + 1, sizeof(*next));

	for (size_t g = 0; g + 1 < b->groups; g++)
		next[g + 1] = next[g] + (uint32_t)(b->all[g] / b->block);
	for (size_t i = 0; i < b->full; i++)
		place[i] = next[b->group_of[i]]++;
	free(next);
	return place;
}

static void swap(unsigned char *a, unsigned char *b, unsigned char *scratch, size_t bytes)
{
	memcpy(scratch, a, bytes);
	memcpy(a, b, bytes);
	memcpy(b, scratch, bytes);
}

/* Follows the circles: one block is on its way, and takes the place of the next. */
static void order_blocks(struct blocks *b)
{
	uint32_t *place = places_of(b);
	unsigned char *held = memory_grow(NULL, 2, b->bytes), *scratch = held + b->bytes;

	for (size_t i = 0; i < b->full; i++) {
		uint32_t to = place[i];
		if (to == i)
			continue;
		memcpy(held, b->items + i * b->bytes, b->bytes);
		while (to != i) {
			uint32_t next = place[to];
			swap(held, b->items + to * b->bytes, scratch, b->bytes);
			place[to] = to;
			to = next;
		}
		memcpy(b->items + i * b->bytes, held, b->bytes);
		place[i] = (uint32_t)i;
	}
	free(held);
	free(place);
}

/* The last group first: all go towards the end, and none onto one that is still to go. */
static void add_rests(struct blocks *b)
{
	size_t end = b->count, from = b->full * b->block;

	for (size_t g = b->groups; g-- > 0;) {
		size_t whole = b->all[g] / b->block * b->block;
		end -= b->all[g];
		from -= whole;
		if (end != from)
			memmove(b->items + end * b->size, b->items + from * b->size,
				whole * b->size);
		memcpy(b->items + (end + whole) * b->size, b->rest + g * b->bytes,
		       b->rests[g] * b->size);
	}
}

bool blocks_group(void *items, size_t count, struct layout l, size_t groups)
{
	struct blocks b = {.items = items, .count = count, .size = l.size, .groups = groups};

	b.block = groups ? count / groups / PART_LEAST : 0;
	b.block = b.block > BLOCK_MOST ? BLOCK_MOST : b.block;
	if (b.block < BLOCK_LEAST)
		return false;
	b.bytes = b.block * b.size;
	b.rest = memory_grow(NULL, groups, b.bytes);
	b.rests = memory_new(groups, sizeof(*b.rests));
	b.all = memory_new(groups, sizeof(*b.all));
	b.group_of = memory_grow(NULL, count / b.block + 1, sizeof(*b.group_of));
	fill(&b, l);
	order_blocks(&b);
	add_rests(&b);
	free(b.rest);
	free(b.rests);
	free(b.all);
	free(b.group_of);
	return true;
}
