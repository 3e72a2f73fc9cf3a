/*
 * The advice: is it worth making the program parallel? Decided on the sums of a run, what a
 * proposal would reach, and what it would reach without one obstacle or another.
 */
#ifndef PARPROF_ADVISE_ADVICE_H
#define PARPROF_ADVISE_ADVICE_H

#include "reports/advise/proposal.h"
#include <stdbool.h>

/* Word; what it means. */
#define WORTHS(X)                                                                                  \
	X(yes, "yes", "worth it")                                                                  \
	X(yes_if, "yes-if", "worth it, if its pieces are independent")                             \
	X(no, "no", "not worth it")                                                                \
	X(limited, "limited", "already limited by something else")                                 \
	X(short, "short", "the run was too short to tell")                                         \
	X(parallel, "parallel", "it is parallel already")
enum worth {
#define X(name, word, words) WORTH_##name,
	WORTHS(X)
#undef X
	    WORTH_COUNT
};
extern const char *const worth_words[WORTH_COUNT]; /* the first ones */
enum worth worth_of(const char *word);		   /* an unknown one is a BUG */

/* Why not, or not more. */
#define ADVICE_REASONS(X)                                                                          \
	X(none, "none")                                                                            \
	X(one_core, "one-core")	      /* there is only one to use */                               \
	X(waiting, "waiting")	      /* for input, output, time, others: not for a core */        \
	X(memory, "memory")	      /* bandwidth */                                              \
	X(cores, "cores")	      /* together they compute little more than one does */        \
	X(dependent, "dependent")     /* pieces need each other */                                 \
	X(grain, "grain")	      /* pieces are too small for what it costs to divide them */  \
	X(serial, "serial")	      /* too much of it is in no loop that could be divided */     \
	X(unsampled, "unsampled")     /* nobody looked at what ran */                              \
	X(interpreted, "interpreted") /* its loops are in a language that is interpreted */
enum advice_reason {
#define X(name, word) ADVICE_##name,
	ADVICE_REASONS(X)
#undef X
	    ADVICE_REASON_COUNT
};
extern const char *const advice_reason_words[ADVICE_REASON_COUNT];

#define ADVICE_WORTH 1.3	/* speedup that is sure: less is not worth the trouble */
#define ADVICE_WORTH_MIDDLE 1.4 /* or this one, that is likely */
#define ADVICE_SHORT_NS 2e9	/* shorter runs are mostly start and end */
#define ADVICE_SAMPLES_MIN 50	/* fewer say little of shares */
#define ADVICE_PARALLEL 0.25	/* of the run several had work: it is parallel */
#define ADVICE_WAITING 0.3	/* of the run nobody needed a core */
#define ADVICE_PACED 0.1	/* of the run it waited for what others send: they give the pace */

struct advice_case { /* ns but where said */
	double wall;
	double waiting; /* nobody needed a core */
	double paced;	/* the busiest thread waited for what comes from elsewhere */
	double several; /* two or more threads had work, be it that they took turns at a lock */
	double samples; /* of what ran alone, a count */
	double cpus;
	double dependent;   /* share of the run: in regions whose pieces need each other */
	double unknown;	    /* share of the divided work that nobody knows to be independent */
	double interpreted; /* share of the run's samples */
	struct estimate estimate;
	/* Speedups without an obstacle: memory like computing, dividing for nothing, cores that
	 * do not slow each other down. */
	double without_memory, without_costs, without_sharing;
};

struct advice {
	enum worth worth;
	enum advice_reason reason;
};

struct advice advice_of(const struct advice_case *);

#endif
