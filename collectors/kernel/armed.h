/*
 * What it costs a thread that a debug register is set for it, though nothing is hit. On most
 * processors nothing; on some (seen: Sapphire Rapids) a store that lies across two cache lines
 * takes ten times as long meanwhile, and code full of them, such as sums into rows of an odd
 * length, ran up to three times as long.
 */
#ifndef PARPROF_KERNEL_ARMED_H
#define PARPROF_KERNEL_ARMED_H

#include <stdbool.h>
#include <stdint.h>

/* Measured once, in a tenth of a millisecond; false, too, where none can be set. */
bool armed_slows(void);
/* What a thread loses in so long a time with one set, as far as was seen. */
uint64_t armed_loss_ns(uint64_t ns);

#endif
