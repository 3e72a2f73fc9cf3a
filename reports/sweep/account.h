/*
 * One forward pass over time over all threads of a graph. Between two changes it adds up: what
 * every thread does, how many make progress, what of the lanes is lost and why, who holds up whom.
 * Memory O(threads + objects + results), time O(events × log threads).
 *
 * Lanes: what the program could have used at once. Cores, when its threads run for longer than they
 * sleep or wait for input and output; else as many as there are threads, as those need no core. At
 * most as many as there are threads that could work: alive and not waiting for the end of another
 * one, for at least a hundredth of the run.
 *
 * The speedup stack (Eyerman et al., ISPASS'12). At an instant min(progress, lanes) is got. The
 * rest is divided among the threads that make none, a lane each at most, in turn among those that
 *   1. wait for a lock, a core, a barrier, or have just been woken;
 *   2. wait for work, for time, for the outside: spare hands when there is one of the first kind;
 *   3. wait for the end of others: no hands of their own, mostly.
 * What is left has no thread to fill it. Named: a wait whose chain of blame goes through locks: the
 * last one of them, `lock`, as that one has to be mended; from being woken to running: `wake-up`;
 * else by what it waits for. Ends of threads while their creator waits for the others: `imbalance`,
 * `lock` while one of those waits for one.
 * The parts sum to the lanes × wall time.
 *
 * Serial: exactly one thread makes progress or is ready to, none waits for a lock. It ends when
 * another makes progress. A lone thread that then waits for nobody before it is alone again has
 * idle threads because it gives them too little: that is starvation by a slow producer, unless it
 * takes a hundredth of the run. At a barrier it is serial when all the others came with next to no
 * work of their own; else imbalance.
 *
 * Time that a thread ran, was ready, or was blocked unseen between two waits is known by length
 * only. It is taken as spread evenly: the thread makes progress at a rate.
 *
 * Blame with cascade (wPerf, OSDI'18): a wait for a lock hangs on who releases it next, by the rule
 * of profiler/blame.h; one for a condition, barrier, thread… on who ended it; and who waits himself
 * passes it on, to a depth of 10. Sums to weight × length of all waits and polls, in ns.
 */
#ifndef PARPROF_ACCOUNT_H
#define PARPROF_ACCOUNT_H

#include "reports/graph/graph.h"

/* Parts of the stack. Word, and how the store's table spells it. */
#define ACCOUNT_PARTS(X)                                                                           \
	X(work, "work")                                                                            \
	X(serial, "serial")                                                                        \
	X(lock, "lock")                                                                            \
	X(imbalance, "imbalance")                                                                  \
	X(starvation, "starvation")                                                                \
	X(spin, "spin")                                                                            \
	X(runtime, "runtime")                                                                      \
	X(no_core, "no-core")                                                                      \
	X(io, "io")                                                                                \
	X(timer, "timer")                                                                          \
	X(hidden, "hidden")                                                                        \
	X(wake_up, "wake-up")                                                                      \
	X(few_threads, "few-threads")                                                              \
	X(overhead, "overhead")
enum account_part_kind {
#define X(name, word) PART_##name,
	ACCOUNT_PARTS(X)
#undef X
	    PART_COUNT
};
extern const char *const account_part_words[PART_COUNT];

#define ACCOUNT_CAUSES(X)                                                                          \
	X(run, "run")                                                                              \
	X(ready, "ready")                                                                          \
	X(hidden, "hidden")                                                                        \
	X(io, "io")                                                                                \
	X(timer, "timer")                                                                          \
	X(wake_up, "wake-up") X(unknown, "unknown")
enum account_cause {
#define X(name, word) ROOT_##name,
	ACCOUNT_CAUSES(X)
#undef X
	    ROOT_COUNT
};
extern const char *const account_cause_words[ROOT_COUNT];

/* Objects in results are groups: indexes of history.object[].group. */
struct account_part {
	enum account_part_kind kind;
	uint32_t object; /* NOTHING */
	double ns;	 /* of lanes */
};

/* Of each object so many are known with their stacks, the largest: programs of many threads have
 * hundreds of thousands. */
#define ACCOUNT_BLAMES_WHOLE 200
struct account_blame {
	uint32_t object; /* waited for */
	enum account_cause cause;
	uint32_t culprit;	 /* thread at the root; NOBODY */
	uint32_t culprit_object; /* that the last link of the chain was, or NOTHING */
	uint32_t stack;		 /* of the culprit: where it released that, or what it did ended */
	bool direct;		 /* the chain has one link */
	int64_t ns;
};

struct account_serial {
	uint32_t thread, stack, count;
	int64_t ns, longest_ns, begin_ns; /* begin of the longest */
};

struct account_balance {
	uint32_t object; /* a barrier, or the joins of the threads made together */
	uint32_t generations, threads;
	int64_t wait_ns, mean_ns, max_ns;
	uint32_t late, late_count,
	    stack; /* came last most often; where it was for longest, in the worst case */
};

struct account_knot {
	uint32_t knot, thread;
	int64_t ns; /* it waited in the knot; of a knot of one: was busy */
};

struct account {
	int lanes;
	bool waits_progress; /* lanes are threads: input, output and sleep count as progress */
	int64_t wall_ns;     /* from the begin of the first thread to the end of the last one */
	uint32_t peak_threads;
	size_t threads;
	int64_t (*state_ns)[TILE_STATE_COUNT]; /* by thread */
	double *criticality_ns;		       /* by thread: integral of its part of all running */
	size_t counts;			       /* of the profile: 0 … counts - 1 threads */
	int64_t *running_ns, *progress_ns;
	struct account_part *part; /* work first, then by size */
	size_t parts;
	struct account_blame *blame;
	size_t blames;
	struct account_serial *serial;
	size_t serials;
	struct account_balance *balance;
	size_t balances;
	struct account_knot *knot;
	size_t knots;
};

/* overhead_ns: what the recording cost the program's threads, taken off the work. */
void account_make(struct account *, const struct graph *, int64_t overhead_ns);
/* That share of a part was a parallel runtime's own: of the work by samples, of what was blocked
 * unseen by threads. It goes to the part of runtimes. */
void account_split_runtime(struct account *, enum account_part_kind from, double share);
void account_free(struct account *);

#endif
