/*
 * The parts of the speedup stack, from what the sweep added up.
 */
#ifndef PARPROF_PARTS_H
#define PARPROF_PARTS_H

#include "reports/sweep/pass.h"

void parts_make(struct pass *, int64_t overhead_ns);

#endif
