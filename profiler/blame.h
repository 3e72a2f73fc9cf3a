/*
 * Blame: who held what others waited for. Each wait for an excluding object is divided among the
 * holds it overlapped:
 *
 *   a wait is (begin, end]; the releases of its object in it are r1 … rn, in order of time; with
 *   prev = begin, then the time of the release before:
 *     (prev, ri.acquired]            hand-over: free, but nobody had taken it yet
 *     (max(prev, ri.acquired), ri]   the holder that released at ri, at its stack
 *     (rn, end]                      hand-over: the waiter was not running yet
 *   no release at all: the holder that the waiter saw at begin, else unknown.
 *   Time for which the releases were forgotten is unknown.
 *
 * Invariant: the pieces of a wait add up to it exactly, and each stands for weight waits.
 *
 * A wait is known when it ends, so releases are kept for a while: KEPT_PER_LOCK of one lock,
 * KEPT_IN_ALL, KEPT_NS. Waits that end together are divided together, in one pass over their
 * releases: the cost is per release and distinct stack, not per release and waiter.
 */
#ifndef PARPROF_BLAME_H
#define PARPROF_BLAME_H

#include <stddef.h>
#include <stdint.h>

enum blame_cause { CAUSE_HOLDER, CAUSE_HAND_OVER, CAUSE_UNKNOWN, CAUSE_COUNT };
extern const char *const blame_causes[CAUSE_COUNT];

struct blame_wait {
	int64_t begin, end; /* ns */
	int64_t holder;	    /* thread.id seen at begin, 0 unknown; the sink gets it back */
	uint32_t object, stack, weight;
	uint32_t state; /* of the division */
};

struct blame_release {
	int64_t acquired; /* 0: not timed */
	int64_t released;
	uint32_t thread, stack;
};

struct blame_piece {
	uint32_t object, stack; /* of the waiter */
	enum blame_cause cause;
	int64_t holder;
	uint32_t holder_stack;
	uint64_t waits;
	int64_t ns;
};
typedef void blame_sink(void *data, const struct blame_piece *);

struct blame *blame_open(blame_sink *, void *data);
void blame_close(struct blame *); /* what was not divided is lost: divide with INT64_MAX first */

/* Locks are named by two words that are not both 0. */
void blame_wait(struct blame *, const uint64_t lock[2], const struct blame_wait *);
void blame_release(struct blame *, const uint64_t lock[2], const struct blame_release *);
/* Both names are of one lock from now on. */
void blame_join(struct blame *, const uint64_t lock[2], const uint64_t shared[2]);
/* Another lock was made at that address: it is not the shared one any more. Of its own, time tells
 * what was the one's and is the other's; what was released before may be heard of yet. */
void blame_forget(struct blame *, const uint64_t lock[2]);

/* Divides the waits that ended before horizon; all releases before it must be known. */
void blame_divide(struct blame *, int64_t horizon);
uint64_t blame_late(const struct blame *); /* releases that came after their time was divided */

/* The division itself: releases sorted by time, waits in any order; changes them. */
void blame_divide_waits(const struct blame_release *, size_t releases, int64_t forgotten,
			struct blame_wait *, size_t waits, blame_sink *, void *data);

#endif
