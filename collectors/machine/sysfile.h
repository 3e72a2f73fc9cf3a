/* Small files of /proc and /sys, below a root that tests may put elsewhere. */
#ifndef PARPROF_SYSFILE_H
#define PARPROF_SYSFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The first line without its end, "" when it cannot be read; returns buffer. */
const char *sysfile_line(const char *root, const char *path, char *buffer, size_t size);
/* Its number; false, and nothing set, when there is none. */
bool sysfile_number(const char *root, const char *path, double *number);
FILE *sysfile_open(const char *root, const char *path); /* NULL: it cannot be read */
/* A line of "key<separators>value": the value, in a buffer; "" when there is none. */
const char *sysfile_field(const char *root, const char *path, const char *key, char *buffer,
			  size_t size);

#endif
