/*
 * What Python programs are told: who has the GIL, what their threads wait for in Python's terms,
 * and what threads, processes and a build without GIL would give on this machine.
 *
 *	figures.c  speedups against the same work done in one thread (pure)
 *	verdict.c  what holds the program back (pure)
 *	reading_python.c  the sums they need, and their tables
 */
#ifndef PARPROF_REPORTS_PYTHON_H
#define PARPROF_REPORTS_PYTHON_H

#include <stdbool.h>
#include <stdint.h>

/* Sums over the run's Python processes. Times in ns. */
struct python_sums {
	double wall;	  /* from the first one's begin to the last one's end */
	double alone;	  /* of it one thread had work, and no other */
	double serial;	  /* of that it was on a core, or in input of its own */
	double work;	  /* on cores, without what is there for messages and processes */
	double input;	  /* in input, output and sleep of their own */
	double cost;	  /* on cores for messages and processes: pickling, moving, handing on */
	double longest;	  /* work and input of the thread that has most, but for its serial part */
	double held;	  /* on cores with the GIL, of the process where that is most */
	double held_wall; /* the GIL of that process was held */
	double waited;	  /* for the GIL, of all threads */
	int cores;
	bool virtual_cores; /* of a virtual machine */
	int workers;	    /* threads with work or input while others had some, too */
	int computing;	    /* of them: with work on cores */
	double computing_work, computing_held,
	    computing_waited;	/* of those; held, waited: the GIL */
	int processes;		/* of them */
	double serial_first;	/* of serial: of the threads that programs began with */
	double doubt;		/* of work: one thread might not take it, see python_figures_of() */
	double started;		/* on cores to start processes and threads */
	double started_workers; /* the same in those processes, until they were at work */
	/* To start processes, where none were seen: libraries and a pool; and of each process, in
	 * the parent, and in itself until it is at work. */
	double start_pool, start_parent, start_child;
	double nobody;	 /* of the wall time: no thread had work, as when pools end */
	double woken;	 /* as much as it took to wake who waited for messages */
	double messages; /* between processes */
	double message_bytes;
};

/* Speedup against the same work in one thread. */
struct python_figure {
	double low, value, high;
};
struct python_figures {
	struct python_figure now;	    /* the run as it was */
	struct python_figure threads;	    /* with this GIL, at best */
	struct python_figure processes;	    /* a process for each worker */
	struct python_figure free_threaded; /* threads without a GIL */
	struct python_figure even; /* as it is, without what messages cost, work divided evenly */
};

/*
 * With S serial time, C work on cores behind it, H of it with the GIL, L the longest share, P
 * cores, I input: serial work T = S + C + I; threads T / (S + max(H, C / P, L)), processes and free
 * threads without H, processes with their starts, of which those that are seen are as they were.
 * After Amdahl, with the bound of the longest task (Graham 1969). Even work has no L, and what a
 * worker does alone is not serial.
 *
 * doubt: pages that were new, what samples do not meet as cores are given and taken, what runs with
 * cold caches between messages. T has all of it at the high end, none at the low end, and between
 * them a half or as much as messages leave of the time on cores.
 */
struct python_figures python_figures_of(const struct python_sums *);

/* The thread of a process that waits most for the GIL, and the one that has it then. */
struct python_convoy {
	double life, waited, waits, held, takes; /* of the victim; ns, counts */
	double requests;			 /* so often it asked the holder to drop it */
	double others_held;			 /* of the thread that held it most */
};

#define PYTHON_KINDS(X)                                                                            \
	X(none, NULL)                                                                              \
	X(gil, "gil")                                                                              \
	X(convoy, "convoy")                                                                        \
	X(transfer, "transfer")                                                                    \
	X(tasks, "tasks")                                                                          \
	X(io, "io")
enum python_kind {
#define X(name, word) PYTHON_##name,
	PYTHON_KINDS(X)
#undef X
	    PYTHON_KIND_COUNT
};
const char *python_kind_word(enum python_kind); /* NULL for none */

bool python_is_convoy(const struct python_convoy *);
bool python_is_gil_bound(const struct python_sums *);
/* NONE: what holds it back, if anything, is not of Python's making. */
enum python_kind python_kind_of(const struct python_sums *, const struct python_convoy *);

#endif
