#include "reports/python/python.h"
#include <math.h>

#define UNSURE 0.06	  /* of each figure: what was measured was measured once */
#define CORES_UNSURE 0.12 /* two cores do not halve: memory, clock and siblings are shared */
/* Those of a virtual machine may be siblings on one core, or be shared with others: two gave 0.9 to
 * 2.0 times as much as one, within a minute. */
#define VIRTUAL_UNSURE 0.3
/* Of starts that were not seen: no pool, only processes, or one that imports more. */
#define STARTS_LOW 0.5
#define STARTS_HIGH 1.5

/* What a way to run the same work takes beside it. */
struct way {
	double serial;	/* one thread alone */
	double longest; /* share that one thread has */
	double held;	/* with the GIL, behind the serial part */
	double starts, starts_low, starts_high;
};

static double one_high(const struct python_sums *s)
{
	return s->work + s->input;
}

static double one_low(const struct python_sums *s)
{
	return one_high(s) - fmin(s->doubt, s->work);
}

/* The more of the time goes to messages, the likelier is it that one thread could do without. */
static double one_thread(const struct python_sums *s)
{
	double all = s->work + s->cost, part = all > 0 ? s->cost / all : 0;
	return one_high(s) - fmin(s->doubt, s->work) * fmax(part, 0.5);
}

static double parallel_of(const struct python_sums *s, const struct way *w)
{
	return fmax(s->work - w->serial, 0);
}

/* high: with all of the cores; low: when they give less than they should, and one thread could have
 * done without the pages that were new to these. */
static struct python_figure figure(const struct python_sums *s, const struct way *w)
{
	int parts = s->workers > s->processes ? s->workers : s->processes;
	int used = parts < s->cores ? parts : s->cores;
	used = used < 1 ? 1 : used;
	double unsure = s->virtual_cores ? VIRTUAL_UNSURE : CORES_UNSURE;
	double cores = used, few = used > 1 ? used * (1 - unsure) : 1;
	double parallel = parallel_of(s, w);
	double least = fmax(w->held, fmax(parallel / cores, w->longest));
	double most = fmax(w->held, fmax(parallel / few, w->longest));
	double time = w->serial + least + w->starts;
	double slow = w->serial + most + w->starts_high, fast = w->serial + least + w->starts_low;
	if (!(time > 0))
		return (struct python_figure){1, 1, 1};
	return (struct python_figure){one_low(s) / slow * (1 - UNSURE), one_thread(s) / time,
				      one_high(s) / fast * (1 + UNSURE)};
}

static struct python_figure now(const struct python_sums *s)
{
	double wall = s->wall;
	if (!(wall > 0))
		return (struct python_figure){1, 1, 1};
	return (struct python_figure){one_low(s) / wall * (1 - UNSURE), one_thread(s) / wall,
				      one_high(s) / wall * (1 + UNSURE)};
}

/* Processes are forked one after the other, but those that are there work meanwhile. */
static double starts_of(const struct python_sums *s, int processes)
{
	int cores = s->cores > 1 ? s->cores : 1;
	return s->start_pool + processes * (s->start_parent + s->start_child) / cores;
}

/* A process for each worker, or for each core. */
static struct way in_processes(const struct python_sums *s, const struct way *threads)
{
	struct way w = *threads;
	int least = s->workers < s->cores ? s->workers : s->cores;
	double low = starts_of(s, least), high = starts_of(s, s->workers);
	w.held = 0;
	w.starts = (low + high) / 2;
	w.starts_low = STARTS_LOW * low;
	w.starts_high = STARTS_HIGH * high;
	return w;
}

/* Work that is divided evenly leaves alone only where the program began. What messages leave nobody
 * with is theirs. */
static struct way evenly(const struct python_sums *s)
{
	int cores = s->cores > 1 ? s->cores : 1;
	struct way w = {.serial = fmin(s->serial_first, s->wall)};
	if (s->processes < 2)
		w.held = fmax(s->held - w.serial, 0);
	double empty = fmax(s->nobody - s->woken, 0);
	w.starts_low = (s->started + s->started_workers) / cores;
	w.starts_high = s->started + s->started_workers + empty;
	w.starts = s->started * (1 + 1.0 / cores) / 2 + s->started_workers / cores + empty;
	return w;
}

struct python_figures python_figures_of(const struct python_sums *s)
{
	struct way threads = {.serial = fmin(s->serial, s->wall), .longest = s->longest};
	threads.held = fmax(s->held - threads.serial, 0);
	struct way processes = in_processes(s, &threads), free_threaded = threads, even = evenly(s);
	free_threaded.held = 0;
	return (struct python_figures){
	    .now = now(s),
	    .threads = figure(s, &threads),
	    .processes = figure(s, &processes),
	    .free_threaded = figure(s, &free_threaded),
	    .even = figure(s, &even),
	};
}
