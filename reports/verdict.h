/*
 * The sentence a report begins with, and its one line of consequence, made of the same rows that
 * the tables print.
 */
#ifndef PARPROF_VERDICT_H
#define PARPROF_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

struct model;

/* The sums a verdict is decided on, of all threads. */
struct figures {
	int64_t threads, processes, threads_at_most; /* the last: of one process */
	int64_t wall_ns, life_ns, cpu_ns;
	int64_t cpu_unknown; /* threads whose CPU time is missing from cpu_ns */
	int64_t lock_ns, idle_ns, phase_ns, barrier_ns;
	int64_t futex_ns; /* of idle_ns: what for is not known */
	int64_t acquisitions, contended;
	int64_t run_ns, io_ns; /* on cores; in input and output */
	double lanes, got;     /* the speedup that was possible, that was got; 0: not known */
	double taken;	       /* of the lanes: ready, but other programs had the cores */
};

struct verdict {
	const char *code;	      /* see README.md: contended, cheap, idle … */
	char *sentence, *consequence; /* consequence may be empty */
	struct figures figures;
};

void verdict_gather(struct verdict *, const struct model *); /* the figures */
void verdict_make(struct verdict *, const struct model *);
void verdict_free(struct verdict *);

/* For tests: the code alone. finding: kind of the first finding, NULL: there is none. */
const char *verdict_code(const struct figures *, const char *finding);
bool verdict_is_short(const struct figures *); /* too short to say anything */

#endif
