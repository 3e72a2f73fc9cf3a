/* In words: threads that share a cache which one alone does not fill (shared_caches.h). */
#ifndef PARPROF_ADVISE_SAY_CACHES_H
#define PARPROF_ADVISE_SAY_CACHES_H

#include "profiler/text.h"
#include "reports/advise/study.h"

/* Of a region, whichever number of threads that is; each appends nothing when they all fit, or one
 * does not. */
void caches_evidence(struct text *, const struct study *, uint32_t region);
/* Of the threads and regions that the advice counts on. */
bool caches_overflow(const struct study *);
void caches_numbers(struct text *, const struct study *);
void caches_change(struct text *, const struct study *);

#endif
