/* Reads the text of a Python source for python_blocks.h, which has the invariants. */
#ifndef PARPROF_PYTHON_SCAN_H
#define PARPROF_PYTHON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct python_blocks;

/* Adds its blocks; false: it is no Python. */
bool python_scan(struct python_blocks *, const char *text, size_t length);

#endif
