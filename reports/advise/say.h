/* The advice in words: a sentence, the numbers behind it, and what would change it. */
#ifndef PARPROF_ADVISE_SAY_H
#define PARPROF_ADVISE_SAY_H

#include "profiler/text.h"
#include "reports/advise/study.h"

void advice_sentence(struct text *, const struct study *);
void advice_numbers(struct text *, const struct study *);
void advice_change(struct text *, const struct study *); /* may append nothing */
/* "the loop in main, kmeans.c:88-95" */
void advice_place(struct text *, const struct study *, uint32_t region);
/* The largest of those that are divided, or whose pieces need each other; 0: none. */
uint32_t advice_largest(const struct study *, bool divided);

/* A piece should take so long, ns: handing it on costs a twentieth then. */
double advice_least_ns(const struct study *);

#endif
