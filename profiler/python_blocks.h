/*
 * The blocks of a Python source: functions, classes, lambdas, `for` and `while` statements,
 * comprehensions, by the lines they lie on. Pure: from the text alone, by a tokenizer that knows
 * brackets, strings (and what is computed inside f-strings), continued lines and indentation.
 *
 * Invariants
 *  - block[0] is the module. A block's parent, in which it is evaluated, has a smaller index: what
 * is in the head of a `for`, `def` or `class` belongs to what lies around that.
 *  - A text that is no Python (brackets that do not match, a string without end) has no blocks.
 *  - Names point into the text.
 *  - An `else` of a loop is not in it. Comprehensions in one another that begin on one line are one
 *    loop.
 */
#ifndef PARPROF_PYTHON_BLOCKS_H
#define PARPROF_PYTHON_BLOCKS_H

#include "profiler/python_lines.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PYTHON_BLOCK_NONE UINT32_MAX

enum python_block_kind {
	PYTHON_MODULE,
	PYTHON_FUNCTION, /* or a class */
	PYTHON_LAMBDA,
	PYTHON_LOOP,	      /* statement for or while */
	PYTHON_COMPREHENSION, /* of a list, set or dictionary */
	PYTHON_GENERATOR,     /* expression */
	PYTHON_BRACKET,	      /* any other */
};

struct python_block {
	enum python_block_kind kind;
	uint32_t parent;
	uint32_t first, line, last; /* first: of its decorators, else line; from 1 */
	int32_t column, column_end; /* of brackets: on line, and behind them on last */
	const char *name;	    /* of a function or class */
	size_t name_length;
};

struct python_blocks {
	struct python_block *block;
	uint32_t count, room;
};

void python_blocks_read(struct python_blocks *, const char *text, size_t length);
void python_blocks_free(struct python_blocks *);

/* A code object of CPython, a frame's: its (qualified) name, its first line, and whether
 * comprehensions are part of the function they are written in (from 3.12 on) or code objects of
 * their own, as generator expressions always are. */
struct python_frame {
	const char *function;
	int64_t first_line;
	bool inlined;
};

/* The block that is the frame's code, PYTHON_BLOCK_NONE: the source has no such. line, where the
 * frame is at, tells several of one line apart. */
uint32_t python_blocks_own(const struct python_blocks *, const struct python_frame *, int64_t line);
/* The innermost loop around that in the code `own`; that itself, when all of it is a loop;
 * PYTHON_BLOCK_NONE. */
uint32_t python_blocks_loop(const struct python_blocks *, uint32_t own,
			    const struct python_span *at, bool inlined);
/* The loop around that loop in the same code, or PYTHON_BLOCK_NONE. */
uint32_t python_blocks_around(const struct python_blocks *, uint32_t own, uint32_t loop,
			      bool inlined);

/* Is all of a frame of that function one loop, a comprehension's own? */
bool python_is_comprehension(const char *function);

#endif
