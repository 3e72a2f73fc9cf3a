/*
 * What a path owes to locks: its time in which the thread that counted held one.
 *
 * Work on the path (path_part_is_work) is compared with the timed holds of its thread. A hold that
 * stands for itself counts where it lies on the path, to the ns. One that stands for w acquisitions
 * (a sample) cannot say where the others lay: its w-fold time is spread evenly over the time since
 * the thread's sample of that lock before, as far as it fits in there, and counts by the part of
 * that time in which the path worked in the thread. So the expected value is right, and no lock is
 * charged with more than there was.
 *
 * Inclusive: any lock held then; a second one of the same group counts for innermost only.
 * Innermost: the one taken last.
 */
#ifndef PARPROF_HELD_H
#define PARPROF_HELD_H

#include "profiler/hash.h"
#include "reports/path/segment.h"

/* By group, at the index of its first object. All zero: never met. */
struct held {
	double inclusive_ns, innermost_ns, acquisitions;
	int64_t wake_ns;   /* handing over */
	int64_t waited_ns; /* for it, on the path: nobody is known who ended that; polling */
	int64_t contended; /* acquisitions that waited, by weight */
};

struct held_walk {
	const struct history *history;
	struct held *held; /* by object */
	int64_t work_ns;   /* of the path */
	const uint32_t *order;
	struct holder *holder; /* by thread */
	struct hash sample;    /* the last one of a thread and an object */
};

/* The timed holds grouped by thread, there in order of acquisition. To be freed. */
uint32_t *held_order(const struct history *);
/* All segments of one path, then the end; held[] may be read until held_free(). */
void held_begin(struct held_walk *, const struct history *, const uint32_t *order);
void held_segment(struct held_walk *, const struct segment *);
void held_end(struct held_walk *);
void held_free(struct held_walk *);

#endif
