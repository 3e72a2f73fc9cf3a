/*
 * The proposal: which regions to divide among threads, and how fast the run would be then. Of a
 * region and what lies in it, that is divided which leaves the shortest time.
 *
 *	T(p) = serial + sum over divided regions of
 *	       max(work / gain(p), bound × work) + entries × cost + unevenness
 *
 * (Amdahl 1967, with the costs that were measured). Work that is memory traffic has the memory's
 * gain instead; other work takes as much longer as the footprints of p threads do not fit the
 * caches that they share.
 *
 * Invariants
 *  - Divided regions do not lie in each other.
 *  - low <= middle <= high of every estimate, and all are at least 1.
 */
#ifndef PARPROF_ADVISE_PROPOSAL_H
#define PARPROF_ADVISE_PROPOSAL_H

#include "reports/advise/codes.h"
#include "reports/advise/judge.h"
#include "reports/advise/region.h"
#include "reports/advise/shared_caches.h"

/* What a number of threads can do together, and what having them costs. Times in ns. */
struct crew {
	double threads;
	double gain;	    /* computing, against one */
	double memory_gain; /* reading and writing memory, against one */
	double create;	    /* each thread, once */
	double entry;	    /* to begin a region together and to end it */
	double uneven;	    /* 0: all end at once; 1: the longest piece comes last */
	double in_turns;    /* part of all work that only one at a time can do: a GIL */
	const struct shared_caches *caches; /* that they have; NULL: of no matter */
	enum slower slower;		    /* by what does not fit them any more */
};
enum { CREW_LOW, CREW_MIDDLE, CREW_HIGH, CREW_COUNT }; /* of the speedup */

struct part { /* a region as it would be divided */
	uint32_t region;
	struct judgement judgement;
	double work;	/* ns */
	double memory;	/* of it, waiting for memory that others could use: 0..1 */
	double entries; /* times it is begun; -1: not known */
	double pieces;	/* in all; 0: not known */
	bool at_least;	/* pieces are: they are much shorter than what it takes to stop at them */
	double longest; /* ns, of a piece; 0: not known */
	bool divided;
	double alone; /* speedup of the run when only this is divided; by proposal_make() */
};

struct proposal {
	struct part *part; /* by region */
	uint32_t parts;
	double serial;	/* ns that stay as they are, on top of what regions leave: blocked, or
			   several  had work */
	double samples; /* that the work was measured with */
	double divided; /* ns of work in divided parts */
};

struct estimate {
	double threads, low, middle, high;
};

/* ns: of a sample. serial: see above. memory: of each region, NULL: none. Part of regions of less
 * than PART_LEAST of the time are not looked at. */
#define PART_LEAST 0.04
void proposal_make(struct proposal *, const struct regions *, const struct codes *, double ns,
		   double serial, const double *memory, const struct crew *);
void proposal_free(struct proposal *);
/* What the run took, of what is counted: without the time others had the cores. */
double proposal_whole(const struct proposal *);
double proposal_time(const struct proposal *, const struct regions *, const struct crew *,
		     double share);
/* crew[CREW_COUNT]. */
struct estimate proposal_estimate(const struct proposal *, const struct regions *,
				  const struct crew *);
/* With threads without end that cost nothing. */
struct estimate proposal_ceiling(const struct proposal *, const struct regions *);

#endif
