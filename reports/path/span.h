/*
 * The span: the longest path when no thread ever waits for a core, and waking and making threads
 * takes no time (T-infinity of the recorded graph). No number of cores gets below it.
 */
#ifndef PARPROF_SPAN_H
#define PARPROF_SPAN_H

#include "reports/graph/graph.h"
#include "reports/path/precedence.h"

int64_t span_ns(const struct precedence *, const struct graph *);

#endif
