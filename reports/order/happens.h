/*
 * What must have happened before what, by the births, ends and barriers of threads alone: locks put
 * things into an order as well, but into another one in the next run.
 */
#ifndef PARPROF_HAPPENS_H
#define PARPROF_HAPPENS_H

#include "profiler/hash.h"
#include "reports/graph/history.h"

struct happens_step { /* a thread at that time makes another one go on, from then on */
	int64_t time, then;
	uint32_t thread, to;
};

struct happens_visit {
	int64_t begin, end;
	uint32_t thread, generation;
};

struct happens {
	const struct history *history;
	struct happens_step *step;   /* births and joins, by thread */
	struct happens_visit *visit; /* of barriers, by thread */
	uint32_t *member;	     /* visits by generation */
	struct range *steps, *visits, *generation;
	size_t step_count, visit_count, generations;
	struct hash reached; /* (thread, time): number in reach */
	int64_t *reach;	     /* by number, by thread: when all that comes then is behind it */
	uint32_t reach_count, *queue;
	unsigned char *queued, *seen;
};

/* Wakers must have been found: graph_resolve(). */
void happens_open(struct happens *, const struct history *);
void happens_close(struct happens *);

/* Whether what thread a did then is over before b does that, in every run. */
bool happens_before(struct happens *, uint32_t a, int64_t then, uint32_t b, int64_t that);

#endif
