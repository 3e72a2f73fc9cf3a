/*
 * Watching cache lines: for moments, in turns, the words of a suspect line are watched in some of
 * the threads at once, so that it is known, not sampled, which of them use which word of it within
 * that moment. Suspects: lines that samples saw several threads use, and the lines of locks that
 * are taken often. What is found goes to the touches.
 *
 * Invariants
 *  - A watchpoint stops its thread once at most, then it is off.
 *  - At most 1 % of the time: after a moment 100 times what it cost must pass.
 *  - NULL, when it is off or refused, is accepted by all functions.
 */
#ifndef PARPROF_LINE_WATCH_H
#define PARPROF_LINE_WATCH_H

#include "profiler/touches.h"
#include "profiler/watch.h"

struct line_watch;
struct store;

/* NULL after it was said why. */
struct line_watch *line_watch_open(struct store *, struct touches *);
/* ns: CLOCK_MONOTONIC. */
void line_watch_tick(struct line_watch *, const struct watch *, uint64_t now_ns);
uint64_t line_watch_pause(const struct line_watch *, uint64_t now_ns, uint64_t pause_ns);
bool line_watch_is_open(const struct line_watch *); /* a moment is */
void line_watch_close(struct line_watch *);

/* What a moment showed: of each thread, bits of the words that it used. */
struct line_moment {
	uint32_t pid, tid;
	uint32_t fired; /* bit i: words[i] */
};
void line_watch_keep(struct touches *, uint32_t pid, const uint64_t *words, bool writes,
		     const struct line_moment *, int threads, int64_t ns);

#endif
