/* From the recording's samples to regions: what ran alone, in which, and through which memory. */
#ifndef PARPROF_ADVISE_STUDY_SAMPLES_H
#define PARPROF_ADVISE_STUDY_SAMPLES_H

#include "reports/advise/study.h"

/* Fills codes, regions, samples, interpreted; 0, or -1 after error(). */
int study_samples(struct study *, struct store *, const struct history *);

#endif
