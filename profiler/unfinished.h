/*
 * Waits that never ended: a pool's workers when the program exits, a deadlock. A thread fills its
 * WAIT record in before it blocks, so the record lies behind the log's end, not committed; here it
 * is completed, in a copy, together with the count the thread's table lacks.
 */
#ifndef PARPROF_UNFINISHED_H
#define PARPROF_UNFINISHED_H

#include "collectors/log.h"
#include <stdbool.h>

struct unfinished {
	struct segment head; /* of the thread's last log, but for its bounds */
	struct log_wait wait;
	struct log_tally tally;
	struct stats stats;
} __attribute__((packed, aligned(8)));
_Static_assert(sizeof(struct unfinished) == sizeof(struct segment) + sizeof(struct log_wait) +
						sizeof(struct log_tally) + sizeof(struct stats),
	       "records follow each other");

/* The records of the wait a thread was in, its log read up to `offset` of segment `log`, and gone
 * or given up at `end` ticks. false: it was not waiting. */
bool unfinished_make(struct unfinished *u, const struct thread_block *t, const struct segment *log,
		     uint32_t offset, uint64_t end);

#endif
