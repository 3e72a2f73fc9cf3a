/*
 * Off rows: the times of threads off the cores, as rows. Each is one of off_core, unless there are
 * more of them than rows are worth writing: then those of a thread that follow each other are one
 * row of off_stretch, which says how long it was ready and blocked within. Nothing is left out:
 * sums are exact, only where in the stretch they lie is not known.
 *
 * Measured: a row is 0.4 us of the recorder's time, which a program that yields all the time
 * would pay for 600,000 times a second.
 *
 * Invariants
 *  - Rows of one thread do not overlap.
 *  - ready_ns + blocked_ns = the times off that a stretch is made of, at most its length.
 *  - A wait that was recorded lies in no stretch: the times before and after it are told apart.
 */
#ifndef PARPROF_OFF_ROWS_H
#define PARPROF_OFF_ROWS_H

#include "profiler/store_rows.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct off_stretch {
	int64_t task, begin, end, ready_ns, blocked_ns;
	size_t count; /* times off, 0: none is open */
};

struct off_rows {
	struct store *store;
	struct store_rows *single, *stretch;
	struct off_stretch open;
	int64_t longest_ns;  /* of a stretch, now; 0: each time is a row */
	int64_t since;	     /* begin of what is counted */
	size_t count, tasks; /* since then: times off; threads that had any in one round */
	int64_t round_task;  /* last of this round, and how many */
	size_t round_tasks;
	uint64_t joined;  /* times off that are part of a stretch */
	double rate_most; /* of times off, a second, when there were stretches */
	int64_t longest_most_ns;
};

/* How long stretches must be, that so many times off of so many threads within ns become few
 * enough rows; 0: they are few enough. */
int64_t off_stretch_for(size_t count, size_t tasks, int64_t ns);

void off_rows_open(struct off_rows *, struct store *);
/* In order of time, all of one task before those of the next. */
void off_rows_add(struct off_rows *, int64_t task, int64_t begin, int64_t end, bool preempted);
/* What follows is apart from what came: another task, or a wait lies between. */
void off_rows_part(struct off_rows *);
/* A round over all tasks is done: what happened until then was added. */
void off_rows_round(struct off_rows *, int64_t until);
void off_rows_close(struct off_rows *);

#endif
