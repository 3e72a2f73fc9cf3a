/*
 * Pages that a region's passes write, and whether passes read what was written in that region
 * before: from the addresses that samples met. Cheap and without any trap, but nobody knows who
 * read what exactly: a page has many words, and a pass may write a page anew before it reads it.
 *
 * Left out is what a sample reads and writes at once, which is most likely a sum.
 */
#ifndef PARPROF_ADVISE_PAGES_H
#define PARPROF_ADVISE_PAGES_H

#include "reports/advise/region.h"
#include "reports/advise/stream.h"

/* Fills in pages_written, pages_handed and pages_again of all regions, and `sum` of the samples.
 * times: by region. Sorts the samples by time. */
void pages_count(struct regions *, struct touch_sample *, size_t count,
		 const struct region_times *);

#endif
