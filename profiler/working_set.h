/*
 * The working set of each watched process: what it touches in about 10 ms and 100 ms, several times
 * a second when that is cheap, and in 1 s, now and then (table working_set). From outside: nothing
 * is done in the program, but its pages' bits are cleared and its translations flushed; readings
 * without a flush are lower bounds (table working_set_flush has those that were).
 *
 * Invariants
 *  - At most a share of the time, 1 in `share`: after a round at least so many times its cost must
 * pass, and a first round only begins when so much time has passed already. What the program spends
 * on touching its pages again counts, at the price that this machine takes.
 *  - NULL, when it is off, is accepted by all functions.
 */
#ifndef PARPROF_WORKING_SET_H
#define PARPROF_WORKING_SET_H

#include "profiler/watch.h"

struct store;
struct working_set;

struct working_set *working_set_open(struct store *, const struct arena *, unsigned share,
				     uint64_t first_ns);
/* first_ns and now_ns: CLOCK_MONOTONIC. */
void working_set_tick(struct working_set *, const struct watch *, uint64_t now_ns);
/* How long to sleep at most, so that the next reading is not late. */
uint64_t working_set_pause(const struct working_set *, uint64_t now_ns, uint64_t pause_ns);
void working_set_close(struct working_set *);

#endif
