/*
 * What each thread did, interval by interval, for the page; and the critical path through them.
 *
 * Columns (columns.h): state, thread (its place in the page's list of threads), gap_ns since the
 * end of the row above of the same thread, or since its begin, duration_ns, site (page_sites.h; 0:
 * of no lock, and of the stack of the row behind it in its thread), waker (a thread's place + 1,
 * 0), woken_ns before the end, weight (how many it stands for). Rows are grouped by thread, in
 * order of time; in the gaps it ran. Times are in unit_ns. Of the path: thread, begin_ns,
 * duration_ns.
 *
 * Beyond `most` rows the shortest ones are merged: what lies between two that are kept becomes one,
 * of the state that fills most of it, or is left to running when it is short itself. "Short" is
 * less than merged_below_ns then.
 */
#ifndef PARPROF_PAGE_TIMELINE_H
#define PARPROF_PAGE_TIMELINE_H

#include "profiler/text.h"
#include "reports/graph/graph.h"
#include "reports/graph/history.h"
#include <stdint.h>

struct page_stacks;

/* Tile states, told apart further by what is waited for. Word, and words for a reader: those of the
 * tile state (graph.h) unless it is told apart. */
#define PAGE_STATES(X)                                                                             \
	X(run, tile_state_words[TILE_run])                                                         \
	X(ready, tile_state_words[TILE_ready])                                                     \
	X(lock, tile_state_words[TILE_lock])                                                       \
	X(gil, "waiting for the GIL")                                                              \
	X(spin, tile_state_words[TILE_spin])                                                       \
	X(condition, "waiting at a condition")                                                     \
	X(idle, tile_state_words[TILE_idle])                                                       \
	X(barrier, "waiting at a barrier")                                                         \
	X(join, "waiting for a thread or process to end")                                          \
	X(io, tile_state_words[TILE_io])                                                           \
	X(timer, tile_state_words[TILE_timer])                                                     \
	X(hidden, tile_state_words[TILE_hidden])
enum page_state {
#define X(name, words) PAGE_STATE_##name,
	PAGE_STATES(X)
#undef X
	    PAGE_STATE_COUNT
};

enum page_state page_state_of(enum history_use, enum history_family); /* of a wait */

struct page_timeline {
	struct text intervals, sites, path; /* columns */
	int64_t unit_ns;
	int64_t tiles, rows, merged_below_ns; /* tiles: but for running */
};

struct path_rows;
void page_timeline_make(struct page_timeline *, const struct graph *, const struct path_rows *,
			struct page_stacks *, int64_t most);
void page_timeline_free(struct page_timeline *);

#endif
