#include "reports/advise/study.h"
#include "profiler/store.h"
#include "reports/advise/study_samples.h"
#include <math.h>
#include <stdlib.h>

#define THREADS_SHOWN 8	 /* at least, beyond what this machine has */
#define PYTHON_SHARE 0.5 /* of its samples: it is a program of Python */

static double reading(struct store *store, const char *key)
{
	return store_keyed(store, "value FROM reading", key, 0);
}

/* Nobody needed a core, or what was blocked is not known. */
static double waiting_ns(const struct alone *a, double wall)
{
	return wall - serial_capacity(&a->running, 1) + a->ns[TILE_hidden];
}

/* While it computes, pipes and sockets fill up: one that has to wait for them nevertheless is
 * faster than what comes, and would only wait longer. */
static double paced_ns(struct store *store)
{
	return (double)store_value(
	    store,
	    "SELECT sum(ns) FROM reading_state WHERE state = 'idle' AND thread = (SELECT thread "
	    "FROM reading_state WHERE state = 'run' ORDER BY ns DESC LIMIT 1)",
	    0);
}

static void gather(struct study *s, struct store *store)
{
	struct advice_case *c = &s->facts;
	double run = s->alone.ns[TILE_run] + s->alone.ns[TILE_spin];
	c->wall = reading(store, "wall_ns"); /* the recorder waits a moment for what may come */
	c->waiting = waiting_ns(&s->alone, c->wall);
	c->paced = paced_ns(store);
	c->several = s->alone.several;
	c->samples = s->samples;
	c->cpus = s->prices.cpus;
	c->interpreted /= fmax(1, s->samples);
	s->sample_ns = s->samples > 0 ? run / s->samples : 0;
	s->lanes = reading(store, "lanes");
	s->got = reading(store, "speedup");
	s->python = c->interpreted > PYTHON_SHARE &&
		    store_value(store, "SELECT count(*) FROM gil_thread", 0) > 0;
	s->held = fmin(1, (double)store_value(store, "SELECT sum(hold_ns) FROM gil_thread", 0) /
			      fmax(1, run));
}

/* Time that stays as it is: what was not sampled, too. That others had the cores does not count. */
static double serial_ns(const struct study *s)
{
	double run = s->samples > 0 ? s->alone.ns[TILE_run] + s->alone.ns[TILE_spin] : 0;
	return fmax(0, s->facts.wall - run - s->alone.ns[TILE_ready]);
}

static void propose(const struct study *s, struct proposal *p, const double *memory,
		    const struct crew *crew)
{
	proposal_make(p, &s->regions, &s->codes, s->sample_ns, serial_ns(s), memory, crew);
}

static double speedup_with(const struct study *s, const double *memory, const struct crew *crew)
{
	struct proposal p;
	propose(s, &p, memory, crew);
	double time = proposal_time(&p, &s->regions, crew, 0);
	double now = proposal_whole(&p);
	proposal_free(&p);
	return time > 0 ? now / time : 1;
}

/* Of those who share the work. */
static void make_crews(const struct study *s, struct crew *crew, double threads,
		       enum sharers sharers)
{
	crews_make(crew, &s->prices, threads);
	if (s->python && sharers == SHARERS_THREADS)
		crews_hold_gil(crew, s->held);
	if (sharers == SHARERS_PROCESSES)
		crews_are_processes(crew, &s->prices);
}

static struct estimate estimate_of(const struct study *s, double threads, enum sharers sharers)
{
	struct crew crew[CREW_COUNT];
	make_crews(s, crew, threads, sharers);
	struct estimate e = proposal_estimate(&s->proposal, &s->regions, crew);
	if (s->facts.paced >= ADVICE_PACED * s->facts.wall)
		e.low = e.middle = 1;
	return e;
}

static void add_estimate(struct study *s, double threads)
{
	if (s->estimates < ESTIMATES_MAX)
		s->estimate[s->estimates++] = estimate_of(s, threads, s->sharers);
}

static void estimate(struct study *s)
{
	double cpus = fmax(1, s->prices.cpus);
	add_estimate(s, cpus);
	for (double n = 2; n <= fmax(THREADS_SHOWN, 2 * cpus); n *= 2)
		if (n != cpus)
			add_estimate(s, n);
	s->ceiling = proposal_ceiling(&s->proposal, &s->regions);
}

static bool is_inside_dependent(const struct study *s, uint32_t i)
{
	for (i = s->regions.region[i].parent; i; i = s->regions.region[i].parent)
		if (s->proposal.part[i].judgement.is == INDEPENDENCE_dependent)
			return true;
	return false;
}

/* Of the run: in regions whose pieces need each other, less what is divided inside. */
static double dependent_share(const struct study *s)
{
	double sum = 0;
	for (uint32_t i = 1; i < s->regions.count; i++) {
		const struct part *p = &s->proposal.part[i];
		bool outer =
		    p->judgement.is == INDEPENDENCE_dependent && !is_inside_dependent(s, i);
		if (outer)
			sum += p->work;
		else if (p->divided && is_inside_dependent(s, i))
			sum -= p->work;
	}
	return fmax(0, sum) / fmax(1, proposal_whole(&s->proposal));
}

static double unknown_share(const struct study *s)
{
	double sum = 0;
	for (uint32_t i = 1; i < s->regions.count; i++)
		if (s->proposal.part[i].divided &&
		    s->proposal.part[i].judgement.is == INDEPENDENCE_unknown)
			sum += s->proposal.part[i].work;
	return s->proposal.divided > 0 ? sum / s->proposal.divided : 0;
}

/* Threads cost less, where the GIL lets them run. */
static void choose_sharers(struct study *s, double cpus)
{
	struct estimate threads = estimate_of(s, cpus, SHARERS_THREADS);
	struct estimate processes = estimate_of(s, cpus, SHARERS_PROCESSES);
	s->sharers = threads.middle >= processes.middle ? SHARERS_THREADS : SHARERS_PROCESSES;
	s->other = s->sharers == SHARERS_THREADS ? processes : threads;
}

static void conclude(struct study *s)
{
	struct crew crew[CREW_COUNT], free_of_cost, free_of_memory, free_of_sharing;
	double cpus = fmax(1, s->prices.cpus);
	s->sharers = s->python ? SHARERS_PROCESSES : SHARERS_THREADS;
	make_crews(s, crew, cpus, s->sharers);
	propose(s, &s->proposal, s->memory, &crew[CREW_MIDDLE]);
	if (s->python)
		choose_sharers(s, cpus);
	make_crews(s, crew, cpus, s->sharers);
	estimate(s);
	free_of_cost = crew[CREW_MIDDLE];
	free_of_cost.create = free_of_cost.entry = free_of_cost.uneven = 0;
	free_of_memory = crew[CREW_MIDDLE];
	free_of_memory.caches = NULL;
	free_of_sharing = crew[CREW_MIDDLE];
	free_of_sharing.gain = free_of_sharing.threads;
	s->facts.estimate = s->estimate[0];
	s->facts.without_memory = speedup_with(s, NULL, &free_of_memory);
	s->facts.without_costs = speedup_with(s, s->memory, &free_of_cost);
	s->facts.without_sharing = speedup_with(s, s->memory, &free_of_sharing);
	if (s->python && s->proposal.divided > 0) /* its loops are known by its source */
		s->facts.interpreted = 0;
	s->facts.dependent = dependent_share(s);
	s->facts.unknown = unknown_share(s);
	s->advice = advice_of(&s->facts);
}

int study_make(struct study *s, struct store *store, const struct graph *g)
{
	*s = (struct study){.samples = 0};
	uses_init(&s->uses);
	alone_find(&s->alone, g);
	if (machine_prices_read(&s->prices, store) || study_samples(s, store, g->history))
		return -1;
	gather(s, store);
	uses_lock(&s->uses, &s->regions, s->sample_ns);
	if (waiting_find(&s->waiting, store, g, &s->alone) ||
	    children_find(&s->children, store, &s->alone))
		return -1;
	conclude(s);
	return 0;
}

void study_free(struct study *s)
{
	proposal_free(&s->proposal);
	uses_free(&s->uses);
	regions_free(&s->regions);
	codes_free(&s->codes);
	alone_free(&s->alone);
	waiting_free(&s->waiting);
	children_free(&s->children);
	free(s->memory);
	free(s->bytes);
	*s = (struct study){.samples = 0};
}
