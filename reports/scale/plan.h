/*
 * What a sweep measures: points (a number of cores, a number of threads, or both), and how a point
 * gets its program: a placeholder in the command, a variable of the environment, an affinity.
 *
 * Invariants
 *  - Points have different n, in rising order; the first is what others are compared with.
 *  - threads is 0 where the number of threads is left to the program.
 */
#ifndef PARPROF_SCALE_PLAN_H
#define PARPROF_SCALE_PLAN_H

#include "reports/scale/cores.h"
#include "reports/scale/execution.h"
#include <stdbool.h>
#include <stddef.h>

#define PLAN_MOST 1024 /* cores or threads of a point */

struct plan_point {
	int n; /* what grows: threads when they are set, else cores */
	int cores, threads;
};

/* As the options have it. */
struct plan_wish {
	const char *cores, *threads; /* lists, NULL: not given */
	int most;		     /* 0: not given */
	const char *placeholder;     /* NULL: the default, which need not be there */
	const char *variable;	     /* NULL: none */
	enum pin pin;
};

struct plan {
	char **command;		 /* with its placeholders */
	const char *placeholder; /* NULL: the command has none */
	const char *variable;
	enum pin pin;
	struct cores cores;
	struct plan_point *points;
	size_t count;
};

/* Ends in usage_error() when the wish makes no sense here. */
void plan_make(struct plan *, const struct plan_wish *, char **command);
void plan_free(struct plan *);

/* The run of a point: what to run, nothing measured yet. argv is to be given to plan_release(). */
struct execution plan_execution(const struct plan *, const struct plan_point *);
void plan_release(struct execution *);

/* "1,2,4-8": sorted, each once; to be freed. NULL: not such a list. */
int *plan_list(const char *words, size_t *count);
/* 1 … most, thinned out above 8: 1 2 3 4 6 8 12 16 24 …; to be freed. */
int *plan_default(int most, size_t *count);

#endif
