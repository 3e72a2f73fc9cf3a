/*
 * Watching passes of loops while the program runs: the busiest loops (piece_loops.h) in turns, each
 * for a moment (piece_moment.h), in the thread that samples found in it last. What is found goes to
 * the tables piece_watch and piece_word when a process ends.
 *
 * Invariants
 *  - At most 1 in `share` of the time: after a moment so many times what it cost must pass before
 *    the next one.
 *  - One quick moment at a time, and a few of slow loops beside it.
 *  - NULL, when it is off or refused, is accepted by all functions.
 */
#ifndef PARPROF_PIECE_WATCH_H
#define PARPROF_PIECE_WATCH_H

#include "profiler/kernel_feed.h"

struct piece_watch;

/* NULL after it was said why. Listens to the feed until it is closed. */
struct piece_watch *piece_watch_open(struct store *, struct kernel_feed *, unsigned share);
/* now_ns: CLOCK_MONOTONIC; may_begin: nobody else uses debug registers. */
void piece_watch_tick(struct piece_watch *, uint64_t now_ns, bool may_begin);
bool piece_watch_is_quick(const struct piece_watch *); /* a quick moment is open */
uint64_t piece_watch_pause(const struct piece_watch *, uint64_t pause_ns);
void piece_watch_close(struct piece_watch *);

#endif
