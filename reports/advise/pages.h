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

/* How long a region's passes last, and the whole of them from one begin to the next; INFINITY where
 * that is not known. */
struct page_times {
	double pass_ns;	 /* uses that are nearer to each other may be of one pass */
	double entry_ns; /* what is read later was handed on outside of it */
};

/* Fills in pages_written, pages_handed and pages_again of all regions, and `sum` of the samples.
 * times: by region. Sorts the samples by time. */
void pages_count(struct regions *, struct touch_sample *, size_t count, const struct page_times *);

#endif
