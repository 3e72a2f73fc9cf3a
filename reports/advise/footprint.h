/*
 * The footprint of a region: memory that its passes use again and again, from sampled addresses.
 *
 *	private   what each thread needs of its own: pages that passes write (scratch memory, sums
 *of which each thread has its own), or that one pass alone uses shared	  pages that several passes
 *read and none writes: tables, one for all threads
 *
 * A page that is met only once, by the run of an instruction through memory, is of neither; nor is
 * one that comes again only when the region is begun anew: threads divide those pages among them,
 * and all need together what one needed.
 *
 * How: a use of a page is a sample that met it. Uses of a page follow each other as long as the
 * region, by entry_ns, is not begun anew; such a row of uses lives from the first to the last.
 * Instructions whose pages hardly ever come again are left out. Of the others the number of rows is
 * estimated with those that no sample met, by the bias-corrected Chao1 (Chao 1984, Scand. J. Stat.
 * 11; Chao 1987, Biometrics 43): S + f1 (f1 - 1) / (2 (f2 + 1)), f1 and f2 being met once and
 * twice. It is a lower bound where some pages are used more than others. What is needed at a time
 * is that number times the part of the region's time that a row lives, where k uses that lie
 * (last - first) apart live (k + 1) / (k - 1) times as long, being evenly spread.
 *
 * Assumed: pages are used as a whole (what lies far apart seems to be more than it is); what lies
 * in one block of 16 pages is written all or not at all.
 *
 * Too few uses, or a region that nobody knows how often it is begun: nothing is known, all is 0.
 */
#ifndef PARPROF_ADVISE_FOOTPRINT_H
#define PARPROF_ADVISE_FOOTPRINT_H

#include "reports/advise/stream.h"

struct footprint {
	double private_bytes, shared_bytes; /* 0 and 0: nothing is known */
	double share;			    /* of the samples that met memory: met what is in it */
};

/* The times of a region, ns. */
struct footprint_times {
	double entry; /* from one begin of it to the next; INFINITY: only once; 0: not known */
	double piece; /* of a pass; 0: not known */
};

/* Of one region's samples, what lies in it included, in order of time. */
struct footprint footprint_of(const struct touch_sample *, size_t count,
			      const struct footprint_times *);
/* No more than was touched, in bytes; 0: nobody measured that. */
void footprint_bound(struct footprint *, double touched);

#endif
