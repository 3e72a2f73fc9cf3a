/* What-ifs: scenarios with their words, replayed, as rows of reading_whatif. */
#ifndef PARPROF_WHATIF_H
#define PARPROF_WHATIF_H

#include "reports/replay/replay.h"

struct store;

struct whatif {
	char *words; /* as one would type it: "--hold ledger_mu=0.5"; owned */
	char *name;  /* of the function it is about, or of an array of locks, "shelf[*].mu"; NULL:
			none; owned */
	struct scenario scenario;
	struct edit edit;   /* of the scenario, when it has one; owned */
	struct staff staff; /* likewise */
	int64_t leader;	    /* lock.id, 0: none */
	uint32_t stack;
	struct band band; /* low 0: its replay came to no end */
};

struct whatifs {
	struct whatif *row;
	size_t count, room;
};

/* Appends one; words are copied. The scenario is set by the caller afterwards. */
struct whatif *whatif_add(struct whatifs *, const char *words);
/* What the recording suggests: its worst locks and serial phases, more threads, more cores. */
int whatif_suggest(struct whatifs *, struct store *, const struct replay *);
/* Replays all. */
void whatif_run(struct whatifs *, struct replay *);
/* The greatest certain gain first. */
void whatif_sort(struct whatifs *);
/* Into reading_whatif; those that came to no end are left out. 0, or -1 after error(). */
int whatif_write(const struct whatifs *, struct store *, const struct replay *);
void whatif_free(struct whatifs *);

#endif
