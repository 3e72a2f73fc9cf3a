/* The footprint of each region that is large enough to matter, from sampled addresses, at most what
 * the recording saw touched (record --working-set). */
#ifndef PARPROF_ADVISE_REGION_FOOTPRINTS_H
#define PARPROF_ADVISE_REGION_FOOTPRINTS_H

#include "reports/advise/codes.h"
#include "reports/advise/region.h"

struct store;

/* Sorts the samples. */
void region_footprints(struct regions *, const struct codes *, struct touch_sample *, size_t count,
		       struct store *);

#endif
