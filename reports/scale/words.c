#include "reports/scale/words.h"
#include "profiler/text.h"
#include "reports/scale/show.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define POINTS_GOOD 6 /* for a fit of three parameters */
#define RISE_LEAST 0.02

const struct table *words_points(const struct shown *s)
{
	return &s->table[SHOWN_scale_points];
}

const struct table *words_sweep(const struct shown *s)
{
	return &s->table[SHOWN_scale];
}

static bool of_threads(const struct shown *s)
{
	const struct table *p = words_points(s);
	return p->rows && table_int(p, 0, "threads") > 0;
}

/* "3 cores", "1 thread". */
void words_number(struct text *out, const struct shown *s, int64_t n)
{
	text_format(out, "%lld %s%s", (long long)n, of_threads(s) ? "thread" : "core",
		    n == 1 ? "" : "s");
}

size_t words_row(const struct table *p, int64_t n)
{
	size_t row = 0;
	while (row + 1 < p->rows && table_int(p, row, "n") != n)
		row++;
	return row;
}

/* "2.10× (2.05–2.16×)". */
void words_speedup(struct text *out, const struct table *p, size_t row, const struct style *style)
{
	print_ratio(out, table_real(p, row, "speedup"), style);
	if (table_cell(p, row, "speedup_low")->type == CELL_NONE)
		return;
	text_add(out, " (");
	print_ratio_band(out, table_real(p, row, "speedup_low"), table_real(p, row, "speedup_high"),
			 style);
	text_add(out, ")");
}

double words_most(const struct table *p, const char *key)
{
	double most = 0;
	for (size_t i = 0; i < p->rows; i++)
		most = fmax(most, table_real(p, i, key));
	return most;
}

/* The row of a law's parameter, -1: the law was not fitted. */
static int parameter(const struct shown *s, const char *law, const char *name)
{
	const struct table *f = &s->table[SHOWN_scale_fits];
	for (size_t i = 0; i < f->rows; i++)
		if (!strcmp(table_text(f, i, "law"), law) &&
		    !strcmp(table_text(f, i, "parameter"), name))
			return (int)i;
	return -1;
}

static bool describes(const struct shown *s, int row)
{
	return row >= 0 && !table_int(&s->table[SHOWN_scale_fits], (size_t)row, "misfit");
}

static void say_best(struct text *out, const struct shown *s, const struct style *style)
{
	const struct table *p = words_points(s);
	int64_t best = table_int(words_sweep(s), 0, "best");
	size_t row = words_row(p, best);
	text_add(out, "Best: ");
	words_number(out, s, best);
	text_add(out, ", ");
	print_ns(out, table_int(p, row, "time_ns"), style);
	if (row) {
		text_add(out, " instead of ");
		print_ns(out, table_int(p, 0, "time_ns"), style);
		text_format(out, " with %lld", (long long)table_int(p, 0, "n"));
	}
	text_add(out, ".");
}

static void say_amdahl(struct text *out, const struct shown *s, const struct style *style)
{
	const struct table *f = &s->table[SHOWN_scale_fits];
	int serial = parameter(s, "amdahl", "serial"), limit = parameter(s, "amdahl", "limit");
	if (!describes(s, serial) || table_real(f, (size_t)serial, "low") <= 0)
		return;
	text_add(out, " By Amdahl's law ");
	print_share(out, table_real(f, (size_t)serial, "value"));
	text_add(out, " (");
	print_share_band(out, table_real(f, (size_t)serial, "low"),
			 table_real(f, (size_t)serial, "high"), style);
	text_add(out, ") of the work is serial: never faster than ");
	print_ratio(out, table_real(f, (size_t)limit, "value"), style);
	text_add(out, ".");
}

/* From the second point to the last, where their intervals are apart. */
static void say_rise(struct text *out, const struct shown *s)
{
	const struct table *p = words_points(s);
	size_t last = p->rows - 1;
	if (p->rows < 3 || table_int(words_sweep(s), 0, "grows"))
		return;
	if (table_cell(p, 1, "serial_high")->type != CELL_REAL ||
	    table_cell(p, last, "serial_low")->type != CELL_REAL ||
	    table_real(p, last, "serial_low") < table_real(p, 1, "serial_high") + RISE_LEAST)
		return;
	text_add(out, " The serial part seems to grow, from ");
	print_share(out, fmax(0, table_real(p, 1, "serial")));
	text_add(out, " to ");
	print_share(out, table_real(p, last, "serial"));
	text_add(out, ": that is waiting or overhead, not serial code.");
}

void words_consequence(struct text *out, const struct shown *s, const struct style *style)
{
	if (words_points(s)->rows < 2)
		return;
	say_best(out, s, style);
	say_amdahl(out, s, style);
	say_rise(out, s);
}

void words_noise(struct text *out, const struct shown *s, const struct style *style)
{
	const struct table *p = words_points(s);
	(void)style;
	text_add(out, "Noise: quartiles up to ");
	print_share(out, words_most(p, "spread"));
	text_add(out, " apart, others took up to ");
	print_share(out, words_most(p, "others"));
	text_format(out, " of the cores, up to %.0f involuntary switches a run.",
		    words_most(p, "involuntary"));
}

void words_predictions(struct text *out, const struct shown *s,
		       __attribute__((unused)) const struct style *style)
{
	const struct table *p = &s->table[SHOWN_scale_predictions];
	double sum = 0, most = 0;
	int64_t held = table_sum(p, "held");
	for (size_t i = 0; i < p->rows; i++) {
		double off = fabs(table_real(p, i, "off"));
		sum += off;
		most = fmax(most, off);
	}
	if (!p->rows)
		return;
	text_format(out, "Predictions of this build: %zu, off by ", p->rows);
	print_share(out, sum / (double)p->rows);
	text_add(out, " on average, ");
	print_share(out, most);
	text_format(out, " at most; %lld of them held (the band and the measured interval meet).",
		    (long long)held);
}

void words_advice(struct text *out, const struct shown *s, const struct style *style)
{
	const struct table *a = &s->table[SHOWN_scale_advice];
	if (!a->rows)
		return;
	text_add(out, "parprof advise had predicted, of ");
	text_add(out, table_text(a, 0, "command"));
	for (size_t i = 0; i < a->rows; i++) {
		text_format(out, "%s %lld: ", i ? ";" : ": on", (long long)table_int(a, i, "n"));
		print_ratio(out, table_real(a, i, "predicted"), style);
		text_add(out, ", measured ");
		print_ratio(out, table_real(a, i, "measured"), style);
	}
	text_add_char(out, '.');
}

static void say_crowding(struct text *out, const struct shown *s)
{
	const struct table *p = words_points(s);
	bool any = false;
	for (size_t i = 0; i < p->rows; i++) {
		if (table_int(p, i, "threads") <= table_int(p, i, "cores"))
			continue;
		text_format(out, "%s%lld", any ? ", " : "More threads than cores at ",
			    (long long)table_int(p, i, "threads"));
		any = true;
	}
	if (any)
		text_format(out, ": only %lld cores were there; what computes cannot gain beyond. ",
			    (long long)table_int(p, p->rows - 1, "cores"));
}

void words_limits(struct text *out, const struct shown *s,
		  __attribute__((unused)) const struct style *style)
{
	const char *ended = table_text(words_sweep(s), 0, "ended");
	say_crowding(out, s);
	if (strcmp(ended, "complete") != 0)
		text_format(out, "The sweep was not finished (%s). ", ended);
	if (s->table[SHOWN_scale_fits].rows && words_points(s)->rows < POINTS_GOOD)
		text_format(out, "Laws fitted to fewer than %d points are guesses. ", POINTS_GOOD);
	if (out->length)
		text_cut(out, out->length - 1);
}
