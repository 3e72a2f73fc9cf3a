/* Deadlocks that were seen while the program ran, and those that may come, in words. */
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/render.h"
#include <string.h>

#define MEMBERS_SHOWN 8
#define INVERSIONS_SHOWN 3

static void add_place(struct text *out, const struct table *t, size_t row, const char *function,
		      const char *place, const struct look *look)
{
	const char *f = table_text(t, row, function), *p = table_text(t, row, place);
	if (f) {
		text_add(out, " in ");
		print_function(out, f, &look->terminal.style);
	}
	if (p) {
		text_add(out, f ? ", " : " at ");
		print_place(out, p);
	}
}

/* clerk 1 (tid 4711) held ledger_mu, got in book, orders.c:60, and waited for stock_mu … */
static void add_member(struct text *out, const struct table *t, size_t row, const struct look *look)
{
	const char *holds = table_text(t, row, "holds");
	struct text line = {0};
	text_format(&line, "  %s (tid %lld) ", table_text(t, row, "name"),
		    (long long)table_int(t, row, "tid"));
	if (holds) {
		text_add(&line, "held ");
		print_function(&line, holds, &look->terminal.style);
		if (table_text(t, row, "got_in")) {
			text_add(&line, ", got");
			add_place(&line, t, row, "got_in", "got_at", look);
			text_add(&line, ",");
		}
		text_add(&line, " and ");
	}
	text_add(&line, "waited for ");
	print_function(&line, table_text(t, row, "waits_for"), &look->terminal.style);
	add_place(&line, t, row, "function", "where", look);
	text_add(out, "  ");
	render_words(out, text_string(&line) + 2, 4, look);
	text_free(&line);
}

/* Rows of one deadlock follow each other; more: threads that are not among them. */
static void add_what(struct text *line, const struct table *t, size_t row, size_t count,
		     int64_t more)
{
	const char *kind = table_text(t, row, "kind");
	if (!strcmp(kind, "self"))
		text_add(line, "a thread waited for what it held itself");
	else if (!strcmp(kind, "left"))
		text_format(line, "nobody was left to unlock %s: thread %lld, which locked it, %s",
			    table_text(t, row, "waits_for"),
			    (long long)table_int(t, row, "owner_tid"),
			    table_int(t, row, "elsewhere")
				? "was of another process, which had forked this one meanwhile"
				: "had ended");
	else if (!strcmp(kind, "silent"))
		text_format(line,
			    "all %lld threads of process %lld waited, and nobody was left "
			    "to wake them",
			    (long long)count + (long long)more,
			    (long long)table_int(t, row, "pid"));
	else
		text_format(line, "%zu threads waited for each other", count);
	if (strcmp(kind, "silent") != 0 && more)
		text_format(line, ", %lld more for them", (long long)more);
}

/* How many rows from this one on have the same number in that column. */
static size_t rows_of_one(const struct table *t, size_t first, const char *key)
{
	size_t count = 1;
	while (first + count < t->rows &&
	       table_int(t, first + count, key) == table_int(t, first, key))
		count++;
	return count;
}

static size_t add_deadlock(struct text *out, const struct table *t, size_t first,
			   const struct look *look)
{
	struct text line = {0};
	size_t count = rows_of_one(t, first, "deadlock");
	render_bold(out, table_int(t, first, "certain") ? "Deadlock" : "Likely a deadlock", look);
	text_add(&line, ": ");
	add_what(&line, t, first, count, table_int(t, first, "behind"));
	text_add(&line, ", from ");
	print_ns(&line, table_int(t, first, "formed_ns"), &look->terminal.style);
	text_add(&line, " on.");
	render_words(out, text_string(&line), 2, look);
	text_free(&line);
	for (size_t i = 0; i < count && (i < MEMBERS_SHOWN || look->full); i++)
		add_member(out, t, first + i, look);
	if (count > MEMBERS_SHOWN && !look->full)
		text_format(out, "  and %zu more (--full)\n", count - MEMBERS_SHOWN);
	return count;
}

void render_deadlocks(struct text *out, const struct model *m, const struct look *look)
{
	const struct table *t = &m->table[MODEL_deadlocks];
	for (size_t row = 0; row < t->rows;)
		row += add_deadlock(out, t, row, look);
	if (t->rows)
		text_add(out, "\n");
}

/* clerk, in book, orders.c:68, takes stock_mu while it holds ledger_mu, got in book, orders.c:60 */
static void add_step(struct text *out, const struct table *t, size_t row, const struct look *look)
{
	const struct style *style = &look->terminal.style;
	struct text line = {0};
	text_format(&line, "%s takes ", table_text(t, row, "name"));
	print_function(&line, table_text(t, row, "wants"), style);
	add_place(&line, t, row, "function", "where", look);
	text_add(&line, ", while it holds ");
	print_function(&line, table_text(t, row, "holds"), style);
	if (table_text(t, row, "got_in")) {
		text_add(&line, ", got");
		add_place(&line, t, row, "got_in", "got_at", look);
	}
	text_add(out, "  ");
	render_words(out, text_string(&line), 4, look);
	text_free(&line);
}

static size_t add_inversion(struct text *out, const struct table *t, size_t first,
			    const struct look *look)
{
	size_t count = rows_of_one(t, first, "inversion");
	struct text line = {0};
	render_bold(out, "Possible deadlock", look);
	text_format(&line,
		    ": %s locks are taken in different orders; at the same time it would "
		    "be one.",
		    count == 2	 ? "two"
		    : count == 3 ? "three"
				 : "four");
	render_words(out, text_string(&line), 2, look);
	text_free(&line);
	for (size_t i = 0; i < count; i++)
		add_step(out, t, first + i, look);
	return count;
}

void render_inversions(struct text *out, const struct model *m, const struct look *look)
{
	const struct table *t = &m->table[MODEL_inversions];
	size_t row = 0, shown = 0, more = 0;
	for (; row < t->rows && (look->full || shown < INVERSIONS_SHOWN); shown++)
		row += add_inversion(out, t, row, look);
	for (; row < t->rows; more++)
		row += rows_of_one(t, row, "inversion");
	if (more)
		text_format(out, "and %zu more (--full)\n", more);
	if (t->rows)
		text_add(out, "\n");
}
