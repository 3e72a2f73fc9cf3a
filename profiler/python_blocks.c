#include "profiler/python_blocks.h"
#include "profiler/python_scan.h"
#include <stdlib.h>
#include <string.h>

void python_blocks_read(struct python_blocks *b, const char *text, size_t length)
{
	*b = (struct python_blocks){0};
	if (!python_scan(b, text, length))
		b->count = 0;
}

void python_blocks_free(struct python_blocks *b)
{
	free(b->block);
	*b = (struct python_blocks){0};
}

/* "<listcomp>" of "work.<locals>.<listcomp>", as CPython calls it from 3.11 on. */
static const char *last_part(const char *function)
{
	const char *dot = strrchr(function, '.');
	return dot ? dot + 1 : function;
}

static enum python_block_kind kind_of(const char *name)
{
	static const struct {
		const char *name;
		enum python_block_kind kind;
	} own[] = {
	    {"<module>", PYTHON_MODULE},	 {"<lambda>", PYTHON_LAMBDA},
	    {"<genexpr>", PYTHON_GENERATOR},	 {"<listcomp>", PYTHON_COMPREHENSION},
	    {"<setcomp>", PYTHON_COMPREHENSION}, {"<dictcomp>", PYTHON_COMPREHENSION},
	};
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (!strcmp(own[i].name, name))
			return own[i].kind;
	return PYTHON_FUNCTION;
}

static bool is_comprehension(enum python_block_kind kind)
{
	return kind == PYTHON_COMPREHENSION || kind == PYTHON_GENERATOR;
}

bool python_is_comprehension(const char *function)
{
	return is_comprehension(kind_of(last_part(function)));
}

static bool has_line(const struct python_block *b, int64_t line)
{
	return line >= b->first && line <= b->last;
}

/* The first line of a function with decorators is that of the first decorator. */
static bool is_own(const struct python_block *b, const char *name, int64_t first_line)
{
	if (b->kind != kind_of(name) || first_line < b->first || first_line > b->line)
		return false;
	return b->kind != PYTHON_FUNCTION ||
	       (b->name_length == strlen(name) && !memcmp(b->name, name, b->name_length));
}

uint32_t python_blocks_own(const struct python_blocks *b, const struct python_frame *frame,
			   int64_t line)
{
	const char *name = last_part(frame->function);
	uint32_t own = PYTHON_BLOCK_NONE;

	if (kind_of(name) == PYTHON_MODULE)
		return b->count ? 0 : PYTHON_BLOCK_NONE;
	for (uint32_t i = 0; i < b->count; i++)
		if (is_own(&b->block[i], name, frame->first_line) && has_line(&b->block[i], line))
			own = i;
	return own;
}

static bool is_loop(const struct python_block *b, bool inlined)
{
	return b->kind == PYTHON_LOOP || (b->kind == PYTHON_COMPREHENSION && inlined);
}

/* Is it part of the code `own`, and not of other code in that? */
static bool is_in(const struct python_blocks *b, uint32_t own, uint32_t i, bool inlined)
{
	while (i > own) {
		if (b->block[i].kind != PYTHON_BRACKET && !is_loop(&b->block[i], inlined))
			return false;
		i = b->block[i].parent;
	}
	return i == own;
}

static bool is_around(const struct python_blocks *b, uint32_t outer, uint32_t inner)
{
	while (inner > outer)
		inner = b->block[inner].parent;
	return inner == outer;
}

static bool same_line(const struct python_blocks *b, uint32_t x, uint32_t y)
{
	return b->block[x].kind == PYTHON_COMPREHENSION &&
	       b->block[y].kind == PYTHON_COMPREHENSION && b->block[x].line == b->block[y].line;
}

/* The next loop from block i outwards, own at last if it is one. */
static uint32_t next_around(const struct python_blocks *b, uint32_t own, uint32_t i, bool inlined)
{
	for (i = b->block[i].parent; i > own; i = b->block[i].parent)
		if (is_loop(&b->block[i], inlined))
			return i;
	return i == own && is_comprehension(b->block[own].kind) ? own : PYTHON_BLOCK_NONE;
}

/* Comprehensions in one another that begin on one line are the outermost of them. */
static uint32_t of_its_line(const struct python_blocks *b, uint32_t own, uint32_t i, bool inlined)
{
	uint32_t around;
	while (i != own && (around = next_around(b, own, i, inlined)) != PYTHON_BLOCK_NONE &&
	       around != own && same_line(b, i, around))
		i = around;
	return i;
}

/* Without columns all of the lines of a comprehension is in it. */
static bool has_span(const struct python_block *b, const struct python_span *at)
{
	if (!has_line(b, at->line))
		return false;
	if (b->kind != PYTHON_COMPREHENSION || at->column < 0)
		return true;
	return (at->line > b->line || at->column >= b->column) && at->line_end <= b->last &&
	       (at->line_end < b->last || at->column_end <= b->column_end);
}

uint32_t python_blocks_loop(const struct python_blocks *b, uint32_t own,
			    const struct python_span *at, bool inlined)
{
	uint32_t found = own;

	if (own >= b->count)
		return PYTHON_BLOCK_NONE;
	for (uint32_t i = own + 1; i < b->count; i++) {
		if (!has_span(&b->block[i], at) || !is_loop(&b->block[i], inlined) ||
		    !is_in(b, own, i, inlined))
			continue;
		if (b->block[found].kind != PYTHON_COMPREHENSION || is_around(b, found, i))
			found = i;
	}
	if (found == own)
		return is_comprehension(b->block[own].kind) ? own : PYTHON_BLOCK_NONE;
	return of_its_line(b, own, found, inlined);
}

uint32_t python_blocks_around(const struct python_blocks *b, uint32_t own, uint32_t loop,
			      bool inlined)
{
	if (loop == own)
		return PYTHON_BLOCK_NONE;
	loop = next_around(b, own, loop, inlined);
	return loop == PYTHON_BLOCK_NONE ? loop : of_its_line(b, own, loop, inlined);
}
