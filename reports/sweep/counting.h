/*
 * The counts of shares.h: what each thread does now.
 */
#ifndef PARPROF_COUNTING_H
#define PARPROF_COUNTING_H

#include "reports/sweep/pass.h"

/* Puts what a thread does into the counts (sign 1), or takes it out (-1): before and after each
 * change of its state or span. */
void counting_add(struct pass *, struct actor *, int sign);

#endif
