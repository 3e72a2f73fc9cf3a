/*
 * The recorder: from the start of the program to a finished database.
 *
 * Whatever fails here, the program keeps running as it would alone and its exit status is what is
 * returned; a failure of ours is reported on stderr and in the database.
 */
#ifndef PARPROF_RECORDER_H
#define PARPROF_RECORDER_H

#include "profiler/kernel_feed.h"
#include <stdbool.h>
#include <stdint.h>

#define PIECES_SHARE_USUAL 67u

struct recorder_settings {
	const char *output; /* file name pattern, NULL: the default */
	const char *raw;    /* also keep the raw log here; NULL: no */
	char **written;	    /* gets the file's name, to be freed; NULL: nobody asks */
	bool force;	    /* replace existing files */
	unsigned
	    working_set; /* 1 in so much of the time may go into what processes touch; 0: none */
	/* 1 in so much of the time may go into counting and timing passes of loops, see
	 * piece_watch.h; 0: none */
	unsigned pieces_share;
	bool watch_lines;	 /* watchpoints on cache lines that threads share */
	bool wait_for_all;	 /* until every watched process is gone, not only the program */
	bool simulate;		 /* count cache misses under cachegrind, watch nothing else */
	const char *cache_sizes; /* then: as in cachegrind_cache.h; NULL: this machine's */
	const char *counters;	 /* names with commas, NULL: none */
	uint32_t hold_interval;
	uint32_t stack_depth;
	struct kernel_settings kernel;
};

/* Runs argv; returns the exit status for our caller. */
int recorder_run(const struct recorder_settings *, char **argv);

#endif
