/*
 * A history written by hand (history_text.h), its graph and the sweep over it; and questions to
 * that.
 */
#ifndef PARPROF_SWEPT_H
#define PARPROF_SWEPT_H

#include "reports/sweep/account.h"
#include "tests/unit/history_text.h"

struct swept {
	struct history history;
	struct graph graph;
	struct account account;
};

struct swept swept_text(const char *text);
void swept_free(struct swept *);

/* Names are those of the text, NULL: nobody, nothing. ns of the rows that are so; -1: there is
 * none. */
int64_t swept_blame(const struct swept *, const char *object, enum account_cause,
		    const char *culprit);
double swept_part(const struct swept *, enum account_part_kind, const char *object);
const struct account_serial *swept_serial(const struct swept *, const char *thread);
const struct account_balance *swept_balance(const struct swept *, const char *object);
int64_t swept_state(const struct swept *, const char *thread, enum tile_state);
/* "a+b c": the knots, by number, their threads in order. */
const char *swept_knots(const struct swept *);

/* What must be true of every sweep: NULL, or what is not. */
const char *swept_broken(const struct swept *);

#endif
