/*
 * What the passes of regions use that others would use at the same time: locks, pipes, sockets and
 * files (counted calls, by the places of code that made them), and functions of libc with a state
 * of the process (shared_state.h; sampled).
 *
 * A place of code lies in the regions of the stacks in which an object was first used there, and of
 * those sampled stacks that its function is in. When they are not all inside of one region, or it
 * is in a function that is called there, how many of its calls were made there is not known: all of
 * them, at most.
 *
 * Invariants
 *  - use[] is sorted by region; in one region the surest and largest come first.
 *  - A region has what the regions inside it have.
 */
#ifndef PARPROF_ADVISE_USES_H
#define PARPROF_ADVISE_USES_H

#include "profiler/text.h"
#include "reports/advise/call_stacks.h"
#include "reports/advise/shared_state.h"

/* Word; what a pass does to it; what threads that share the work have to mind, before and after its
 * name; nothing: no harm. */
#define USE_KINDS(X)                                                                               \
	X(lock, "takes", "threads take turns while ", " is held")                                  \
	X(reading_lock, "takes for reading", "", "")                                               \
	X(send, "sends through", "what threads send through ", " comes in another order")          \
	X(receive, "receives from", "which thread gets what from ", " is a matter of chance")      \
	X(write, "writes", "threads write ", " in another order, unless each has its place in it") \
	X(read, "reads", "threads share the place in ", ", unless they use pread")                 \
	X(state, "calls", "threads share the state of ", "")
enum use_kind {
#define X(name, does, before, after) USE_##name,
	USE_KINDS(X)
#undef X
	    USE_KIND_COUNT
};
const char *use_kind_name(enum use_kind);

/* A lock, a direction of a pipe, or a function of libc. */
struct thing {
	enum use_kind kind;
	int64_t lock; /* in the store, 0: a function */
	char *name, *place;
	const struct shared_state *state; /* of a function */
};

struct use {
	uint32_t region, thing;
	bool at_most; /* so many calls, or fewer */
	double calls; /* of a function: 0 */
	double hold_ns, bytes;
	double share; /* of the region's samples that were in the function */
};

struct uses {
	struct thing *thing;
	struct use *use;
	size_t things, count, thing_room, room;
	struct hash by_key;   /* (lock or function, kind) -> thing */
	struct hash by_place; /* (region, thing) -> use; until uses_end() */
};

void uses_init(struct uses *);
void uses_free(struct uses *);
/* A sample was in this function of libc, in a region or what is inside it. Before uses_read().
 */
void uses_add_state(struct uses *, uint32_t region, const char *function, double samples);
/* After regions_sum(). 0, or -1 after error(). */
int uses_read(struct uses *, struct store *, const struct codes *, const struct regions *,
	      const struct call_stacks *sampled);
/* Fills in `locked` of the regions. sample_ns: what a sample stands for. */
void uses_lock(const struct uses *, struct regions *, double sample_ns);
/* Those of a region; NULL when count is 0. */
const struct use *uses_of(const struct uses *, uint32_t region, size_t *count);
/* "; its passes take table_mu 4000 times"; and what that asks of threads. Nothing where nothing is
 * used. */
void uses_say(struct text *, const struct uses *, uint32_t region, double total_ns);
void uses_advise(struct text *, const struct uses *, uint32_t region);

#endif
