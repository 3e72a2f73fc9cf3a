/*
 * The recorder's side of the arena (collectors/log.h): its memory and its free segments.
 *
 * The memory is a sparse memfd, reached by targets through arena_path(), /proc/PID/fd/N: nothing
 * has a name in any file system, and it vanishes with its last user.
 *
 * Invariants
 *  - Only segments whose pages exist are offered, so that a store of a target cannot fail. The
 *    reserve is the exception: there is none where the kernel may refuse the page (overcommit 2).
 *  - An offered segment is all zero.
 *  - Freed segments are offered again before fresh ones are made: the working set stays small.
 *  - At most arena.limit segments ever get pages.
 *  - What was offered where is kept here too: a target can scribble over the rings.
 */
#ifndef PARPROF_ARENA_H
#define PARPROF_ARENA_H

#include "collectors/log.h"
#include <stdbool.h>

struct arena_ring {
	struct free_ring *shared;
	uint64_t seen;	  /* taken so far, as far as we noticed */
	uint64_t offered; /* our own copy of the ring's tail */
	uint32_t ahead;	  /* how many are kept on offer; doubles when targets outrun us */
	uint32_t ahead_max;
	uint32_t fresh, end; /* numbers without pages yet: [fresh, end) */
	uint32_t free_count;
	uint32_t *free;	 /* stack of segments ready to be offered */
	uint32_t *shown; /* numbers on offer, by ring position */
};

struct arena {
	int fd;
	struct arena_header *header; /* the whole arena is mapped from here on */
	uint64_t size;
	struct arena_ring large, small;
	uint32_t limit;					   /* segments that may get pages */
	uint32_t populated;				   /* segments that have them */
	uint32_t reserve_first, reserve_seen, reserve_end; /* numbers: noticed up to _seen */
	bool *reserve_made; /* those of the reserve that have all their pages */
	uint64_t scribbles; /* rings found in a state no target of ours makes */
	uint64_t refusals;  /* the kernel had no memory for more, or the limit was reached */
};

/* Memory for the targets' logs: 192 MiB at most. */
#define ARENA_LIMIT_DEFAULT 12288u

struct arena_settings {
	enum log_clock clock;
	uint32_t hold_interval;
	uint32_t stack_depth;
	uint32_t limit; /* segments; 0: ARENA_LIMIT_DEFAULT and a reserve beyond the rings */
};

/* NULL after error(). Both rings are filled. */
struct arena *arena_create(const struct arena_settings *);
void arena_destroy(struct arena *);
/* What a target opens, for ENV_ARENA. */
const char *arena_path(const struct arena *, char path[static 64]);

/* Calls taken() for each segment that targets took since the last call, in that order per ring and
 * never a log without its owner's thread block; returns how many. */
typedef void arena_taken(void *data, uint32_t number);
uint32_t arena_notice(struct arena *, arena_taken *taken, void *data);
/* Offers segments until `ahead` are there. */
void arena_refill(struct arena *);
/* Nobody writes to this segment any more: zeroes it and keeps it for the next offer. */
void arena_recycle(struct arena *, uint32_t number);

/* Before a target runs: its threads sample themselves so often a second of their CPU time;
 * python_only: those of processes that Python runs in. */
void arena_sample(struct arena *, uint32_t hertz, bool python_only);
/* Targets write nothing from now on. */
void arena_stop(struct arena *);

static inline struct segment *arena_segment(const struct arena *a, uint32_t number)
{
	return (struct segment *)((char *)a->header + segment_offset(number));
}

#endif
