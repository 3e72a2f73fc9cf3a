/*
 * Units of work: what a thread of a pool does again and again, from one place that recurs to the
 * next. The units of threads that do the same can be dealt to any number of them.
 *
 * Crews: the threads of one group that live at the same time and take from the same queue. A
 * thread's code, between one barrier and the next, is: what it does first, its units, the rest.
 * Where no place recurs, all of it is one share of work, thought to be divisible at will.
 */
#ifndef PARPROF_CREWS_H
#define PARPROF_CREWS_H

#include "reports/replay/program.h"

struct crew {
	uint32_t group;	       /* program_thread.group */
	uint32_t first, count; /* its threads: of crews.thread */
	size_t units;	       /* marked in its code */
	int64_t work_ns;       /* on a core, asleep, in input and output */
	bool pulls;	       /* they take from a queue, or did not do equally many units */
};
struct crews {
	struct crew *crew;
	uint32_t *thread; /* of the program, grouped by crew, in order of their begin */
	size_t count;
};

/* Finds crews among the created threads of a program whose threads have one span each; marks the
 * begin of each unit (OP_UNIT) and what follows the last one (OP_REST). */
void crews_find(struct crews *, struct program *, const struct history *);
void crews_free(struct crews *);

#endif
