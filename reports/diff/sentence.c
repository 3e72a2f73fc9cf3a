#include "profiler/text.h"
#include "reports/diff/render.h"
#include <math.h>
#include <string.h>

static bool means_something(const struct change *row)
{
	return row->judgement == JUDGED_CHANGED || row->judgement == JUDGED_APART ||
	       row->judgement == JUDGED_UNKNOWN;
}

/* The largest change of a lock that is not noise and not small against the run. */
static const struct change *telling_lock(const struct sides *s, double least)
{
	for (size_t i = 0; i < s->changes.count; i++) {
		const struct change *row = &s->changes.rows[i];
		double size = fabs(row->middle[SIDE_B] - row->middle[SIDE_A]);
		if (!strcmp(row->section, "lock") && means_something(row) && size > least)
			return row;
	}
	return NULL;
}

static void add_interval(struct text *out, const struct change *row, const struct style *style)
{
	if (isnan(row->low))
		return;
	text_add(out, " (");
	print_ratio_band(out, 1 / (1 + row->high), 1 / (1 + row->low), style);
	text_add(out, ")");
}

/* "B is 1.32× as fast (1.25–1.40×): 2.10 s instead of 2.77 s". */
static void say_time(struct text *out, const struct change *time, const struct style *style)
{
	switch (time->judgement) {
	case JUDGED_NOISE:
	case JUDGED_SAME:
		text_add(out, "A and B are as fast, within noise: ");
		break;
	default:
		text_add(out, "B is ");
		print_ratio(out, 1 / (1 + time->part), style);
		text_add(out, " as fast as A");
		add_interval(out, time, style);
		text_add(out, ": ");
	}
	print_ns(out, (int64_t)time->middle[SIDE_B], style);
	text_add(out, " instead of ");
	print_ns(out, (int64_t)time->middle[SIDE_A], style);
	if (time->judgement == JUDGED_UNKNOWN)
		text_add(out, "; one run each, so it may be noise");
	if (time->judgement == JUDGED_APART)
		text_add(out, "; too few runs for an interval, 5 of each side are the least");
	text_add(out, ".");
}

static void say_lock(struct text *out, const struct sides *s, double wall,
		     const struct style *style)
{
	const struct change *lock = telling_lock(s, wall / 100);
	if (!lock)
		return;
	bool more = lock->middle[SIDE_B] > lock->middle[SIDE_A];
	text_format(out, " Waiting for %s %s from ", lock->name, more ? "rose" : "fell");
	print_ns(out, (int64_t)lock->middle[SIDE_A], style);
	text_add(out, " to ");
	print_ns(out, (int64_t)lock->middle[SIDE_B], style);
	text_add(out, ".");
}

static void say_advice(struct text *out, const struct sides *s, const struct change *time,
		       const struct style *style)
{
	if (s->advice.speedup <= 0)
		return;
	text_add(out, " Predicted of A were ");
	print_ratio(out, s->advice.speedup, style);
	text_add(out, " (");
	print_ratio_band(out, s->advice.low, s->advice.high, style);
	text_format(out, ") on %.3g cores, measured ", s->advice.cores);
	print_ratio(out, 1 / (1 + time->part), style);
	text_add(out, ".");
}

static void say_sweeps(struct text *out, const struct sides *s)
{
	static const char *const names[] = {"A", "B"};
	for (int side = 0; side < SIDES; side++)
		if (s->knee[side])
			text_format(out, " %s: %s, best %lld, knee %lld.", names[side],
				    s->verdict[side], (long long)s->best[side],
				    (long long)s->knee[side]);
}

/* Of a sweep the last point that both sides have tells most. */
static const struct change *telling_time(const struct sides *s)
{
	const struct change *last = NULL;
	if (!s->sweeps)
		return changes_find(&s->changes, "run", "wall time");
	for (size_t i = 0; i < s->changes.count; i++) {
		const struct change *row = &s->changes.rows[i];
		if (row->count[SIDE_A] && row->count[SIDE_B])
			last = row;
	}
	return last;
}

void diff_sentence(struct text *out, const struct sides *s, const struct style *style)
{
	const struct change *time = telling_time(s);
	if (!time) {
		text_add(out, "The sweeps have no point in common.");
		return;
	}
	if (s->sweeps)
		text_format(out, "With %s: ", time->name);
	say_time(out, time, style);
	if (s->sweeps)
		say_sweeps(out, s);
	else
		say_lock(out, s, time->middle[SIDE_A], style);
	say_advice(out, s, time, style);
}
