#include "reports/advise/shared_caches.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUS_MAX 4096

/* Of a use that is found in no cache of that level any more, how many times as long it takes: in
 * random order, and in a row, which the processor foresees. Measured with tests/bench/private_sets
 * (of steps at random and computing ones the larger), as the ratio of a set of four times the
 * second level to half of it, and of twice the last to a quarter of it. */
#define INNER_MOST 1.5
#define INNER_LIKELY 1.05
#define LAST_MOST 6
#define LAST_LIKELY 1.5
#define MUCH 1.5 /* times the cache: then it is likely, too */

/* "0-3,8": is it in it? */
static bool lists(const char *list, long cpu)
{
	while (list && *list) {
		char *end;
		long first = strtol(list, &end, 10), last = first;
		if (end == list)
			return false;
		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (cpu >= first && cpu <= last)
			return true;
		list = *end == ',' ? end + 1 : end;
	}
	return false;
}

/* CPUs of the one list that are in the other, too; NULL: all are. */
static double both(const char *one, const char *other)
{
	double count = 0;
	for (long cpu = 0; cpu < CPUS_MAX; cpu++)
		count += lists(one, cpu) && (!other || lists(other, cpu));
	return count;
}

static void add_cache(struct shared_caches *c, const char *name, double bytes, double cpus)
{
	int i = 0;
	while (i < c->levels && strcmp(c->level[i].name, name) != 0)
		i++;
	if (i == CACHE_LEVELS_MAX || cpus < 1)
		return;
	struct cache_level *level = &c->level[i];
	if (i == c->levels) {
		snprintf(level->name, sizeof(level->name), "%s", name);
		level->bytes = bytes;
		c->levels++;
	}
	level->bytes = fmin(level->bytes, bytes);
	level->cpus = fmax(level->cpus, cpus);
	level->instances++;
}

static char *allowed_list(struct store *store)
{
	struct query *q =
	    store_query(store, "SELECT value FROM machine_fact WHERE key = 'allowed_list'");
	char *list = query_step(q) ? memory_copy(query_text(q, 0)) : NULL;
	query_close(q);
	return list;
}

int shared_caches_read(struct shared_caches *c, struct store *store)
{
	char *allowed = allowed_list(store);
	*c = (struct shared_caches){0};
	struct query *q =
	    store_query(store, "SELECT kind, bytes, cpu_list FROM machine_tree WHERE "
			       "kind GLOB 'L[2-9]' AND bytes > 0 ORDER BY kind, number");
	while (query_step(q))
		add_cache(c, query_text(q, 0), query_double(q, 1), both(query_text(q, 2), allowed));
	bool failed = query_failed(q);
	query_close(q);
	free(allowed);
	for (int i = 0; i < c->levels; i++)
		c->cpus = fmax(c->cpus, c->level[i].cpus * c->level[i].instances);
	return failed ? -1 : 0;
}

double cache_sharers(const struct cache_level *level, double threads)
{
	return fmin(level->cpus, ceil(threads / level->instances));
}

static double need(const struct footprint *f, double threads)
{
	return threads * f->private_bytes + f->shared_bytes;
}

static double slower(const struct shared_caches *c, const struct footprint *f,
		     const struct overflow *o, enum slower how)
{
	bool last = o->level == &c->level[c->levels - 1];
	double missed = 1 - o->level->bytes / o->need;
	double times = how == SLOWER_MOST ? (last ? LAST_MOST : INNER_MOST)
					  : (last ? LAST_LIKELY : INNER_LIKELY);
	if (how == SLOWER_NOT || (how == SLOWER_LIKELY && o->need < MUCH * o->level->bytes))
		return 1;
	return 1 + f->share * missed * (times - 1);
}

struct overflow cache_overflow(const struct shared_caches *c, const struct footprint *f,
			       double threads)
{
	struct overflow worst = {NULL, threads, 0, 0};
	for (int i = 0; i < c->levels; i++) {
		const struct cache_level *level = &c->level[i];
		double sharers = cache_sharers(level, threads);
		struct overflow one = {level, threads, sharers, need(f, sharers)};
		if (sharers < 2 || need(f, 1) > level->bytes || one.need <= level->bytes)
			continue;
		if (!worst.level ||
		    slower(c, f, &one, SLOWER_MOST) > slower(c, f, &worst, SLOWER_MOST))
			worst = one;
	}
	return worst;
}

struct overflow cache_first_overflow(const struct shared_caches *c, const struct footprint *f)
{
	struct overflow o = {0};
	for (double n = 2; n <= c->cpus && !o.level; n++)
		o = cache_overflow(c, f, n);
	return o;
}

double cache_slower(const struct shared_caches *c, const struct footprint *f, double threads,
		    enum slower how)
{
	struct overflow o = cache_overflow(c, f, threads);
	return o.level ? slower(c, f, &o, how) : 1;
}
