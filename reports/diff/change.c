#include "reports/diff/change.h"
#include "profiler/text.h"
#include "reports/fit/interval.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* FNV-1a of words that may be NULL. */
static uint64_t mix(uint64_t h, const char *words)
{
	for (; words && *words; words++)
		h = (h ^ (unsigned char)*words) * 0x100000001b3ull;
	return (h ^ 0xff) * 0x100000001b3ull;
}

/* Its section's rank: that of the row before in the same section, or the next one. */
static size_t rank_of(const struct changes *c, const char *section)
{
	size_t next = 0;
	for (size_t i = c->count; i-- > 0;) {
		if (same(c->rows[i].section, section))
			return c->rows[i].rank;
		next = c->rows[i].rank >= next ? c->rows[i].rank + 1 : next;
	}
	return next;
}

static struct change *new_row(struct changes *c, const char *section, const char *name,
			      const char *place, const char *unit)
{
	size_t rank = rank_of(c, section);
	if (c->count == c->room) {
		c->room = c->room ? 2 * c->room : 64;
		c->rows = memory_grow(c->rows, c->room, sizeof(*c->rows));
	}
	struct change *row = &c->rows[c->count];
	*row = (struct change){
	    .section = memory_copy(section),
	    .name = memory_copy(name),
	    .place = memory_copy(place),
	    .unit = memory_copy(unit),
	};
	row->order = c->count++;
	row->rank = rank;
	return row;
}

/* Two hashes of 64 bits are taken for the words themselves. */
static struct change *row_of(struct changes *c, const char *section, const char *name,
			     const char *place, const char *unit)
{
	bool fresh;
	if (!c->places.stride)
		hash_init(&c->places, sizeof(size_t));
	size_t *at =
	    hash_put(&c->places, mix(mix(1, section), name), mix(mix(2, place), name), &fresh);
	if (fresh) {
		*at = c->count;
		return new_row(c, section, name, place, unit);
	}
	return &c->rows[*at];
}

static void add_value(struct change *row, enum change_side side, double value)
{
	size_t count = row->count[side];
	row->value[side] = memory_grow(row->value[side], count + 1, sizeof(double));
	row->value[side][row->count[side]++] = value;
}

void changes_add(struct changes *c, enum change_side side, const char *section, const char *name,
		 const char *place, const char *unit, double value)
{
	struct change *row = row_of(c, section, name, place, unit);
	while (row->count[side] < c->before[side])
		add_value(row, side, 0);
	add_value(row, side, value);
}

void changes_pad(struct changes *c, enum change_side side, size_t count)
{
	for (size_t i = 0; i < c->count; i++)
		while (c->rows[i].count[side] < count)
			add_value(&c->rows[i], side, 0);
}

const struct change *changes_find(const struct changes *c, const char *section, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (same(c->rows[i].name, name) && same(c->rows[i].section, section))
			return &c->rows[i];
	return NULL;
}

static bool all_positive(const struct change *row)
{
	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < row->count[side]; i++)
			if (!(row->value[side][i] > 0))
				return false;
	return true;
}

/* Of the logarithms of B by A where all are positive, else of the differences. */
static struct interval interval_of(const struct change *row, bool logarithms)
{
	double *value[SIDES];
	for (int side = 0; side < SIDES; side++) {
		value[side] = memory_new(row->count[side] + 1, sizeof(double));
		for (size_t i = 0; i < row->count[side]; i++)
			value[side][i] =
			    logarithms ? log(row->value[side][i]) : row->value[side][i];
	}
	struct interval found;
	if (row->paired && row->count[SIDE_A] == row->count[SIDE_B]) {
		for (size_t i = 0; i < row->count[SIDE_A]; i++)
			value[SIDE_B][i] -= value[SIDE_A][i];
		found = interval_paired(value[SIDE_B], row->count[SIDE_B]);
	} else {
		found = interval_apart(value[SIDE_A], row->count[SIDE_A], value[SIDE_B],
				       row->count[SIDE_B]);
	}
	free(value[SIDE_A]);
	free(value[SIDE_B]);
	return found;
}

static bool overlap(const struct change *row)
{
	const double *a = row->value[SIDE_A], *b = row->value[SIDE_B];
	double a_low = quantile(a, row->count[SIDE_A], 0),
	       b_low = quantile(b, row->count[SIDE_B], 0);
	double a_high = quantile(a, row->count[SIDE_A], 1),
	       b_high = quantile(b, row->count[SIDE_B], 1);
	return a_low <= b_high && b_low <= a_high;
}

static enum judgement judgement_of(const struct change *row, const struct interval *i)
{
	size_t fewest =
	    row->count[SIDE_A] < row->count[SIDE_B] ? row->count[SIDE_A] : row->count[SIDE_B];
	if (!fewest)
		return JUDGED_ALONE;
	if (i->known)
		return i->low > 0 || i->high < 0     ? JUDGED_CHANGED
		       : i->low == 0 && i->high == 0 ? JUDGED_SAME
						     : JUDGED_NOISE;
	if (row->middle[SIDE_A] == row->middle[SIDE_B])
		return JUDGED_SAME;
	if (fewest < 2)
		return JUDGED_UNKNOWN;
	return overlap(row) ? JUDGED_NOISE : JUDGED_APART;
}

static void judge(struct change *row)
{
	for (int side = 0; side < SIDES; side++)
		row->middle[side] =
		    row->count[side] ? median(row->value[side], row->count[side]) : 0;
	bool logarithms = all_positive(row);
	struct interval i = interval_of(row, logarithms);
	double a = row->middle[SIDE_A];
	if (!row->count[SIDE_A] || !row->count[SIDE_B])
		i = (struct interval){NAN, NAN, NAN, false};
	row->part = logarithms ? exp(i.middle) - 1 : a > 0 ? row->middle[SIDE_B] / a - 1 : NAN;
	row->low = !i.known ? NAN : logarithms ? exp(i.low) - 1 : a > 0 ? i.low / a : NAN;
	row->high = !i.known ? NAN : logarithms ? exp(i.high) - 1 : a > 0 ? i.high / a : NAN;
	row->judgement = judgement_of(row, &i);
}

static double size(const struct change *row)
{
	return fabs(row->middle[SIDE_B] - row->middle[SIDE_A]);
}

/* Sections in the order in which they came; in them the largest change first, or as they came. */
static int by_size(const void *left, const void *right)
{
	const struct change *a = left, *b = right;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	double x = a->keeps_order ? 0 : size(a), y = b->keeps_order ? 0 : size(b);
	if (x != y)
		return x > y ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void changes_judge(struct changes *c, bool paired, const char *fixed)
{
	for (size_t i = 0; i < c->count; i++) {
		struct change *row = &c->rows[i];
		row->paired = paired;
		row->keeps_order = same(row->section, fixed);
		judge(row);
	}
	if (c->count)
		qsort(c->rows, c->count, sizeof(*c->rows), by_size);
}

void changes_free(struct changes *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct change *row = &c->rows[i];
		free(row->section);
		free(row->name);
		free(row->place);
		free(row->unit);
		free(row->value[SIDE_A]);
		free(row->value[SIDE_B]);
	}
	free(c->rows);
	hash_free(&c->places);
	*c = (struct changes){0};
}

const char *judgement_words(enum judgement j)
{
	static const char *const words[] = {
	    [JUDGED_SAME] = "the same",	       [JUDGED_NOISE] = "within noise",
	    [JUDGED_CHANGED] = "changed",      [JUDGED_APART] = "apart, few runs",
	    [JUDGED_UNKNOWN] = "one run each", [JUDGED_ALONE] = "on one side only",
	};
	return words[j];
}
