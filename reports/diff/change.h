/*
 * What changed between two sides, A and B, each of one or several recordings (or the runs of a
 * sweep). Pure C: values come in, intervals and judgements come out.
 *
 * Invariants
 *  - A change is known only where both sides have INTERVAL_LEAST values; with 2 to 4 it is noise
 *    when the values of the sides overlap; with one each nothing is said about noise.
 *  - Values of recordings are paired, the first of A with the first of B …, when there are as many.
 */
#ifndef PARPROF_DIFF_CHANGE_H
#define PARPROF_DIFF_CHANGE_H

#include "profiler/hash.h"
#include <stdbool.h>
#include <stddef.h>

enum change_side { SIDE_A, SIDE_B, SIDES };

enum judgement {
	JUDGED_SAME,	/* equal */
	JUDGED_NOISE,	/* within noise */
	JUDGED_CHANGED, /* more than noise */
	JUDGED_APART,	/* a few values, and none of one side among the other's */
	JUDGED_UNKNOWN, /* one value each */
	JUDGED_ALONE,	/* one side has none: a point of one sweep only */
};

struct change {
	char *section, *name, *place, *unit; /* place may be NULL */
	double *value[SIDES];
	size_t count[SIDES];
	bool paired, keeps_order;
	size_t rank, order; /* of its section; of its first value */
	/* made of them */
	double middle[SIDES]; /* medians */
	double part;	      /* B / A - 1; NAN when A is 0 */
	double low, high;     /* its interval of 95 %, NAN: not known */
	enum judgement judgement;
};

struct changes {
	struct change *rows;
	size_t count, room;
	size_t before[SIDES]; /* values a row has at least when another is added: zeros */
	struct hash places;   /* of rows, by words; until they are judged */
};

/* Adds a value to its row, which is made when it is the first; see `before`. */
void changes_add(struct changes *, enum change_side, const char *section, const char *name,
		 const char *place, const char *unit, double value);
/* Rows that have fewer values of that side get zeros: what was not seen did not happen. */
void changes_pad(struct changes *, enum change_side, size_t count);
/* Judges every row, and sorts each section by the size of the change; `fixed` ones keep their
 * order. */
void changes_judge(struct changes *, bool paired, const char *fixed);
const struct change *changes_find(const struct changes *, const char *section, const char *name);
void changes_free(struct changes *);

const char *judgement_words(enum judgement);

#endif
