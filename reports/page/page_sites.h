/*
 * Where intervals are, numbered from 1 in order of first use: a lock's leader (lock.id, 0: of no
 * lock) and a stack (page_stacks.h). Mostly one tells the other, so a number of both is shorter.
 *
 * Columns: leader, stack; site n of the page is row n - 1.
 */
#ifndef PARPROF_PAGE_SITES_H
#define PARPROF_PAGE_SITES_H

#include "profiler/hash.h"
#include "reports/page/columns.h"
#include <stdint.h>

struct page_sites {
	struct hash number; /* by leader, stack */
	struct columns columns;
};

void page_sites_begin(struct page_sites *);
int64_t page_sites_number(struct page_sites *, int64_t leader, int64_t stack);
/* Appends the columns to out, and frees them. */
void page_sites_end(struct page_sites *, struct text *out);

#endif
