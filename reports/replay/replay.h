/*
 * A recording made ready for replay, and the replays of it: as it was, edited, on other machines.
 *
 * Every result is a ratio of two replays, so that what both get wrong alike cancels out. What a
 * recording does not tell is replayed both ways: how locks are handed over, and whether work is
 * dealt to threads beforehand or taken by whoever is free.
 */
#ifndef PARPROF_REPLAY_H
#define PARPROF_REPLAY_H

#include "reports/replay/deal.h"
#include "reports/replay/edit.h"
#include "reports/replay/engine.h"
#include "reports/replay/make.h"
#include "reports/replay/sites.h"

#define REPLAY_TRUSTED 0.1 /* error up to which results are not widened */
#define REPLAY_ALONE 0.95  /* share of the cores from which on they count as the program's own */
#define REPLAY_REFUSED 0.5 /* from here on there are none */

struct replay {
	const struct history *history;
	struct making making;
	struct program program; /* as recorded: a span for each thread, queues as tokens */
	struct crews crews;
	size_t queues;
	enum hand_over hand_over;	 /* the one that meets the recorded run better */
	double error;			 /* T(replayed) / T(recorded) - 1, with that */
	int64_t base[2][DEAL_MAP_COUNT]; /* wall time of replays as recorded; 0: stuck */
	char stuck[160];		 /* why a replay did not come to its end */
};

struct scenario {
	const struct edit *edit;
	size_t edits;
	int cores; /* 0: as recorded */
	const struct staff *staff;
	size_t staffs;
};
struct band { /* new speed / speed now */
	double low, middle, high;
};

/* limit: operations, about; more are cut to a part of the run. The graph must outlive it. */
void replay_open(struct replay *, const struct graph *, const struct sites *, size_t limit);
void replay_close(struct replay *);
/* 0, or -1 when the replay got stuck: replay->stuck says where. */
int replay_run(struct replay *, const struct scenario *, struct band *);
/* The group of threads that does the most work, NOBODY: there is none but those that began by
 * themselves. */
uint32_t replay_largest_group(const struct replay *);

#endif
