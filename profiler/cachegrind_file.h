/*
 * What cachegrind writes when a process ends: counts by file, function and line; into table
 * cache_count.
 */
#ifndef PARPROF_CACHEGRIND_FILE_H
#define PARPROF_CACHEGRIND_FILE_H

#include <stdint.h>

struct store;

/* Makes a row of table process, too. 0, or -1 after error(). */
int cachegrind_import(struct store *, const char *path, int64_t pid);

#endif
