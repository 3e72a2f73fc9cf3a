/*
 * Groups a large array in place, stable: items go into blocks of one group each, blocks into the
 * order of groups. Each item moves three times, in a row; what memory a copy would take costs more,
 * as the system clears it.
 */
#ifndef PARPROF_BLOCKS_H
#define PARPROF_BLOCKS_H

#include "reports/graph/regroup.h"
#include <stdbool.h>

/* False: there are too many groups for it, and nothing was moved. */
bool blocks_group(void *items, size_t count, struct layout, size_t groups);

#endif
