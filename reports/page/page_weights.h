/*
 * What the flame graphs of a page are drawn of. All of it counts: nothing is merged or left out.
 *
 * Columns: kind (enum page_kind), thread (its place in the page's list), state (enum page_state),
 * leader (of the lock waited for, or held, 0), stack (page_stacks.h), weight, count. Of samples,
 * with their times: time_ns, thread, stack, leader of a lock held.
 */
#ifndef PARPROF_PAGE_WEIGHTS_H
#define PARPROF_PAGE_WEIGHTS_H

#include "profiler/text.h"

struct history;
struct page_stacks;
struct store;

/* Word, title, unit of the weights. */
#define PAGE_KINDS(X)                                                                              \
	X(cpu, "On cores", "samples")                                                              \
	X(wait, "Waiting", "ns")                                                                   \
	X(blame, "Blamed: held while others waited", "ns")
enum page_kind {
#define X(name, title, unit) PAGE_KIND_##name,
	PAGE_KINDS(X)
#undef X
	    PAGE_KIND_COUNT
};

/* Samples beyond `most` are left out, all of them: *samples stays empty. 0, or -1 after error(). */
int page_weights_make(struct text *weights, struct text *samples, struct store *,
		      const struct history *, struct page_stacks *, int64_t most);

#endif
