/*
 * The readings: what the graph of a run says, written into temporary tables of the store's
 * connection (readings.sql), from which questions/ and so every form of a report read. Nothing is
 * written into the recording itself.
 *
 * To add a reading: its tables in readings.sql, its maker in READINGS.
 */
#ifndef PARPROF_READINGS_H
#define PARPROF_READINGS_H

#include "reports/graph/graph.h"
#include "reports/graph/history.h"
#include "reports/path/path_rows.h"

struct store;

struct reading_input {
	struct store *store;	   /* its tables of readings.sql are there, empty */
	const struct graph *graph; /* with its history */
	void *turn;		   /* NULL: no other reading uses the store */
	struct path_rows *path;	   /* to be filled by reading_path; NULL: nobody asks for it */
};

/* The first ones are made side by side, each in a thread: they use the store only while it is
 * theirs. The others follow in this order; each may read the tables of those before it. A maker
 * returns 0, or -1 after error(). */
#define READINGS_FIRST(X) X(sweep) X(path)
#define READINGS_LATER(X) X(replay) X(card) X(inversion) X(counter) X(sharing) X(python) X(mark)
#define READINGS(X) READINGS_FIRST(X) READINGS_LATER(X)
#define X(name) int reading_##name(struct reading_input *);
READINGS(X)
#undef X
void reading_take(struct reading_input *); /* the store */
void reading_give(struct reading_input *);
int readings_make_first(struct reading_input *);

/* What they are made of, and what was found on the way. */
struct reading_source {
	struct history history;
	struct graph graph; /* of that history: it must not be moved */
	struct path_rows path;
};

/* Makes them all. 0, or -1 after error(). */
int readings_make(struct store *);
/* The same for who goes on with what they are made of: to be freed, also after -1. */
int readings_make_from(struct store *, struct reading_source *);
void reading_source_free(struct reading_source *);
/* Only the first, of one pass over time: states, speedup stack, blame. The tables of the others are
 * there, empty. */
int readings_make_sweep(struct store *);

#endif
