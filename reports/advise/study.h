/*
 * The study of a run: what it did alone, in which regions, what a proposal to divide them would
 * reach on this machine, and the advice that follows.
 */
#ifndef PARPROF_ADVISE_STUDY_H
#define PARPROF_ADVISE_STUDY_H

#include "reports/advise/advice.h"
#include "reports/advise/alone.h"
#include "reports/advise/children.h"
#include "reports/advise/crews.h"
#include "reports/advise/proposal.h"
#include "reports/advise/uses.h"
#include "reports/advise/waiting.h"
#include <stdbool.h>

struct graph;
struct store;

#define ESTIMATES_MAX 16

/* Who shares the work. */
enum sharers { SHARERS_THREADS, SHARERS_PROCESSES };

struct study {
	struct codes codes;
	struct regions regions;
	struct uses uses;
	struct alone alone;
	struct machine_prices prices;
	double sample_ns;	/* what a sample stands for */
	double samples;		/* in what ran alone */
	double *memory, *bytes; /* by region: share of its time; per second, in its own code */
	struct proposal proposal;
	struct advice_case facts;
	struct estimate estimate[ESTIMATES_MAX]; /* the first: for the CPUs that there are */
	int estimates;
	struct estimate ceiling;
	struct advice advice;
	struct waiting waiting;
	struct children children;
	double lanes, got;     /* the speedup that was possible, that was got, as in the report */
	bool python;	       /* most of it is Python: its threads share a GIL */
	double held;	       /* then: part of its work that was done with the GIL */
	enum sharers sharers;  /* what the estimates are for: the better ones */
	struct estimate other; /* for the CPUs that there are, with the others */
};

/* 0, or -1 after error(); to be freed in any case. */
int study_make(struct study *, struct store *, const struct graph *);
void study_free(struct study *);

#endif
