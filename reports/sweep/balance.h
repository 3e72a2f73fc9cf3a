/*
 * How evenly work was divided: at barriers, by generation, and among threads that one thread made
 * and then joined. A share is the time from the last such meeting of a thread, or its birth, to its
 * arrival.
 */
#ifndef PARPROF_BALANCE_H
#define PARPROF_BALANCE_H

#include "reports/sweep/pass.h"

/* The others had next to no work of their own when they waited for this many times as long. */
enum { NO_WORK = 20 };

/* Threads of one parent, from the first one made while there was none. */
struct children {
	uint32_t alive, made, gone;
	bool dynamic;	/* made when others had ended: no shares of one work */
	bool joins;	/* the parent waits for the end of one, now */
	uint32_t group; /* of those waits; NOTHING: it never did */
	int64_t sum, most;
	uint32_t late;
};

struct worst {		/* meeting of a result */
	int64_t excess; /* of the longest share over the mean */
	uint32_t late;
};

struct balances {
	struct children *children; /* by parent */
	struct generation *generation;
	size_t generations, room;
	struct hash results; /* group + 1 -> index of the result */
	struct worst *worst; /* by result */
	struct hash late;    /* group + 1, thread + 1 -> how often */
	struct hash waits;   /* group + 1 -> ns */
};

void balances_open(struct pass *);
void balances_close(struct pass *); /* makes the results */

void balance_arrive(struct pass *, struct actor *); /* its span waits at a barrier */
void balance_left(struct pass *, struct actor *);   /* that wait was ended, now */
void balance_born(struct pass *, struct actor *);
void balance_gone(struct pass *, struct actor *);
void balance_joins(struct pass *, struct actor *); /* its span waits for a thread or child */
void balance_joined(struct pass *, struct actor *);
/* Any wait of state phase is over. */
void balance_waited(struct pass *, const struct actor *);

#endif
