/*
 * Names for places in Python code, after symbols_resolve(): function, file and line of each; and
 * what in a stack of Python is machinery: the standard library, the interpreter, and C code without
 * lines that Python called.
 */
#ifndef PARPROF_PYTHON_NAMES_H
#define PARPROF_PYTHON_NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct store;

int python_resolve(struct store *); /* 0, or -1 after error() */

/* Reads the table of a code object, for python_line(). query: of PYTHON_TABLE_SQL. */
#define PYTHON_TABLE_SQL "SELECT bytes FROM python_lines WHERE number = ?1 ORDER BY offset"
struct query;
struct text;
void python_table_read(struct query *, int64_t number, struct text *table);

/* Is a source file of Python's standard library, by its path? */
bool python_library(const char *file);

#endif
