#include "reports/table.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/question.h"
#include <stdlib.h>
#include <string.h>

static size_t width(const struct table *t)
{
	return (size_t)t->question->column_count;
}

#define TEXTS_ROOM 16000 /* bytes of a block */

struct table_texts {
	struct table_texts *before;
	size_t used;
	char bytes[];
};

struct cell table_text_cell(struct table *t, const char *text)
{
	if (!text)
		return (struct cell){.type = CELL_NONE};
	size_t size = strlen(text) + 1;
	if (!t->texts || size > TEXTS_ROOM || t->texts->used + size > TEXTS_ROOM) {
		size_t room = size > TEXTS_ROOM ? size : TEXTS_ROOM;
		struct table_texts *block = memory_new(sizeof(*block) + room, 1);
		block->before = t->texts;
		t->texts = block;
	}
	char *kept = t->texts->bytes + t->texts->used;
	t->texts->used += size;
	memcpy(kept, text, size);
	return (struct cell){.type = CELL_TEXT, .text = kept};
}

/* Texts are copied: the query's live only until its next step. above: the cell of the row before,
 * mostly of the same text; NULL. */
static struct cell read_cell(struct table *t, struct query *q, int column, const struct cell *above)
{
	const char *text;

	switch (query_type(q, column)) {
	case QUERY_INT:
		return (struct cell){.type = CELL_INT, .integer = query_int(q, column)};
	case QUERY_DOUBLE:
		return (struct cell){.type = CELL_REAL, .real = query_double(q, column)};
	case QUERY_TEXT:
		text = query_text(q, column);
		if (above && above->type == CELL_TEXT && !strcmp(above->text, text))
			return *above;
		return table_text_cell(t, text);
	default:
		return (struct cell){.type = CELL_NONE};
	}
}

/* Doubling: a table of 100,000 rows is grown 13 times. */
static void read_row(struct table *t, struct query *q)
{
	if (t->rows == t->room) {
		t->room = t->room ? t->room * 2 : 16;
		t->cells = memory_grow(t->cells, t->room * width(t), sizeof(*t->cells));
	}
	struct cell *row = &t->cells[t->rows++ * width(t)];
	for (int i = 0; i < t->question->column_count; i++)
		row[i] = read_cell(t, q, i, t->rows > 1 ? &row[i] - width(t) : NULL);
}

/* Head and query are written apart; that they agree is what all renderers rest on. */
static void check_columns(const struct question *question, struct query *q)
{
	if (query_column_count(q) != question->column_count)
		BUG("question %s: %d columns in its head, %d in its query", question->name,
		    question->column_count, query_column_count(q));
	for (int i = 0; i < question->column_count; i++)
		if (strcmp(query_column_name(q, i), question->columns[i].key) != 0)
			BUG("question %s: column %d is %s in its head, %s in its query",
			    question->name, i, question->columns[i].key, query_column_name(q, i));
}

int table_read(struct table *t, const struct question *question, struct store *store,
	       const char *parameter)
{
	*t = (struct table){.question = question};
	struct query *q = store_query(store, question->sql);
	if (!q)
		return -1;
	check_columns(question, q);
	if (parameter)
		query_bind_text(q, 1, parameter);
	while (query_step(q))
		read_row(t, q);
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

void table_free(struct table *t)
{
	while (t->texts) {
		struct table_texts *before = t->texts->before;
		free(t->texts);
		t->texts = before;
	}
	free(t->cells);
	*t = (struct table){0};
}

bool table_has(const struct table *t, const char *key)
{
	return question_column(t->question, key) >= 0;
}

const struct cell *table_cell(const struct table *t, size_t row, const char *key)
{
	int column = question_column(t->question, key);
	if (column < 0 || row >= t->rows)
		BUG("question %s has no column %s or no row %zu", t->question->name, key, row);
	return &t->cells[row * width(t) + (size_t)column];
}

int64_t table_int(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = table_cell(t, row, key);
	return c->type == CELL_INT ? c->integer : c->type == CELL_REAL ? (int64_t)c->real : 0;
}

double table_real(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = table_cell(t, row, key);
	return c->type == CELL_REAL ? c->real : c->type == CELL_INT ? (double)c->integer : 0;
}

const char *table_text(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = table_cell(t, row, key);
	return c->type == CELL_TEXT ? c->text : NULL;
}

int64_t table_sum(const struct table *t, const char *key)
{
	int64_t sum = 0;
	for (size_t i = 0; i < t->rows; i++)
		sum += table_int(t, i, key);
	return sum;
}

double table_sum_real(const struct table *t, const char *key)
{
	double sum = 0;
	for (size_t i = 0; i < t->rows; i++)
		sum += table_real(t, i, key);
	return sum;
}

/* Order of rows: by value, then as they were. */
struct sort_item {
	const struct cell *row;
	size_t column, before;
};

/* Cells of one column may differ in type: null is less than any number. The position before breaks
 * ties, as qsort() does not keep the order of equals. */
static int compare(const void *left, const void *right)
{
	const struct sort_item *a = left, *b = right;
	const struct cell *x = &a->row[a->column], *y = &b->row[b->column];
	if (x->type == CELL_TEXT && y->type == CELL_TEXT) {
		int order = strcmp(x->text, y->text);
		return order ? order : a->before < b->before ? -1 : 1;
	}
	double p = x->type == CELL_INT	  ? (double)x->integer
		   : x->type == CELL_REAL ? x->real
					  : -1e300;
	double q = y->type == CELL_INT	  ? (double)y->integer
		   : y->type == CELL_REAL ? y->real
					  : -1e300;
	if (p != q)
		return p > q ? -1 : 1;
	return a->before < b->before ? -1 : 1;
}

void table_sort(struct table *t, const char *key)
{
	int column = question_column(t->question, key);
	if (column < 0 || !t->rows)
		return;
	struct sort_item *items = memory_new(t->rows, sizeof(*items));
	for (size_t i = 0; i < t->rows; i++)
		items[i] = (struct sort_item){&t->cells[i * width(t)], (size_t)column, i};
	qsort(items, t->rows, sizeof(*items), compare);
	struct cell *sorted = memory_new(t->rows * width(t), sizeof(*sorted));
	for (size_t i = 0; i < t->rows; i++)
		memcpy(&sorted[i * width(t)], items[i].row, width(t) * sizeof(*sorted));
	free(t->cells);
	free(items);
	t->cells = sorted;
	t->room = t->rows;
}

void table_filter(struct table *t, bool (*keep)(const struct table *, size_t, void *), void *data)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->rows; i++) {
		struct cell *row = &t->cells[i * width(t)];
		if (!keep(t, i, data))
			continue;
		if (kept != i)
			memcpy(&t->cells[kept * width(t)], row, width(t) * sizeof(*row));
		kept++;
	}
	t->rows = kept;
}
