/*
 * Sections: parts of a report that have an option of their own, `parprof report --machine`, and
 * then are all that is printed. Options, text and JSON derive from the list.
 *
 * To add one: its name and help in SECTIONS, its tables in section.c.
 */
#ifndef PARPROF_SECTION_H
#define PARPROF_SECTION_H

#include "reports/model.h"
#include <stdbool.h>

#define SECTIONS(X)                                                                                \
	X(threads,                                                                                 \
	  "only the threads: their lives, states and switches, and the functions that ran")        \
	X(python, "only Python: who has the GIL, what threads are at, what processes would give")  \
	X(machine, "only the machine: cores, caches, limits, what threads and locks cost")         \
	X(cache, "only caches: misses by function and line, and false sharing suspects")

enum section_number {
#define X(name, help) SECTION_##name,
	SECTIONS(X)
#undef X
	    SECTION_COUNT
};

struct look;
struct style;
struct text;

struct section {
	const enum model_table *tables; /* in this order; MODEL_TABLE_COUNT ends */
	bool readings; /* some of them are of the graph, which takes time to make */
	/* What it comes to, in words; may be NULL. */
	void (*sentence)(struct text *, const struct model *, const struct style *);
	/* Instead of the last of the tables, as text; may be NULL. */
	void (*draw)(struct text *, const struct model *, const struct look *);
};

const struct section *section_find(enum section_number);
/* Only what the section shows. -1 after error(). */
int section_read(struct model *, struct store *, const struct section *);

#endif
