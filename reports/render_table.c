/*
 * A table for the terminal. The widths are decided here, by importance of the columns; libsmartcols
 * only lays out what is known to fit.
 */
#include "profiler/message.h"
#include "profiler/text.h"
#include "reports/question.h"
#include "reports/render.h"
#include "reports/table.h"
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define GAP 2		   /* between columns */
#define NARROWEST_WORDS 14 /* what a column of words keeps when the terminal is narrow */
#define NARROW_WORDS 24	   /* what it keeps while others can still be left out */

struct column_plan {
	int natural, width; /* in screen columns */
	bool shown;
};

struct plan {
	const struct table *table;
	const struct look *look;
	const size_t *rows;
	size_t count;
	struct column_plan *columns;
	struct text *cells; /* count × columns, as printed */
};

static int screen_width(const char *s)
{
	mbstate_t state = {0};
	int width = 0;
	while (*s) {
		wchar_t c;
		size_t length = mbrtowc(&c, s, MB_CUR_MAX, &state);
		if (length == (size_t)-1 || length == (size_t)-2) {
			memset(&state, 0, sizeof(state));
			width += 4; /* shown as \xff */
			s++;
			continue;
		}
		int w = wcwidth(c);
		width += w > 0 ? w : 0;
		s += length;
	}
	return width;
}

static const struct column *description(const struct plan *p, int column)
{
	return &p->table->question->columns[column];
}

static const char *header(const struct plan *p, int column)
{
	const char *words = description(p, column)->header;
	return !p->look->terminal.style.utf8 && !strcmp(words, "×") ? "x" : words;
}

/* Everything is printed before a width is decided. Columns without any text are not shown at all:
 * most programs have no arrays of locks, and no holder is known for locks nobody waited for. */
static void print_cells(struct plan *p)
{
	int columns = p->table->question->column_count;
	for (int c = 0; c < columns; c++) {
		struct column_plan *plan = &p->columns[c];
		bool empty = true;
		for (size_t r = 0; r < p->count; r++) {
			struct text *cell = &p->cells[r * (size_t)columns + (size_t)c];
			unit_print(cell, p->table, p->rows[r], c, &p->look->terminal.style);
			int width = screen_width(text_string(cell));
			plan->natural = width > plan->natural ? width : plan->natural;
			empty &= width == 0;
		}
		int least = screen_width(header(p, c));
		plan->natural = plan->natural > least ? plan->natural : least;
		plan->shown = description(p, c)->importance > 0 && !empty;
	}
}

/* Width of the table when columns of words are cut to at most `words`. */
static int width_with(const struct plan *p, int words)
{
	int sum = -GAP;
	for (int c = 0; c < p->table->question->column_count; c++) {
		const struct column_plan *plan = &p->columns[c];
		if (plan->shown)
			sum += GAP + (description(p, c)->unit->unlimited && plan->natural > words
					  ? words
					  : plan->natural);
	}
	return sum;
}

/* The shown column that is missed least, -1: all are needed. */
static int least_important(const struct plan *p)
{
	int worst = -1;
	for (int c = 0; c < p->table->question->column_count; c++)
		if (p->columns[c].shown && description(p, c)->importance > 1 &&
		    (worst < 0 ||
		     description(p, c)->importance >= description(p, worst)->importance))
			worst = c;
	return worst;
}

/* First whole columns go, while words would be cut below what is readable; then words are cut; then
 * words get back what room is left. Without a terminal nothing is cut. */
static void decide_widths(struct plan *p)
{
	int width = p->look->terminal.width;
	int worst;
	while (width && width_with(p, NARROW_WORDS) > width && (worst = least_important(p)) >= 0)
		p->columns[worst].shown = false;
	int words = width ? NARROW_WORDS : 100000;
	while (width && width_with(p, words) > width && words > NARROWEST_WORDS)
		words--;
	while (width && words < width && width_with(p, words + 1) <= width)
		words++;
	for (int c = 0; c < p->table->question->column_count; c++) {
		struct column_plan *plan = &p->columns[c];
		bool cut = description(p, c)->unit->unlimited && plan->natural > words;
		plan->width = cut ? words : plan->natural;
	}
}

/* Cuts from the end until there is room for the mark; words keep their beginning. */
static void fit(struct text *cell, int width, const struct style *style)
{
	if (screen_width(text_string(cell)) <= width)
		return;
	int mark = style->utf8 ? 1 : 2;
	while (cell->length && screen_width(cell->data) > width - mark) {
		size_t length = cell->length - 1;
		while (length && ((unsigned char)cell->data[length] & 0xc0) == 0x80)
			length--;
		text_cut(cell, length);
	}
	text_add(cell, style->utf8 ? "…" : "..");
}

/* libsmartcols copies headers and data. */
static void fill(struct plan *p, struct libscols_table *out)
{
	int columns = p->table->question->column_count;
	for (int c = 0; c < columns; c++) {
		if (!p->columns[c].shown)
			continue;
		int flags = description(p, c)->unit->right ? SCOLS_FL_RIGHT : 0;
		struct libscols_column *column =
		    scols_table_new_column(out, header(p, c), 0, flags);
		if (column && p->look->terminal.colour)
			scols_cell_set_color(scols_column_get_header(column), "bold");
	}
	for (size_t r = 0; r < p->count; r++) {
		struct libscols_line *line = scols_table_new_line(out, NULL);
		size_t at = 0;
		for (int c = 0; line && c < columns; c++) {
			if (!p->columns[c].shown)
				continue;
			struct text *cell = &p->cells[r * (size_t)columns + (size_t)c];
			fit(cell, p->columns[c].width, &p->look->terminal.style);
			scols_line_set_data(line, at++, text_string(cell));
		}
	}
}

/* libsmartcols pads the last column when it is right aligned or has data below: cut that. */
static void add_trimmed(struct text *out, const char *printed)
{
	for (const char *line = printed; *line;) {
		size_t length = strcspn(line, "\n"), kept = length;
		while (kept && line[kept - 1] == ' ')
			kept--;
		text_add_bytes(out, line, kept);
		text_add_char(out, '\n');
		line += length + (line[length] == '\n');
	}
}

static void lay_out(struct text *out, struct plan *p)
{
	struct libscols_table *table = scols_new_table();
	if (!table)
		die(failed(), "out of memory");
	scols_table_enable_colors(table, p->look->terminal.colour);
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	scols_table_set_column_separator(table, "  ");
	fill(p, table);
	char *printed = NULL;
	if (scols_print_table_to_string(table, &printed) == 0 && printed)
		add_trimmed(out, printed);
	free(printed);
	scols_unref_table(table);
}

void render_table(struct text *out, const struct table *t, const size_t *rows, size_t count,
		  const struct look *look)
{
	size_t columns = (size_t)t->question->column_count;
	struct plan p = {t,
			 look,
			 rows,
			 count,
			 memory_new(columns, sizeof(struct column_plan)),
			 memory_new(count * columns + 1, sizeof(struct text))};
	print_cells(&p);
	decide_widths(&p);
	if (count)
		lay_out(out, &p);
	for (size_t i = 0; i < count * columns; i++)
		text_free(&p.cells[i]);
	free(p.cells);
	free(p.columns);
}
