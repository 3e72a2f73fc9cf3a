/* The facts of a run, for table run: where, when, of what, at which cost. Keys: see schema.sql. */
#ifndef PARPROF_FACTS_H
#define PARPROF_FACTS_H

#include "profiler/clock.h"
#include "profiler/trial.h"

struct arena_header;
struct ingest;
struct rusage;
struct store;

/* Known before the program starts. */
void facts_begin(struct store *, const struct arena_header *, char **argv, int pid);
/* Known when it has ended. exit_status as our caller gets it. */
void facts_end(struct store *, const struct arena_header *, const struct ingest *, int exit_status,
	       struct anchor first, struct anchor last);
void facts_costs(struct store *, const struct costs *);
/* What the recorder used itself; before: of an earlier process of it, NULL none. */
void facts_recorder(struct store *, const struct rusage *before);

#endif
