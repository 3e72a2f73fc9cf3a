#include "reports/advise/region.h"
#include "profiler/text.h"
#include <stdlib.h>

static uint32_t add(struct regions *r, uint32_t parent, enum region_kind kind, uint32_t key)
{
	if (r->count == r->room) {
		r->room = r->room * 2 + 64;
		r->region = memory_grow(r->region, r->room, sizeof(*r->region));
	}
	r->region[r->count] = (struct region){.kind = kind, .key = key, .parent = parent};
	if (kind == REGION_RECURSION)
		r->region[r->count].level = memory_new(REGION_LEVELS, sizeof(double));
	return r->count++;
}

void regions_init(struct regions *r)
{
	*r = (struct regions){0};
	hash_init(&r->place, sizeof(uint32_t));
	hash_init(&r->caller, sizeof(double));
	add(r, 0, REGION_RUN, 0);
}

void regions_free(struct regions *r)
{
	for (uint32_t i = 0; i < r->count; i++)
		free(r->region[i].level);
	free(r->region);
	hash_free(&r->place);
	hash_free(&r->caller);
	*r = (struct regions){0};
}

static uint32_t enter(struct regions *r, uint32_t parent, const struct step *s)
{
	bool fresh;
	uint32_t *place = hash_put(&r->place, (uint64_t)s->kind << 32 | s->key, parent, &fresh);
	if (fresh)
		*place = add(r, parent, s->kind, s->key);
	return *place;
}

static void add_kernel(struct regions *r, uint32_t at, double weight, uint32_t function)
{
	bool fresh;
	r->region[at].kernel += weight;
	*(double *)hash_put(&r->caller, (uint64_t)function + 1, at, &fresh) += weight;
}

uint32_t regions_caller(const struct regions *r, uint32_t region, double *part)
{
	uint32_t best = REGION_NOBODY;
	uint64_t key[2];
	double most = 0;
	const double *samples;
	for (size_t i = 0; (samples = hash_next(&r->caller, &i, key));)
		if (key[1] == region && *samples > most) {
			most = *samples;
			best = (uint32_t)(key[0] - 1);
		}
	*part = most > 0 ? most / r->region[region].kernel : 0;
	return best;
}

uint32_t regions_add(struct regions *r, const struct step *step, size_t steps, double weight,
		     bool kernel, uint32_t function)
{
	uint32_t at = 0;
	if (kernel)
		add_kernel(r, 0, weight, function);
	for (size_t i = 0; i < steps; i++) {
		at = enter(r, at, &step[i]);
		struct region *region = &r->region[at];
		if (kernel)
			add_kernel(r, at, weight, function);
		if (region->level) {
			uint32_t level = step[i].level ? step[i].level - 1 : 0;
			level = level < REGION_LEVELS ? level : REGION_LEVELS - 1;
			region->level[level] += weight;
		}
	}
	r->region[at].own += weight;
	return at;
}

uint32_t regions_find(const struct regions *r, const struct step *step, size_t steps)
{
	uint32_t at = 0;
	for (size_t i = 0; i < steps; i++) {
		const uint32_t *place =
		    hash_get(&r->place, (uint64_t)step[i].kind << 32 | step[i].key, at);
		if (!place)
			break;
		at = *place;
	}
	return at;
}

void regions_sum(struct regions *r)
{
	for (uint32_t i = 0; i < r->count; i++)
		r->region[i].total = r->region[i].own;
	for (uint32_t i = r->count; i-- > 1;)
		r->region[r->region[i].parent].total += r->region[i].total;
}
