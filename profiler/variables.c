#include "profiler/variables.h"
#include "profiler/text.h"
#include "profiler/units.h"
#include <dwarf.h>
#include <stdlib.h>

#define DEPTH_MAX 500 /* of DIEs: damaged debug information must not overrun the stack */

struct variables {
	struct units *units;
	struct variable *variable;
	size_t count, room;
	bool deep;	 /* holds those inside functions, too */
	Dwarf_Die *unit; /* that is being walked */
};

static bool variable_address(Dwarf_Die *die, uint64_t *address)
{
	Dwarf_Attribute attribute, indexed;
	Dwarf_Op *op;
	Dwarf_Addr value;
	size_t n;

	if (!dwarf_attr(die, DW_AT_location, &attribute) ||
	    dwarf_getlocation(&attribute, &op, &n) || n != 1)
		return false;
	*address = op[0].number;
	if (op[0].atom == DW_OP_addr)
		return *address != 0;
	if (op[0].atom != DW_OP_addrx && op[0].atom != DW_OP_GNU_addr_index)
		return false;
	if (dwarf_getlocation_attr(&attribute, op, &indexed) || dwarf_formaddr(&indexed, &value))
		return false;
	*address = value;
	return value != 0;
}

static uint64_t variable_size(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Die type;
	Dwarf_Word size;

	if (!dwarf_attr_integrate(die, DW_AT_type, &attribute) ||
	    !dwarf_formref_die(&attribute, &type) || dwarf_aggregate_size(&type, &size))
		return 0;
	return size;
}

static void add(struct variables *v, Dwarf_Die *die, Dwarf_Die *function)
{
	uint64_t address;

	if (!variable_address(die, &address))
		return;
	if (v->count == v->room) {
		v->room = v->room ? v->room * 2 : 64;
		v->variable = memory_grow(v->variable, v->room, sizeof(*v->variable));
	}
	v->variable[v->count] = (struct variable){address, variable_size(die), *die, *v->unit, {0}};
	if (function)
		v->variable[v->count].function = *function;
	v->count++;
}

static void walk(struct variables *v, Dwarf_Die *parent, Dwarf_Die *function, unsigned depth)
{
	Dwarf_Die die;

	if (depth > DEPTH_MAX || dwarf_child(parent, &die))
		return;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_variable:
			add(v, &die, function);
			break;
		case DW_TAG_namespace:
		case DW_TAG_module:
			walk(v, &die, function, depth + 1);
			break;
		case DW_TAG_subprogram:
			if (v->deep)
				walk(v, &die, &die, depth + 1);
			break;
		case DW_TAG_lexical_block:
		case DW_TAG_try_block:
		case DW_TAG_catch_block:
		case DW_TAG_inlined_subroutine:
		case DW_TAG_structure_type:
		case DW_TAG_class_type:
			if (v->deep)
				walk(v, &die, function, depth + 1);
			break;
		}
	} while (!dwarf_siblingof(&die, &die));
}

static int by_address(const void *a, const void *b)
{
	const struct variable *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->size > y->size ? -1 : x->size < y->size;
}

static void read_all(struct variables *v, bool deep)
{
	v->count = 0;
	v->deep = deep;
	for (size_t i = 0; i < v->units->count; i++) {
		v->unit = &v->units->unit[i].die;
		walk(v, &v->units->unit[i].body, NULL, 0);
	}
	if (v->count)
		qsort(v->variable, v->count, sizeof(*v->variable), by_address);
}

struct variables *variables_read(struct units *units)
{
	struct variables *v = memory_new(1, sizeof(*v));

	v->units = units;
	read_all(v, false);
	return v;
}

void variables_free(struct variables *v)
{
	if (v)
		free(v->variable);
	free(v);
}

static const struct variable *find(const struct variables *v, uint64_t address)
{
	size_t low = 0, high = v->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (v->variable[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	/* Several at one address: declared in several units, the one with a size comes first. */
	for (; low > 0; low--) {
		const struct variable *found = &v->variable[low - 1];
		if (address - found->address < found->size)
			return found;
		if (low > 1 && v->variable[low - 2].address != found->address)
			break;
	}
	return NULL;
}

const struct variable *variables_find(struct variables *v, uint64_t address)
{
	const struct variable *found = find(v, address);

	if (!found && !v->deep) {
		read_all(v, true);
		found = find(v, address);
	}
	return found;
}
