/*
 * A sweep for people and for programs, read from the store: both print the same rows.
 */
#ifndef PARPROF_SCALE_SHOW_H
#define PARPROF_SCALE_SHOW_H

#include "reports/table.h"
#include "reports/terminal.h"
#include <stdint.h>

struct store;
struct text;

#define SHOWN_TABLES(X)                                                                            \
	X(scale)                                                                                   \
	X(scale_points)                                                                            \
	X(scale_runs)                                                                              \
	X(scale_fits) X(scale_curve) X(scale_predictions) X(scale_progress) X(scale_advice)

enum shown_table {
#define X(name) SHOWN_##name,
	SHOWN_TABLES(X)
#undef X
	    SHOWN_COUNT
};

struct shown {
	struct table table[SHOWN_COUNT];
};

int shown_read(struct shown *, struct store *, int64_t sweep); /* -1 after error() */
void shown_free(struct shown *);
int64_t shown_newest(struct store *); /* the last sweep of a file; 0: it has none */

void show_text(struct text *, const struct shown *, const struct terminal *);
void show_json(struct text *, const struct shown *);

#endif
