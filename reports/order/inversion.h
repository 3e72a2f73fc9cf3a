/*
 * Locks that were taken in both orders: cycles of lock edges that could become a deadlock in
 * another run, by the filters of Bensalem and Havelund (Dynamic deadlock analysis of multi-threaded
 * programs, 2005):
 *
 *  - each edge of a cycle is another thread's;
 *  - no two of them hold a lock in common meanwhile (a gate), unless both only read it;
 *  - any two of them could be under way at one time: births, joins and barriers do not order them;
 *  - no lock of the cycle is both held and wanted by readers.
 *
 * What is left is possible, not certain: data may order the threads, too.
 */
#ifndef PARPROF_INVERSION_H
#define PARPROF_INVERSION_H

#include "reports/graph/history.h"

#define INVERSION_LOCKS_MAX 4

struct inversion_step { /* a thread holds a lock and wants the next step's */
	uint32_t lock, thread, held_stack, stack;
	uint64_t count;
};
struct inversion {
	struct inversion_step step[INVERSION_LOCKS_MAX];
	uint32_t length;
};

/* Calls each() for every inversion, once for the same code and locks made in the same places.
 * Sorted, and wakers found. Linear but for groups of locks that are taken in any order. */
typedef void inversion_found(void *data, const struct inversion *);
void inversions_find(const struct history *, inversion_found *each, void *data);

#endif
