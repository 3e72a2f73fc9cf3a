#include "reports/advise/region_footprints.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/advise/proposal.h"
#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct touch_sample *x = a, *y = b;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

/* ns of a pass of a loop; 0: not known. */
static double piece_of(const struct regions *r, const struct codes *c, uint32_t region)
{
	const struct region *one = &r->region[region];
	const struct loop_fact *l = one->kind == REGION_LOOP ? &c->loop[one->key] : NULL;
	return l && l->pieces > 0 ? l->piece_ns / l->pieces : 0;
}

/* A region begins anew with each pass of the one around it. */
static struct footprint_times times_of(const struct regions *r, const struct codes *c, uint32_t i)
{
	uint32_t outer = r->region[i].parent;
	return (struct footprint_times){outer ? piece_of(r, c, outer) : INFINITY,
					piece_of(r, c, i)};
}

/* Of `to`, which has room for all: what was met in a region or in what lies inside. */
static size_t select_touches(const struct regions *r, uint32_t region, bool *inside,
			     const struct touch_sample *s, size_t count, struct touch_sample *to)
{
	size_t selected = 0;
	for (uint32_t i = 0; i < r->count; i++)
		inside[i] = i == region || (i > region && inside[r->region[i].parent]);
	for (size_t i = 0; i < count; i++)
		if (inside[s[i].region])
			to[selected++] = s[i];
	return selected;
}

/* The most bytes that any process used in its longest window; 0: nobody measured that. */
static double touched(struct store *store)
{
	return (double)store_value(store,
				   "SELECT max(touched_bytes) FROM working_set_summary WHERE NOT "
				   "at_least AND window_ns = (SELECT max(window_ns) FROM "
				   "working_set_summary)",
				   0);
}

void region_footprints(struct regions *r, const struct codes *c, struct touch_sample *s,
		       size_t count, struct store *store)
{
	struct touch_sample *selected = memory_new(count, sizeof(*selected));
	bool *inside = memory_new(r->count, sizeof(*inside));
	double most = touched(store);
	qsort(s, count, sizeof(*s), compare);
	for (uint32_t i = 1; i < r->count; i++) {
		struct region *one = &r->region[i];
		struct footprint_times times = times_of(r, c, i);
		if (one->kind != REGION_LOOP || one->total < PART_LEAST * r->region[0].total)
			continue;
		size_t found = select_touches(r, i, inside, s, count, selected);
		one->footprint = footprint_of(selected, found, &times);
		footprint_bound(&one->footprint, most);
	}
	free(inside);
	free(selected);
}
