#include "reports/advise/proposal.h"
#include "profiler/text.h"
#include "reports/fit/interval.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define PIECES_FEW 64	    /* per entry: fewer may not divide evenly */
#define SURER 1.03	    /* so much slower may be what is surer to be allowed; */
#define SURER_FEW 1.4	    /* beside few pieces, which are rounds or phases more often than not */
#define WORTH_DIVIDING 0.1  /* of all work: less is not worth the trouble */
#define UNKNOWN_ENTRIES 0.1 /* of the work, at worst */
#define UNEVEN_CALLS 0.1    /* likewise, of calls that call themselves */
#define BOUND_TRAPS 0.25    /* what is shorter than that part of a trap is not timed, but bounded */
#define PIECE_LEAST_NS 2    /* that are shorter cannot be told from nothing */
#define PARTS_VARY 0.12 /* from run to run, against the rest: standard deviation (tests/worth) */
#define WITHIN_95 1.96	/* standard deviations */

static const struct part *around(const struct proposal *p, const struct regions *r, uint32_t i)
{
	uint32_t outer = r->region[i].parent;
	return outer ? &p->part[outer] : NULL;
}

static void fill(struct proposal *p, const struct regions *r, const struct codes *c, uint32_t i,
		 double ns)
{
	const struct region *region = &r->region[i];
	struct part *part = &p->part[i];
	const struct part *outer = around(p, r, i);
	part->region = i;
	part->work = region->total * ns;
	part->judgement = judge_region(c, region);
	part->entries = !outer ? 1 : outer->pieces ? outer->pieces : -1;
	if (region->kind != REGION_LOOP || !c->loop[region->key].pieces)
		return;
	const struct loop_fact *l = &c->loop[region->key];
	double mean = fmax(l->piece_ns / l->pieces, PIECE_LEAST_NS);
	double variance = l->piece_squares / l->pieces - mean * mean;
	part->pieces = fmax(1, part->work / mean);
	part->at_least = mean < BOUND_TRAPS * l->trap_ns;
	if (l->marked) {
		part->entries = l->entries;
		part->pieces = l->pieces;
	}
	part->longest = fmin(l->piece_max_ns, mean + 2 * sqrt(fmax(0, variance)));
}

static double recursion_time(const struct region *r, double ns, double gain)
{
	double time = 0;
	for (int d = 0; d < REGION_LEVELS; d++)
		time += r->level[d] * ns / fmin(gain, ldexp(1, d));
	return time;
}

/* Of pieces that are few, some thread gets more than its share. */
static double evenness(const struct part *part, const struct crew *crew)
{
	double each = part->pieces / part->entries;
	if (!part->pieces || part->entries <= 0 || each >= PIECES_FEW)
		return 1;
	each = fmax(1, round(each));
	return fmin(crew->threads, ceil(each / crew->threads) * crew->threads / each);
}

static double overshoot(const struct part *part, const struct region *region,
			const struct crew *crew)
{
	double others = 1 - 1 / crew->threads;
	if (region->kind == REGION_RECURSION)
		return crew->uneven * UNEVEN_CALLS * part->work * others;
	if (!part->pieces || part->entries <= 0)
		return 0;
	double piece = crew->uneven >= 1 ? part->longest : part->work / part->pieces;
	return fmin(part->work, crew->uneven * part->entries * piece) * others;
}

/* Pages that passes hand on are no memory of each thread's own; where nobody knows whether they do,
 * nothing is likely. */
static enum slower slower_of(const struct part *part, const struct crew *crew)
{
	const struct judgement *j = &part->judgement;
	bool unknown = j->is < INDEPENDENCE_seen;
	if (j->reason == REASON_handed_on || (unknown && crew->slower == SLOWER_LIKELY))
		return SLOWER_NOT;
	return crew->slower;
}

/* With `work` in place of what was measured. */
static double part_time(const struct part *part, const struct region *region,
			const struct crew *crew, double work)
{
	double slower = crew->caches ? cache_slower(crew->caches, &region->footprint, crew->threads,
						    slower_of(part, crew))
				     : 1;
	double time =
	    work * ((1 - part->memory) * slower / crew->gain + part->memory / crew->memory_gain);
	if (region->kind == REGION_RECURSION)
		time = recursion_time(region, work / fmax(region->total, 1e-9), crew->gain);
	time = fmin(work, time * evenness(part, crew));
	time = fmax(time, work * fmax(part->judgement.bound, crew->in_turns));
	double entries =
	    part->entries > 0 ? part->entries * crew->entry : crew->uneven * UNKNOWN_ENTRIES * work;
	return time + entries + overshoot(part, region, crew) + crew->threads * crew->create;
}

/* As far as is known: those of machine code that nobody counted are likely to be few, as it is the
 * frequent ones that are met; those of Python are never counted. */
static bool is_few(const struct part *part, const struct region *region, const struct codes *c)
{
	if (region->kind != REGION_LOOP || part->pieces >= PIECES_FEW)
		return false;
	uint32_t function = c->loop[region->key].function;
	return part->pieces || function == CODE_NONE || !c->function[function].python;
}

/* Its calls are what can be divided then: what lies in one is begun nobody knows how often. */
static bool is_in_recursion(const struct regions *r, uint32_t i)
{
	for (i = r->region[i].parent; i; i = r->region[i].parent)
		if (r->region[i].kind == REGION_RECURSION)
			return true;
	return false;
}

static double shortest(struct proposal *p, const struct regions *r, const struct codes *c,
		       const struct crew *crew, double *best, uint32_t i)
{
	struct part *part = &p->part[i];
	const struct region *region = &r->region[i];
	if (!i || region->total < WORTH_DIVIDING * r->region[0].total || best[i] <= 0 ||
	    is_in_recursion(r, i))
		return best[i];
	double time = part_time(part, region, crew, part->work);
	double surer = part->judgement.is >= INDEPENDENCE_seen ? 1
		       : is_few(part, region, c)	       ? SURER_FEW
							       : SURER;
	part->divided = part->judgement.is != INDEPENDENCE_dependent && time * surer < best[i];
	return part->divided ? time : best[i];
}

static bool is_inside(const struct proposal *p, const struct regions *r, uint32_t i)
{
	for (i = r->region[i].parent; i; i = r->region[i].parent)
		if (p->part[i].divided)
			return true;
	return false;
}

/* From the inside to the outside: of what lies in a divided region nothing is divided. */
static void choose(struct proposal *p, const struct regions *r, const struct codes *c, double ns,
		   const struct crew *crew)
{
	double *best = memory_new(r->count, sizeof(*best));
	for (uint32_t i = r->count; i-- > 0;) {
		best[i] += r->region[i].own * ns;
		best[i] = shortest(p, r, c, crew, best, i);
		if (i)
			best[r->region[i].parent] += best[i];
	}
	free(best);
	for (uint32_t i = 1; i < r->count; i++)
		if (p->part[i].divided && is_inside(p, r, i))
			p->part[i].divided = false;
}

double proposal_whole(const struct proposal *p)
{
	return p->serial + p->part[0].work;
}

void proposal_make(struct proposal *p, const struct regions *r, const struct codes *c, double ns,
		   double serial, const double *memory, const struct crew *crew)
{
	*p = (struct proposal){.part = memory_new(r->count, sizeof(*p->part)),
			       .parts = r->count,
			       .serial = serial,
			       .samples = r->region[0].total};
	for (uint32_t i = 0; i < r->count; i++) {
		fill(p, r, c, i, ns);
		p->part[i].memory = memory ? memory[i] : 0;
	}
	choose(p, r, c, ns, crew);
	for (uint32_t i = 1; i < r->count; i++) {
		struct part *part = &p->part[i];
		double time = part_time(part, &r->region[i], crew, part->work);
		part->alone =
		    fmax(1, proposal_whole(p) / fmax(proposal_whole(p) - part->work + time, 1));
		if (part->divided)
			p->divided += part->work;
	}
}

void proposal_free(struct proposal *p)
{
	free(p->part);
	*p = (struct proposal){0};
}

/* share: of the work, more or less of it in divided parts than was sampled. */
double proposal_time(const struct proposal *p, const struct regions *r, const struct crew *crew,
		     double share)
{
	double more = share * p->part[0].work, time;
	more = fmin(more, p->part[0].work - p->divided);
	time = proposal_whole(p) - p->divided - more;
	for (uint32_t i = 1; i < p->parts; i++) {
		const struct part *part = &p->part[i];
		if (part->divided)
			time += part_time(part, &r->region[i], crew,
					  part->work * (1 + more / p->divided));
	}
	return time;
}

/* Half of the interval of the share of divided parts in the work of another run: of what was
 * sampled in this one, and as parts take longer and shorter independently of each other. */
static double uncertainty(const struct proposal *p)
{
	double share = p->part[0].work > 0 ? p->divided / p->part[0].work : 0;
	struct interval i = interval_share(share * p->samples, p->samples);
	return hypot((i.high - i.low) / 2, WITHIN_95 * PARTS_VARY * share * (1 - share));
}

static struct estimate ordered(double threads, double low, double middle, double high)
{
	middle = fmax(1, middle);
	return (struct estimate){threads, fmax(1, fmin(low, middle)), middle, fmax(middle, high)};
}

struct estimate proposal_estimate(const struct proposal *p, const struct regions *r,
				  const struct crew *crew)
{
	double share = p->divided > 0 ? uncertainty(p) : 0, speed[CREW_COUNT];
	for (int i = 0; i < CREW_COUNT; i++)
		speed[i] = proposal_whole(p) /
			   fmax(1, proposal_time(p, r, &crew[i], (i - CREW_MIDDLE) * share));
	return ordered(crew[CREW_MIDDLE].threads, speed[CREW_LOW], speed[CREW_MIDDLE],
		       speed[CREW_HIGH]);
}

static double endless(const struct proposal *p, const struct regions *r, double share)
{
	double more = fmin(share * p->part[0].work, p->part[0].work - p->divided);
	double time = proposal_whole(p) - p->divided - more;
	for (uint32_t i = 1; i < p->parts; i++) {
		const struct part *part = &p->part[i];
		double work = part->work * (1 + (p->divided > 0 ? more / p->divided : 0));
		if (!part->divided)
			continue;
		time += work * part->judgement.bound;
		if (r->region[i].kind == REGION_RECURSION)
			time += r->region[i].level[0] / fmax(r->region[i].total, 1e-9) * work;
	}
	return proposal_whole(p) / fmax(time, 1);
}

struct estimate proposal_ceiling(const struct proposal *p, const struct regions *r)
{
	double share = p->divided > 0 ? uncertainty(p) : 0;
	return ordered(INFINITY, endless(p, r, -share), endless(p, r, 0), endless(p, r, share));
}
