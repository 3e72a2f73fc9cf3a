/*
 * What of a run was done by one thread alone: only that can be divided. By thread and time, and how
 * long it was on a core, blocked, or without a core. Where several threads have work for a good
 * part of the run, be it that they take turns at a lock, those turns are left out.
 */
#ifndef PARPROF_ADVISE_ALONE_H
#define PARPROF_ADVISE_ALONE_H

#include "reports/graph/graph.h"
#include "reports/replay/serial.h"

struct alone {
	struct serial_changes running; /* of the whole run */
	struct serial serial;
	double several;		     /* ns in which two or more threads had work */
	double ns[TILE_STATE_COUNT]; /* of those phases, what the thread did */
};

void alone_find(struct alone *, const struct graph *);
void alone_free(struct alone *);
/* That thread (of the history), then. */
bool alone_at(const struct alone *, uint32_t thread, int64_t time);

#endif
