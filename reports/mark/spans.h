/*
 * Spans of time: sets of ns, as disjoint spans in order.
 */
#ifndef PARPROF_REPORTS_SPANS_H
#define PARPROF_REPORTS_SPANS_H

#include <stddef.h>
#include <stdint.h>

struct span_of_time {
	int64_t begin, end; /* end is not in it */
};
struct spans {
	struct span_of_time *span;
	size_t count, room;
	size_t at; /* of spans_overlap */
};

void spans_add(struct spans *, int64_t begin,
	       int64_t end);	  /* of any order; empty ones are not kept */
void spans_unite(struct spans *); /* after the last one: now disjoint and in order */
int64_t spans_length(const struct spans *);
/* How much of begin .. end lies in them. Calls come in order of begin; at is set to 0 before the
 * first one. */
int64_t spans_overlap(struct spans *, int64_t begin, int64_t end);
void spans_free(struct spans *);

#endif
