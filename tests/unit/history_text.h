/*
 * Histories written by hand, a line for each fact; what stands in [] may be left out, in any order:
 *
 *	end 1000		wall time; else the time of the last event
 *	cores 4
 *	thread main 0 1000 [cpu 700] [voluntary 3] [involuntary 1] [process 2] [at STACK]
 *	thread w1 10 900 by main [created 8] [group w0]
 *	object L mutex [use lock] [group K] [init 5]
 *		not declared: a mutex, or of the family it is called
 *	wait w1 L 20 40 [held-by main] [other w0] [weight 3] [at STACK] [shared] [acquired]
 *		[timed-out] [cancelled] [unfinished] [gives-up]
 *	hold main L 10 38 [waiters 1] [weight 64] [at STACK] [shared] [gives-up]
 *		acquired (0: not timed), released
 *	post main S 38 [waiters 1] [at STACK]		of a semaphore
 *	wake main C 50 [count 2] [all] [at STACK]	signal, broadcast, futex
 *	poll w1 L 60 70 5 [at STACK]			first, last, tries
 *	usage w1 80 55 [3 1]				CPU ns, voluntary, involuntary switches
 *	off w1 20 40 [preempted]			on no core
 *	tally w1 L 100 10 5000 600	acquisitions, contended, hold ns, wait ns
 *
 * Threads come before the lines that name them. Lock ids are index + 1, thread ids as well. When no
 * tally is given they are counted from the events.
 */
#ifndef PARPROF_HISTORY_TEXT_H
#define PARPROF_HISTORY_TEXT_H

#include "reports/graph/history.h"

/* Sorted. A line that is wrong is printed, and ends the tests. */
void history_from_text(struct history *, const char *text);
/* The other way round, to stderr: to look at a history that a test failed with. */
void history_print(const struct history *);
/* Tallies and sums of objects from the events. */
void history_count(struct history *);
uint32_t history_find_thread(const struct history *, const char *name); /* NOBODY */
uint32_t history_find_object(const struct history *, const char *name); /* NOTHING */

#endif
