/*
 * How often a program came by its points of progress (parprof.h), in recorded runs at the first and
 * the last point of a sweep. The runs that are timed are not watched: where both counts are the
 * same, the work is, and its count over each time is a throughput. Table scale_progress.
 */
#ifndef PARPROF_SCALE_THROUGHPUT_H
#define PARPROF_SCALE_THROUGHPUT_H

#include <stddef.h>
#include <stdint.h>

struct store;

struct throughput {
	struct throughput_count {
		int n; /* of the point */
		char *name;
		int64_t count, wall_ns;
	} * counts;
	size_t count;
};

/* Adds what a recording of that point has; 0, or -1 after error(). */
int throughput_read(struct throughput *, struct store *recording, int n);
int throughput_keep(const struct throughput *, struct store *, int64_t sweep);
void throughput_free(struct throughput *);

#endif
