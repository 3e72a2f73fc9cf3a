/*
 * Streams: memory that a loop goes through in one direction, and how fast. Samples of addresses
 * tell it without any counter: of one instruction two of them, a short time apart and in the same
 * pass over an array, are as far apart as the loop went meanwhile. Data that is met at random, or
 * that is gone through many times between two samples because it is small, makes no stream: the
 * first does not use up the memory's bandwidth at one thread, the second lies in a cache.
 *
 * Pairs from different passes are scattered, those of one pass agree: a stream is there when enough
 * pairs agree. Instructions that are close together at all times are of one stream.
 *
 * Samples come at a steady pace. Passes that are shorter than it may look like one that is much
 * longer, as wheels do that seem to turn slowly: each sample finds the next but one pass a little
 * further on. It is none when nothing around it begins anew as seldom as it seems to do.
 */
#ifndef PARPROF_ADVISE_STREAM_H
#define PARPROF_ADVISE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct regions;
struct region_times; /* see region.h */

struct touch_sample {
	int64_t thread, time;
	uint64_t pc, address;
	uint32_t region; /* where it was met */
	bool reads, writes;
	bool sum;	    /* of a word read and written at once, see pages.h */
	uint32_t call, run; /* of a recursion: see calls.h; its entries, counted */
};

/* Memory traffic in bytes per second for each region: what is written counts twice, as a line is
 * read first. times, rate: by region; all rates are set. Sorts the samples. */
void streams_rate(struct touch_sample *, size_t count, const struct regions *,
		  const struct region_times *times, double *rate);

#endif
