/* What threads can do together on the recorded machine, by the costs that were measured on it. */
#ifndef PARPROF_ADVISE_CREWS_H
#define PARPROF_ADVISE_CREWS_H

#include "reports/advise/proposal.h"
#include <stdbool.h>

struct store;

struct price { /* quartiles; median 0: not measured */
	double low, median, high;
};
enum { PRICES_MAX = 64 };
struct gain_at { /* against one thread */
	double threads;
	struct price gain;
};

struct machine_prices {
	double cpus;  /* that the program could use: by its mask, and by quota */
	double cores; /* of them; less where hardware threads share one */
	struct price create, barrier, queue, fork; /* fork: of a process that uses memory */
	double read_bytes;			   /* per second, one thread; 0: not known */
	struct gain_at compute[PRICES_MAX], memory[PRICES_MAX]; /* by threads */
	int computes, memories;
	struct shared_caches caches;
	bool virtual_cpus; /* which may be siblings on one core, at times */
	bool busy;	   /* other programs ran when they were measured: gains are lower bounds */
};

/* 0, or -1 after error(). */
int machine_prices_read(struct machine_prices *, struct store *);
/* How much so many threads compute together, against one. */
double machine_compute_gain(const struct machine_prices *, double threads);
/* Fills crew[CREW_COUNT], which have caches of the prices. More threads than CPUs: as many CPUs of
 * the same kind are assumed. */
void crews_make(struct crew *, const struct machine_prices *, double threads);

/* Makes threads of Python of them, that share a GIL, which is held for that part of the work. */
void crews_hold_gil(struct crew *, double held);
/* Makes processes of Python of them. */
void crews_are_processes(struct crew *, const struct machine_prices *);

#endif
