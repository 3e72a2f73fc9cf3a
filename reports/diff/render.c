#include "reports/diff/render.h"
#include "profiler/text.h"
#include "reports/json.h"
#include "reports/json_table.h"
#include "reports/question.h"
#include "reports/render.h"
#include "reports/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JSON_VERSION 1 /* raised when a key changes its meaning or goes */
#define RAW_MOST 4     /* fewer values than an interval needs are shown themselves */

/* The rows are made here, not by a query: only the head of a question. */
static const char head[] =
    "-- title: Changes\n"
    "-- question: What changed?\n"
    "-- columns: section text 0 SECTION, name function 1 WHAT, place place 4 WHERE, unit text 0 "
    "UNIT\n"
    "-- columns: a quantity 1 A, b quantity 1 B, part change 1 CHANGE, low change_band 2 95 %\n"
    "-- columns: high change 0 HIGH, judgement text 1 NOISE?, a_runs text 5 A RUNS, b_runs text 5 "
    "B RUNS\n";

static const struct question *columns(void)
{
	static struct question q;
	if (!q.name)
		question_parse(&q, "changes", head);
	return &q;
}

static struct cell real_cell(double value)
{
	return isfinite(value) ? (struct cell){.type = CELL_REAL, .real = value}
			       : (struct cell){.type = CELL_NONE};
}

/* "1.20 s, 1.31 s, 1.22 s" of 2 to 4 values. */
static struct cell raw_cell(struct table *table, const struct change *row, enum change_side side,
			    const struct style *style)
{
	struct text t = {0};
	if (row->count[side] < 2 || row->count[side] > RAW_MOST)
		return (struct cell){.type = CELL_NONE};
	for (size_t i = 0; i < row->count[side]; i++) {
		text_add(&t, i ? ", " : "");
		if (!strcmp(row->unit, "ns"))
			print_ns(&t, (int64_t)row->value[side][i], style);
		else
			text_format(&t, "%.0f", row->value[side][i]);
	}
	struct cell cell = table_text_cell(table, text_string(&t));
	text_free(&t);
	return cell;
}

static void add_row(struct table *t, const struct change *row, const struct style *style)
{
	size_t width = (size_t)t->question->column_count;
	t->cells = memory_grow(t->cells, (t->rows + 1) * width, sizeof(*t->cells));
	const struct cell cells[] = {
	    table_text_cell(t, row->section),
	    table_text_cell(t, row->name),
	    table_text_cell(t, row->place),
	    table_text_cell(t, row->unit),
	    real_cell(row->count[SIDE_A] ? row->middle[SIDE_A] : NAN),
	    real_cell(row->count[SIDE_B] ? row->middle[SIDE_B] : NAN),
	    real_cell(row->part),
	    real_cell(row->low),
	    real_cell(row->high),
	    table_text_cell(t, judgement_words(row->judgement)),
	    raw_cell(t, row, SIDE_A, style),
	    raw_cell(t, row, SIDE_B, style),
	};
	memcpy(&t->cells[t->rows++ * width], cells, sizeof(cells));
}

static bool in_section(const struct change *row, const char *section)
{
	return !section || !strcmp(row->section, section);
}

/* Neither side has anything of it. */
static bool is_empty(const struct change *row)
{
	return row->middle[SIDE_A] == 0 && row->middle[SIDE_B] == 0;
}

/* section NULL: of all. */
static struct table table_of(const struct sides *s, const char *section, size_t top,
			     const struct style *style)
{
	struct table t = {.question = columns()};
	for (size_t i = 0; i < s->changes.count; i++) {
		const struct change *row = &s->changes.rows[i];
		if (in_section(row, section) && !(section && is_empty(row)) &&
		    (!top || t.rows < top))
			add_row(&t, row, style);
	}
	return t;
}

static void add_section(struct text *out, const struct sides *s, const char *section,
			const char *title, size_t top, const struct look *look)
{
	struct table t = table_of(s, section, top, &look->terminal.style);
	size_t *rows = memory_new(t.rows + 1, sizeof(*rows));
	for (size_t i = 0; i < t.rows; i++)
		rows[i] = i;
	if (t.rows) {
		text_format(out, "\n%s\n", title);
		render_table(out, &t, rows, t.rows, look);
	}
	free(rows);
	table_free(&t);
}

static void add_side(struct text *out, const struct sides *s, enum change_side side,
		     const struct look *look)
{
	struct text line = {0};
	text_format(&line, "%c: %s", "AB"[side], s -> path[side][0]);
	if (s->count[side] > 1)
		text_format(&line, " and %zu more", s->count[side] - 1);
	if (s->command[side])
		text_format(&line, ", %s", s->command[side]);
	render_words(out, text_string(&line), 3, look);
	text_free(&line);
}

void diff_text(struct text *out, const struct sides *s, const struct terminal *terminal, size_t top)
{
	struct look look = {.terminal = *terminal};
	struct text sentence = {0}, folded = {0};
	diff_sentence(&sentence, s, &terminal->style);
	render_words(&folded, text_string(&sentence), 0, &look);
	text_cut(&folded, folded.length - 1);
	render_bold(out, text_string(&folded), &look);
	text_add(out, "\n");
	add_side(out, s, SIDE_A, &look);
	add_side(out, s, SIDE_B, &look);
	add_section(out, s, "time", "Time at each point:", 0, &look);
	add_section(out, s, "run", "The whole run, all threads together:", 0, &look);
	add_section(out, s, "state", "What the threads did:", 0, &look);
	add_section(out, s, "stack", "The cores' time, got and lost:", top, &look);
	add_section(out, s, "lock", "Waiting for locks:", top, &look);
	add_section(out, s, "cause", "Who held them meanwhile:", top, &look);
	add_section(out, s, "hold", "Holding locks, waited for or not:", top, &look);
	text_free(&sentence);
	text_free(&folded);
}

static void add_values(struct json *j, const char *key, const struct change *row,
		       enum change_side side)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < row->count[side]; i++)
		json_double(j, NULL, row->value[side][i]);
	json_close(j, ']');
}

static void json_side(struct json *j, const char *key, const struct sides *s, enum change_side side)
{
	json_open(j, key, '{');
	json_string(j, "command", s->command[side]);
	json_open(j, "files", '[');
	for (size_t i = 0; i < s->count[side]; i++)
		json_string(j, NULL, s->path[side][i]);
	json_close(j, ']');
	if (s->sweeps) {
		json_string(j, "verdict", s->verdict[side]);
		json_int(j, "best", s->best[side]);
		json_int(j, "knee", s->knee[side]);
	}
	json_close(j, '}');
}

static void add_advice(struct json *j, const struct kept_advice *a)
{
	if (a->speedup <= 0) {
		json_null(j, "predicted");
		return;
	}
	json_open(j, "predicted", '{');
	json_double(j, "cores", a->cores);
	json_double(j, "speedup", a->speedup);
	json_double(j, "low", a->low);
	json_double(j, "high", a->high);
	json_close(j, '}');
}

void diff_json(struct text *out, const struct sides *s)
{
	static const struct style plain = {.utf8 = true};
	struct json j = {.out = out};
	struct text sentence = {0};
	struct table t = table_of(s, NULL, 0, &plain);
	diff_sentence(&sentence, s, &plain);
	json_open(&j, NULL, '{');
	json_int(&j, "schema_version", JSON_VERSION);
	json_string(&j, "compares", s->sweeps ? "sweeps" : "recordings");
	json_string(&j, "sentence", text_string(&sentence));
	add_advice(&j, &s->advice);
	json_side(&j, "a", s, SIDE_A);
	json_side(&j, "b", s, SIDE_B);
	json_open(&j, "changes", '[');
	for (size_t i = 0; i < t.rows; i++) {
		json_open(&j, NULL, '{');
		json_row(&j, &t, i);
		add_values(&j, "a_values", &s->changes.rows[i], SIDE_A);
		add_values(&j, "b_values", &s->changes.rows[i], SIDE_B);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	table_free(&t);
	text_free(&sentence);
}
