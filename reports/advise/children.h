/*
 * Children that a process of the run started one after the other: had they run at once, the run
 * would have been shorter, where they do not need each other.
 *
 * A child counts with what it added to the run: its life, less what it shared with others of that
 * parent, and less the time in which several threads of the run had work. A process that becomes
 * another program by exec stays the same child.
 */
#ifndef PARPROF_ADVISE_CHILDREN_H
#define PARPROF_ADVISE_CHILDREN_H

#include "profiler/text.h"
#include "reports/advise/alone.h"

struct store;

#define CHILDREN_MUCH 0.5 /* of the run: what is said of the run has to name them */

/* One child, in order of time among those of its parent. ns */
struct child {
	int64_t parent, begin, end;
	double several; /* of its life several threads of the run had work */
};

struct children {
	int64_t parent; /* process.id, 0: there is none */
	size_t count;
	double ns;	/* of all of them */
	double longest; /* of one */
	char *label;	/* of the parent, NULL when it is the first process */
};

/* The parent whose children would save the most. Sorts them. */
struct children children_of(struct child *, size_t count);
/* 0, or -1 after error(); to be freed in any case. */
int children_find(struct children *, struct store *, const struct alone *);
void children_free(struct children *);
/* Had all run at once: so many times as fast, at most. */
double children_ceiling(const struct children *, double wall);
/* The row of reading_advice_children. */
int children_write(const struct children *, struct store *, double wall);

/* "Its 5 children run one after the other: 8.2 s of it." Nothing when they are little of the run.
 */
void children_say(struct text *, const struct children *, double wall);
void children_change(struct text *, const struct children *, double wall);

#endif
