#include "profiler/typepath.h"
#include "profiler/locktype.h"
#include <ctype.h>
#include <dwarf.h>
#include <stdbool.h>
#include <string.h>

#define DIMENSIONS_MAX 8
#define STEPS_MAX 32 /* damaged debug information may run in circles */

/* Behind typedefs and qualifiers. True when one of the names on the way is a lock's. */
static bool peel(Dwarf_Die *type)
{
	for (int i = 0; i < STEPS_MAX; i++) {
		const char *name = dwarf_diename(type);
		Dwarf_Attribute attribute;

		if (name && locktype_name(name, strlen(name)))
			return true;
		switch (dwarf_tag(type)) {
		case DW_TAG_typedef:
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_atomic_type:
		case DW_TAG_restrict_type:
			if (!dwarf_attr_integrate(type, DW_AT_type, &attribute) ||
			    !dwarf_formref_die(&attribute, type))
				return false;
			break;
		default:
			return false;
		}
	}
	return false;
}

static bool type_of(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attribute;

	return dwarf_attr_integrate(die, DW_AT_type, &attribute) &&
	       dwarf_formref_die(&attribute, type);
}

static bool number(Dwarf_Die *die, unsigned name, uint64_t *value)
{
	Dwarf_Attribute attribute;
	Dwarf_Word word;

	if (!dwarf_attr_integrate(die, name, &attribute) || dwarf_formudata(&attribute, &word))
		return false;
	*value = word;
	return true;
}

/* Elements along each dimension; how many dimensions. */
static size_t dimensions(Dwarf_Die *array, uint64_t length[DIMENSIONS_MAX])
{
	size_t n = 0;
	Dwarf_Die die;

	if (dwarf_child(array, &die))
		return 0;
	do {
		uint64_t upper;
		if (dwarf_tag(&die) != DW_TAG_subrange_type)
			continue;
		if (number(&die, DW_AT_count, &length[n]))
			;
		else if (number(&die, DW_AT_upper_bound, &upper))
			length[n] = upper + 1;
		else
			length[n] = 0;
		n++;
	} while (n < DIMENSIONS_MAX && !dwarf_siblingof(&die, &die));
	return n;
}

static bool step_array(Dwarf_Die *type, uint64_t *offset, struct text *out)
{
	uint64_t length[DIMENSIONS_MAX], stride = 0, index;
	size_t n = dimensions(type, length);
	Dwarf_Die element;
	Dwarf_Word size;

	if (!type_of(type, &element) || dwarf_aggregate_size(&element, &size) || !size)
		return false;
	index = *offset / size;
	*offset %= size;
	for (size_t i = 0; i < n; i++) { /* row by row, the last index runs fastest */
		stride = 1;
		for (size_t k = i + 1; k < n; k++)
			stride *= length[k] ? length[k] : 1;
		text_format(out, "[%lu]", (unsigned long)(index / stride));
		index %= stride;
	}
	*type = element;
	return true;
}

/* Offset of a member or base class; false for static members and virtual bases. */
static bool member_offset(Dwarf_Die *member, bool in_union, uint64_t *offset)
{
	*offset = 0;
	return number(member, DW_AT_data_member_location, offset) || in_union;
}

/* The member of a class that the offset lies in: in a union, one that is a lock is preferred. */
static bool find_member(Dwarf_Die *type, uint64_t offset, Dwarf_Die *found, uint64_t *begin)
{
	bool in_union = dwarf_tag(type) == DW_TAG_union_type, any = false;
	Dwarf_Die die;

	if (dwarf_child(type, &die))
		return false;
	do {
		int tag = dwarf_tag(&die);
		Dwarf_Die kind;
		Dwarf_Word size;
		uint64_t at;
		bool lock;

		if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) ||
		    !member_offset(&die, in_union, &at) || at > offset || !type_of(&die, &kind) ||
		    dwarf_aggregate_size(&kind, &size) || offset - at >= size)
			continue;
		lock = peel(&kind);
		if (any && !lock)
			continue;
		*found = die;
		*begin = at;
		any = true;
		if (lock)
			break;
	} while (!dwarf_siblingof(&die, &die));
	return any;
}

/* Parts of libraries' own wrappers that nobody would write: std::array's _M_elems, glibc's
 * __data; and Rust's tuple fields, which are written .0 */
static void add_member(struct text *out, const char *name)
{
	if (!strncmp(name, "__", 2) && isdigit((unsigned char)name[2]))
		text_format(out, ".%s", name + 2);
	else if (strncmp(name, "_M_", 3) && strncmp(name, "__", 2))
		text_format(out, ".%s", name);
}

static bool step_member(Dwarf_Die *type, uint64_t *offset, struct text *out)
{
	Dwarf_Die member;
	uint64_t begin = 0;
	const char *name;

	if (!find_member(type, *offset, &member, &begin) || !type_of(&member, type))
		return false;
	*offset -= begin;
	name = dwarf_tag(&member) == DW_TAG_member ? dwarf_diename(&member) : NULL;
	if (name)
		add_member(out, name);
	return true;
}

void type_path(Dwarf_Die *type, uint64_t offset, struct text *out)
{
	Dwarf_Die at = *type;
	bool stepped = true;

	for (int i = 0; i < STEPS_MAX && stepped && !peel(&at); i++) {
		switch (dwarf_tag(&at)) {
		case DW_TAG_array_type:
			stepped = step_array(&at, &offset, out);
			break;
		case DW_TAG_structure_type:
		case DW_TAG_class_type:
		case DW_TAG_union_type:
			stepped = step_member(&at, &offset, out);
			break;
		default:
			stepped = false;
		}
	}
	if (!stepped && offset)
		text_format(out, "+0x%lx", (unsigned long)offset);
}
