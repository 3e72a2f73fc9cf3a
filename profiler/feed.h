/*
 * What the watching reads goes to two places: the ingest, and on demand a raw log, in one order.
 */
#ifndef PARPROF_FEED_H
#define PARPROF_FEED_H

#include "profiler/clock.h"
#include "profiler/ingest.h"
#include "profiler/rawlog.h"
#include "profiler/watch.h"

struct feed {
	struct ingest *ingest;
	struct rawlog *raw; /* or NULL */
	const struct arena *arena;
};

struct watch_sink feed_sink(struct feed *);
void feed_anchor(struct feed *, struct anchor);
void feed_tick(struct feed *, uint64_t ticks_now);
/* The counts of threads that still run, to the ingest only. */
void feed_live(struct feed *, const struct watch *);
int feed_close(struct feed *, uint64_t ticks_now);

#endif
