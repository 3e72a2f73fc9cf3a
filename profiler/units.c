#include "profiler/units.h"
#include "profiler/inlines.h"
#include "profiler/text.h"
#include <dwarf.h>
#include <stdlib.h>

static void add_range(struct units *u, uint64_t begin, uint64_t end, size_t unit)
{
	if (u->range_count == u->range_room) {
		u->range_room = u->range_room ? u->range_room * 2 : 256;
		u->range = memory_grow(u->range, u->range_room, sizeof(*u->range));
	}
	u->range[u->range_count++] = (struct unit_range){begin, end, (uint32_t)unit};
}

static void add_unit(struct units *u, Dwarf_Die *die, Dwarf_Die *split, uint64_t code_begin)
{
	Dwarf_Addr base, begin, end;
	ptrdiff_t next = 0;

	if (u->count == u->room) {
		u->room = u->room ? u->room * 2 : 64;
		u->unit = memory_grow(u->unit, u->room, sizeof(*u->unit));
	}
	u->unit[u->count] = (struct unit){.die = *die, .body = split->addr ? *split : *die};
	while ((next = dwarf_ranges(die, next, &base, &begin, &end)) > 0)
		if (begin >= code_begin && end > begin)
			add_range(u, begin, end, u->count);
	u->count++;
}

static int by_begin(const void *a, const void *b)
{
	const struct unit_range *x = a, *y = b;

	return x->begin < y->begin ? -1 : x->begin > y->begin;
}

void units_read(struct units *u, Dwarf *dwarf, uint64_t code_begin)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die, split;
	uint8_t type;

	while (dwarf_get_units(dwarf, cu, &cu, NULL, &type, &die, &split) == 0)
		if (type == DW_UT_compile || type == DW_UT_skeleton)
			add_unit(u, &die, &split, code_begin);
	if (u->range_count)
		qsort(u->range, u->range_count, sizeof(*u->range), by_begin);
}

void units_free(struct units *u)
{
	for (size_t i = 0; i < u->count; i++)
		inlines_free(u->unit[i].inlines);
	free(u->unit);
	free(u->range);
	*u = (struct units){0};
}

struct unit *units_find(struct units *u, uint64_t address)
{
	size_t low = 0, high = u->range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (u->range[middle].begin <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || address >= u->range[low - 1].end)
		return NULL;
	return &u->unit[u->range[low - 1].unit];
}
