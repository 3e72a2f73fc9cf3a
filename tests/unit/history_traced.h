/*
 * The history that a recording of a program would be: the program is run by the engine, and what
 * its threads do is written down as the target's library would. So the truth about it is known.
 *
 * Objects of kind OBJECT_TOKENS are conditions: for await and fire only.
 */
#ifndef PARPROF_HISTORY_TRACED_H
#define PARPROF_HISTORY_TRACED_H

#include "reports/graph/history.h"
#include "reports/replay/engine.h"

/* Sorted. Returns the wall time. trace of the machine is ignored. */
int64_t history_traced(struct history *, const struct program *, const struct machine *);

#endif
