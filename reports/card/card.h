/*
 * The card of a lock: what is the matter with it, in words. Facts of it are exact sums of the
 * recording, or counted in its history; each trait is a test of them with its evidence and the
 * usual cure. All traits are one table, in trait.c.
 *
 * Rate against contention: the quadrants of SyncPerf (Alam et al., EuroSys 2017).
 */
#ifndef PARPROF_CARD_H
#define PARPROF_CARD_H

#include "reports/graph/history.h"

struct text;

/* Limits of the tests. Name, value, what it is. */
#define CARD_LIMITS(X)                                                                             \
	X(COST, 0.01, "part of the working time of all threads that must be lost to it")           \
	X(CONTENDED, 0.1, "part of its acquisitions that waited: contended")                       \
	X(RATE, 1000, "acquisitions of one lock a second: often")                                  \
	X(LONG_NS, 10000, "a section on average: long, as waking a thread takes about so much")    \
	X(SHORT_NS, 1000, "a section on average: shorter than it takes to hand a lock over")       \
	X(PAIR_NS, 25, "a lock and unlock that nobody disturbs")                                   \
	X(PAIRS, 0.05, "part of all CPU time spent on such pairs: too many")                       \
	X(NEEDLESS, 0.01, "the same, of a lock that nobody but one thread wants")                  \
	X(QUEUE, 3, "threads that wait at once, while any does: a convoy")                         \
	X(CONVOY, 0.5, "part of its acquisitions that waited, in a convoy")                        \
	X(HAND_OVERS, 100, "hand-overs that were seen, to speak of a pattern")                     \
	X(TO_AND_FRO, 0.5, "part of them that gave the lock back to who had just given it")        \
	X(PING_PONG, 0.3, "part of its acquisitions that waited, in a ping-pong")                  \
	X(STARVED, 5, "times as long as the other kind, readers or writers, is starved")           \
	X(STARVED_HOLDS, 10, "sections long, at least: else it waited its turn")                   \
	X(STARVED_WAITS, 20, "of them, at least")                                                  \
	X(HERD, 3, "threads woken by a broadcast, on average")                                     \
	X(HERD_BACK, 0.5, "part of the woken that waited again at once")                           \
	X(HERD_WAKES, 100, "woken in vain, at least")                                              \
	X(WAKE_NS, 10000, "CPU time to wake a thread and let it sleep again")                      \
	X(HERD_COST, 0.001, "part of all CPU time so lost")                                        \
	X(ASK_RATE, 200000,                                                                        \
	  "acquisitions a second by one thread at one place: it does little else")                 \
	X(ASK_OTHERS, 0.01, "acquisitions elsewhere, against that one place: something is awaited")
#define X(name, value, why) static const double CARD_##name = value;
CARD_LIMITS(X)
#undef X

struct card_mode { /* readers, or writers */
	int64_t acquisitions, contended, wait_ns;
};

/* Of the locks made in one place: a group. */
struct card_facts {
	int64_t leader; /* 0: nothing is known of it */
	enum history_family family;
	enum history_use use;
	/* of the run: of all threads, what was not waited for work or for others; CPU time */
	int64_t wall_ns, work_ns, cpu_ns;
	/* exact */
	int64_t instances, acquisitions, contended, failed, wait_ns, hold_ns, hold_avg_ns;
	/* of the one that has most */
	int64_t threads, threads_each, acquisitions_each;
	struct card_mode reader, writer;
	/* the thread and place with most acquisitions: how many, and the thread's life */
	int64_t place_acquisitions, place_life_ns;
	int64_t place_all; /* of all threads at that place */
	double path_share; /* of the run: held or handed over on the critical path */
	/* from the history */
	double queue; /* threads that wait at once, while any does */
	int64_t hand_overs, hand_over_ns, to_and_fro; /* ns: from release to return, all together */
	uint32_t one, other;			      /* threads that did that most; NOBODY */
	int64_t broadcasts, woken, back;	      /* of a condition; back: woken in vain */
	int64_t polls, poll_tries, poll_ns;
};

struct trait {
	const char *name;
	double (*weight)(const struct card_facts *); /* 0: it has not got this trait */
	void (*evidence)(struct text *, const struct card_facts *, const struct history *);
	const char *cure;
};
extern const struct trait card_traits[];
extern const unsigned card_trait_count;

/* Fills in what the history says; facts: by object, at the first one of each group. Only of locks
 * whose waits cost something, and of conditions. */
void card_watch(const struct history *, struct card_facts *);

struct store;
/* The exact sums. Facts as above, of the groups that have a leader. 0, or -1 after error(). */
int card_read(struct store *, const struct history *, struct card_facts *);

/* Waiting for it took a part of the threads' time that matters. */
static inline bool card_costs(const struct card_facts *f)
{
	return f->use == USE_LOCK && (double)f->wait_ns >= CARD_COST * (double)f->work_ns &&
	       f->wait_ns > 0;
}

#endif
