/* Why the pieces of a region are thought to be independent or not, in a sentence, and what would
 * settle it. */
#ifndef PARPROF_ADVISE_EVIDENCE_H
#define PARPROF_ADVISE_EVIDENCE_H

#include "profiler/text.h"
#include "reports/advise/codes.h"
#include "reports/advise/judge.h"

void evidence_say(struct text *, const struct codes *, const struct region *,
		  const struct judgement *);
/* What it asks of the kernel, which others would ask at the same time; appends nothing when that is
 * little. */
void evidence_calls(struct text *, const struct codes *, const struct regions *, uint32_t region);
/* What would settle it; appends nothing when nothing is open. */
void evidence_settle(struct text *, const struct judgement *);

#endif
