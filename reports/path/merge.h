/*
 * Many lists, each in order of time, read as one: a tree of losers (Knuth, The Art of Computer
 * Programming, vol. 3, 5.4.1). A step costs log2(lists) comparisons, and needs no memory.
 *
 *	merge_begin(&m, lists);
 *	for each list: merge_put(&m, list, time of its first entry, MERGE_END: it has none);
 *	for (merge_ready(&m); merge_time(&m) < MERGE_END; merge_next(&m, time of its next one))
 *		… merge_list(&m) …
 */
#ifndef PARPROF_MERGE_H
#define PARPROF_MERGE_H

#include <stdint.h>

#define MERGE_END INT64_MAX

struct merge_entry {
	int64_t time;
	uint32_t list;
};
struct merge {
	/* [0] is the winner, [1 … lists - 1] the losers; behind them the lists' first entries until
	 * merge_ready(). */
	struct merge_entry *node;
	uint32_t lists;
};

void merge_begin(struct merge *, uint32_t lists);
void merge_put(struct merge *, uint32_t list, int64_t time);
void merge_ready(struct merge *);
void merge_free(struct merge *);

static inline int64_t merge_time(const struct merge *m)
{
	return m->node[0].time;
}

static inline uint32_t merge_list(const struct merge *m)
{
	return m->node[0].list;
}

/* The list that was first goes on at that time. Without a branch: which one wins is not to be
 * foreseen. */
static inline void merge_next(struct merge *m, int64_t time)
{
	struct merge_entry e = {time, m->node[0].list};

	for (uint32_t n = (m->lists + e.list) / 2; n; n /= 2) {
		struct merge_entry *loser = &m->node[n];
		int64_t swap = -(int64_t)(loser->time < e.time);
		int64_t times = (loser->time ^ e.time) & swap;
		uint32_t lists = (loser->list ^ e.list) & (uint32_t)swap;
		loser->time ^= times;
		loser->list ^= lists;
		e.time ^= times;
		e.list ^= lists;
	}
	m->node[0] = e;
}

#endif
