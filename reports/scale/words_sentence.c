#include "profiler/text.h"
#include "reports/scale/show.h"
#include "reports/scale/words.h"
#include <stdbool.h>
#include <string.h>

static size_t row_of_fastest(const struct table *p)
{
	size_t best = 0;
	for (size_t i = 1; i < p->rows; i++)
		if (table_real(p, i, "speedup") > table_real(p, best, "speedup"))
			best = i;
	return best;
}

static void say_few(struct text *out, const struct shown *s)
{
	const struct table *p = words_points(s);
	int64_t fewest = p->rows ? table_int(p, 0, "runs") : 0;
	for (size_t i = 1; i < p->rows; i++)
		if (table_int(p, i, "runs") < fewest)
			fewest = table_int(p, i, "runs");
	text_add(out, "Not enough data for a verdict: ");
	if (p->rows < 2)
		text_format(out, "%zu point measured, and there is nothing to compare it with.",
			    p->rows);
	else
		text_format(out, "%lld %s of each point; 5 is the least, 7 is good (--runs).",
			    (long long)fewest, fewest == 1 ? "run" : "runs");
}

static void say_noise(struct text *out, const struct shown *s, const struct style *style)
{
	const struct table *p = words_points(s);
	size_t row = row_of_fastest(p);
	row = row ? row : p->rows - 1;
	text_add(out, "No verdict: the noise is larger than the effect; with ");
	words_number(out, s, table_int(p, row, "n"));
	text_add(out, " it is ");
	words_speedup(out, p, row, style);
	text_add(out, ". More --runs or a quieter machine may tell.");
}

static void say_crowded(struct text *out, const struct shown *s)
{
	text_add(out, "No verdict: the machine was busy; other programs took up to ");
	print_share(out, words_most(words_points(s), "others"));
	text_add(out, " of cores that this one wanted. Measure again on a quiet machine.");
}

static void say_stops(struct text *out, const struct shown *s, const struct style *style)
{
	const struct table *p = words_points(s);
	int64_t knee = table_int(words_sweep(s), 0, "knee"), last = table_int(p, p->rows - 1, "n");
	text_add(out, "Stops scaling at ");
	words_number(out, s, knee);
	text_add(out, ": ");
	words_speedup(out, p, words_row(p, knee), style);
	text_format(out, "; all further ones up to %lld gain less than 5 %% together.",
		    (long long)last);
}

static void say_slower(struct text *out, const struct shown *s, const struct style *style)
{
	const struct table *p = words_points(s);
	size_t top = words_row(p, table_int(words_sweep(s), 0, "best"));
	text_add(out, "Stops scaling at ");
	words_number(out, s, table_int(p, top, "n"));
	text_add(out, ": ");
	words_speedup(out, p, top, style);
	text_format(
	    out, "; more make it slower again, %lld: ", (long long)table_int(p, p->rows - 1, "n"));
	words_speedup(out, p, p->rows - 1, style);
	text_add(out, ".");
}

static void say_last(struct text *out, const struct shown *s, const struct style *style,
		     const char *before, const char *after)
{
	const struct table *p = words_points(s);
	text_add(out, before);
	words_number(out, s, table_int(p, p->rows - 1, "n"));
	text_add(out, after);
	words_speedup(out, p, p->rows - 1, style);
}

void words_sentence(struct text *out, const struct shown *s, const struct style *style)
{
	const char *code = table_text(words_sweep(s), 0, "verdict");
	const struct table *p = words_points(s);
	if (!strcmp(code, "few")) {
		say_few(out, s);
	} else if (!strcmp(code, "noise")) {
		say_noise(out, s, style);
	} else if (!strcmp(code, "crowded")) {
		say_crowded(out, s);
	} else if (!strcmp(code, "stops")) {
		say_stops(out, s, style);
	} else if (!strcmp(code, "slower")) {
		say_slower(out, s, style);
	} else if (!strcmp(code, "none")) {
		say_last(out, s, style, "Does not scale: ", " are no faster than the fewest, ");
		text_add(out, ".");
	} else {
		bool fine = !strcmp(code, "fine");
		say_last(out, s, style, fine ? "Scales fine up to " : "Still gains at ",
			 fine ? ": " : ", but each one brings less: ");
		text_add(out, ", ");
		print_share(out, table_real(p, p->rows - 1, "efficiency"));
		text_add(out, " of what so many could give.");
	}
}
