/*
 * The tables by which CPython's code objects tell the line of an instruction, in the three forms
 * they had: co_lnotab (to 3.9), co_linetable of 3.10, the location table (from 3.11 on). Pure.
 */
#ifndef PARPROF_PYTHON_LINES_H
#define PARPROF_PYTHON_LINES_H

#include <stddef.h>
#include <stdint.h>

/* The line of instruction `unit` (in words of two bytes), 0: it has none, or lies behind the table.
 * minor: of the version of Python 3. */
int64_t python_line(unsigned minor, const uint8_t *table, size_t size, int64_t first_line,
		    uint32_t unit);

/* What an instruction was compiled of; columns in bytes, from 0. */
struct python_span {
	int64_t line, line_end;
	int32_t column, column_end; /* column < 0: they are not known, nor line_end */
};

/* Versions from 3.11 on may tell it, of the instructions that have a line; before: the line alone.
 */
struct python_span python_span(unsigned minor, const uint8_t *table, size_t size,
			       int64_t first_line, uint32_t unit);

#endif
