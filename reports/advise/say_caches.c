#include "reports/advise/say_caches.h"
#include "reports/advise/say.h"
#include "reports/unit.h"
#include <math.h>

#define PAGE 4096

static void add_bytes(struct text *out, double bytes)
{
	print_size(out, (int64_t)bytes);
}

static void say(struct text *out, const struct footprint *f, const struct overflow *o)
{
	text_format(out, "%.0f threads use about ", o->threads);
	add_bytes(out, f->private_bytes);
	text_add(out, " each");
	if (f->shared_bytes > 0) {
		text_add(out, " and together ");
		add_bytes(out, f->shared_bytes);
	}
	text_add(out, " again and again: ");
	if (o->sharers < o->threads)
		text_format(out, "%.0f that share ", o->sharers);
	else
		text_add(out, "they share ");
	add_bytes(out, o->level->bytes);
	text_format(out, " of %s: more misses than now", o->level->name);
}

static struct overflow overflow_here(const struct study *s, uint32_t region)
{
	return cache_overflow(&s->prices.caches, &s->regions.region[region].footprint,
			      fmax(1, s->prices.cpus));
}

void caches_evidence(struct text *out, const struct study *s, uint32_t region)
{
	const struct footprint *f = &s->regions.region[region].footprint;
	struct overflow o = cache_first_overflow(&s->prices.caches, f);
	if (!o.level)
		return;
	text_add(out, "; ");
	say(out, f, &o);
}

/* The largest of those that are divided, whose threads do not fit; 0: none. */
static uint32_t find_overflow(const struct study *s)
{
	uint32_t best = 0;
	for (uint32_t i = 1; i < s->regions.count; i++)
		if (s->proposal.part[i].divided && overflow_here(s, i).level &&
		    (!best || s->proposal.part[i].work > s->proposal.part[best].work))
			best = i;
	return best;
}

bool caches_overflow(const struct study *s)
{
	return find_overflow(s) != 0;
}

void caches_numbers(struct text *out, const struct study *s)
{
	uint32_t region = find_overflow(s);
	struct overflow o = overflow_here(s, region);
	if (!region)
		return;
	text_add(out, "; ");
	if (region != advice_largest(s, true)) {
		text_add(out, "in ");
		advice_place(out, s, region);
		text_add_char(out, ' ');
	}
	say(out, &s->regions.region[region].footprint, &o);
}

/* Blocks with which all fit. */
void caches_change(struct text *out, const struct study *s)
{
	uint32_t region = find_overflow(s);
	struct overflow o = overflow_here(s, region);
	if (!region)
		return;
	double shared = s->regions.region[region].footprint.shared_bytes;
	double room = (o.level->bytes - shared) / o.sharers;
	text_add(out, "Let each thread work in smaller blocks of memory");
	if (room >= PAGE) {
		text_add(out, ", of at most ");
		add_bytes(out, room);
	}
	text_format(out, ": then those of %.0f threads stay in %s. ", o.sharers, o.level->name);
}
