/*
 * Rows of the bench: what one operation does, how many threads do it and how often.
 * A row's threads live as long as the process; all start a batch together.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#define THREADS_MAX 4

struct worker {
	const struct row *row;
	int index;
	uint64_t operations; /* to do in this batch */
	uint64_t done;
	uint64_t begin, end; /* of this batch, CLOCK_MONOTONIC ns */
} __attribute__((aligned(64)));

struct row {
	const char *name;
	int threads;
	uint64_t operations; /* per thread and batch: 10 to 50 ms natively */
	bool shared;	     /* the threads share the work: time per operation of all together */
	bool sleeps;	     /* threads are woken by each other: median of batches, else minimum */
	uint32_t section_ns; /* inside the lock, and as much outside */
	void (*batch)(struct worker *);
};

extern const struct row rows[]; /* ends with name NULL */

extern bool first_done; /* set by the first thread that has done its share of shared work */
extern double rounds_per_ns;

uint64_t clock_ns(void);
void work(uint64_t rounds);

#endif
