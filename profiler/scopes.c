#include "profiler/scopes.h"
#include "profiler/demangle.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

uint32_t scopes_open(struct scopes *s, Dwarf_Off offset, uint32_t parent)
{
	if (s->count == s->room) {
		s->room = s->room ? s->room * 2 : 256;
		s->scope = memory_grow(s->scope, s->room, sizeof(*s->scope));
	}
	s->scope[s->count] = (struct scope){offset, UINT64_MAX, parent};
	return (uint32_t)s->count++;
}

uint32_t scopes_around(const struct scopes *s, Dwarf_Off offset)
{
	size_t low = 0, high = s->count;
	uint32_t inner;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->scope[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NO_SCOPE;
	/* The last one to begin before it, or what is around that: any that ended is left, with all
	 * in it. */
	inner = (uint32_t)low - 1;
	for (uint32_t i = inner; i != NO_SCOPE; i = s->scope[i].parent)
		if (offset >= s->scope[i].end)
			inner = s->scope[i].parent;
	return inner;
}

/* A class or function declared elsewhere and defined here: the declaration is where it belongs. */
static Dwarf_Die *declaration(Dwarf_Die *die, Dwarf_Die *memory)
{
	static const unsigned link[] = {DW_AT_abstract_origin, DW_AT_specification};
	Dwarf_Attribute attribute;

	*memory = *die;
	for (size_t i = 0; i < sizeof(link) / sizeof(*link); i++)
		if (dwarf_attr(memory, link[i], &attribute))
			dwarf_formref_die(&attribute, memory);
	return memory;
}

static void add_scope_name(Dwarf_Die *die, struct text *out)
{
	Dwarf_Die memory;
	const char *name = dwarf_diename(declaration(die, &memory));
	int tag = dwarf_tag(die);

	if (tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine)
		return;
	if (name) {
		bool lambda = !strncmp(name, "<lambda", 7); /* as gcc calls the class */
		char *brief = lambda ? memory_copy("{lambda}") : name_shorten(name);
		text_add(out, brief);
		free(brief);
	} else {
		text_add(out, tag == DW_TAG_namespace ? "(anonymous namespace)" : "{unnamed}");
	}
	text_add(out, "::");
}

static void qualify(const struct scopes *s, Dwarf *dwarf, uint32_t scope, struct text *out)
{
	Dwarf_Die die;

	if (scope == NO_SCOPE)
		return;
	qualify(s, dwarf, s->scope[scope].parent, out);
	if (dwarf_offdie(dwarf, s->scope[scope].offset, &die))
		add_scope_name(&die, out);
}

void scopes_qualify(const struct scopes *s, Dwarf_Die *die, struct text *out)
{
	Dwarf_Die memory;

	declaration(die, &memory);
	if (memory.cu == die->cu) /* what lies in another unit is not known here */
		qualify(s, dwarf_cu_getdwarf(die->cu), scopes_around(s, dwarf_dieoffset(&memory)),
			out);
}

bool die_name(const struct scopes *s, Dwarf_Die *die, struct text *out)
{
	Dwarf_Attribute attribute;
	const char *name = NULL;
	char *brief;

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute) ||
	    dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &attribute))
		name = dwarf_formstring(&attribute);
	if (name) {
		brief = demangle_short(name);
	} else {
		name = dwarf_diename(die);
		if (!name)
			return false;
		if (s)
			scopes_qualify(s, die, out);
		brief = name_shorten(name);
	}
	text_add(out, brief);
	free(brief);
	return true;
}
