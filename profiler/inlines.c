#include "profiler/inlines.h"
#include "profiler/text.h"
#include <dwarf.h>
#include <stdlib.h>

#define DEPTH_MAX 500 /* of DIEs: damaged debug information must not overrun the stack */

/* A range of one function as read: they nest, deeper ones on top. */
struct raw_range {
	uint64_t begin, end;
	uint32_t function, depth;
};

struct walk {
	struct inlines *in;
	struct raw_range *range;
	size_t count, room;
};

static void add_range(struct walk *w, uint64_t begin, uint64_t end, uint32_t function,
		      uint32_t depth)
{
	if (w->count == w->room) {
		w->room = w->room ? w->room * 2 : 256;
		w->range = memory_grow(w->range, w->room, sizeof(*w->range));
	}
	w->range[w->count++] = (struct raw_range){begin, end, function, depth};
}

static uint32_t add_function(struct inlines *in, Dwarf_Die *die, uint32_t parent)
{
	if (in->count == in->room) {
		in->room = in->room ? in->room * 2 : 256;
		in->function = memory_grow(in->function, in->room, sizeof(*in->function));
	}
	in->function[in->count] = (struct function){dwarf_dieoffset(die), UINT64_MAX, parent, NULL};
	return (uint32_t)in->count++;
}

/* The function that a DIE begins when it has code, else the one around it. */
static uint32_t enter_function(struct walk *w, Dwarf_Die *die, uint32_t around, uint32_t depth)
{
	bool is_inlined = dwarf_tag(die) == DW_TAG_inlined_subroutine;
	uint32_t function = NO_FUNCTION;
	Dwarf_Addr base, begin, end;
	ptrdiff_t next = 0;

	while ((next = dwarf_ranges(die, next, &base, &begin, &end)) > 0) {
		if (begin == 0 || end <= begin)
			continue; /* discarded by the linker */
		if (function == NO_FUNCTION)
			function = add_function(w->in, die, is_inlined ? around : NO_FUNCTION);
		add_range(w, begin, end, function, depth);
		if (begin < w->in->function[function].entry)
			w->in->function[function].entry = begin;
	}
	return function == NO_FUNCTION ? around : function;
}

static bool has_functions(int tag)
{
	switch (tag) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type: /* Rust: methods of enums */
		return true;
	}
	return false;
}

static void walk_children(struct walk *w, Dwarf_Die *parent, uint32_t around, uint32_t scope,
			  uint32_t depth);

static void walk_die(struct walk *w, Dwarf_Die *die, uint32_t around, uint32_t scope,
		     uint32_t depth)
{
	int tag = dwarf_tag(die);

	if (!has_functions(tag))
		return;
	if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine)
		around = enter_function(w, die, around, depth);
	if (dwarf_haschildren(die) > 0)
		walk_children(w, die, around,
			      scopes_open(&w->in->scopes, dwarf_dieoffset(die), scope), depth + 1);
}

static void walk_children(struct walk *w, Dwarf_Die *parent, uint32_t around, uint32_t scope,
			  uint32_t depth)
{
	struct scopes *scopes = &w->in->scopes;
	size_t previous;
	Dwarf_Die die;

	if (depth > DEPTH_MAX || dwarf_child(parent, &die))
		return;
	do {
		previous = scopes->count;
		walk_die(w, &die, around, scope, depth);
		if (dwarf_siblingof(&die, &die))
			return;
		if (scopes->count > previous)
			scopes->scope[previous].end = dwarf_dieoffset(&die);
	} while (true);
}

static int by_begin(const void *a, const void *b)
{
	const struct raw_range *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return x->depth < y->depth ? -1 : x->depth > y->depth;
}

static void emit(struct inlines *in, const struct raw_range *top, uint64_t *from, uint64_t to)
{
	if (to > *from) {
		in->stretch[in->stretch_count++] = (struct stretch){*from, to, top->function};
		*from = to;
	}
}

/* From nested ranges to stretches: a stack of what is open, swept by address. A range that reaches
 * out of the one around it (damaged, or folded code) is cut. */
static void flatten(struct inlines *in, struct raw_range *range, size_t count)
{
	struct raw_range *stack = memory_new(count + 1, sizeof(*stack));
	size_t open = 0;
	uint64_t from = 0;

	in->stretch = memory_new(2 * count + 1, sizeof(*in->stretch));
	for (size_t i = 0; i <= count; i++) {
		uint64_t begin = i < count ? range[i].begin : UINT64_MAX;
		while (open && stack[open - 1].end <= begin) {
			emit(in, &stack[open - 1], &from, stack[open - 1].end);
			open--;
		}
		if (i == count)
			break;
		if (open) {
			emit(in, &stack[open - 1], &from, begin);
			if (range[i].end > stack[open - 1].end)
				range[i].end = stack[open - 1].end;
		}
		from = begin;
		stack[open++] = range[i];
	}
	free(stack);
}

struct inlines *inlines_read(Dwarf_Die *unit, Dwarf_Die *body)
{
	struct inlines *in = memory_new(1, sizeof(*in));
	struct walk w = {.in = in};
	size_t files;

	in->dwarf = dwarf_cu_getdwarf(body->cu);
	if (dwarf_getsrcfiles(unit, &in->files, &files))
		in->files = NULL;
	walk_children(&w, body, NO_FUNCTION, NO_SCOPE, 0);
	if (w.count)
		qsort(w.range, w.count, sizeof(*w.range), by_begin);
	flatten(in, w.range, w.count);
	free(w.range);
	return in;
}

void inlines_free(struct inlines *in)
{
	if (!in)
		return;
	for (size_t i = 0; i < in->count; i++)
		free(in->function[i].name);
	free(in->function);
	free(in->stretch);
	free(in->scopes.scope);
	free(in);
}

uint32_t inlines_find(const struct inlines *in, uint64_t address)
{
	size_t low = 0, high = in->stretch_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (in->stretch[middle].begin <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || address >= in->stretch[low - 1].end)
		return NO_FUNCTION;
	return in->stretch[low - 1].function;
}

const char *inlines_name(struct inlines *in, uint32_t function)
{
	struct function *f = &in->function[function];
	struct text name = {0};
	Dwarf_Die die;

	if (!f->name && dwarf_offdie(in->dwarf, f->offset, &die) &&
	    die_name(&in->scopes, &die, &name))
		f->name = name.data;
	else
		text_free(&name);
	return f->name;
}

void inlines_call(struct inlines *in, uint32_t function, const char **file, unsigned *line)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;
	Dwarf_Die die;

	*file = NULL;
	*line = 0;
	if (!dwarf_offdie(in->dwarf, in->function[function].offset, &die))
		return;
	if (in->files && dwarf_attr(&die, DW_AT_call_file, &attribute) &&
	    !dwarf_formudata(&attribute, &value))
		*file = dwarf_filesrc(in->files, value, NULL, NULL);
	if (dwarf_attr(&die, DW_AT_call_line, &attribute) && !dwarf_formudata(&attribute, &value))
		*line = (unsigned)value;
}
