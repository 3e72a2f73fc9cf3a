#include "reports/json_table.h"
#include "reports/json.h"
#include "reports/question.h"
#include "reports/table.h"
#include "reports/unit.h"

/* The unit says what a number means: SQLite knows no truth values. */
void json_cell(struct json *j, const char *key, const struct cell *c, const struct unit *unit)
{
	if (c->type == CELL_NONE)
		json_null(j, key);
	else if (c->type == CELL_TEXT)
		json_string(j, key, c->text);
	else if (c->type == CELL_REAL)
		json_double(j, key, c->real);
	else if (unit->truth)
		json_bool(j, key, c->integer != 0);
	else
		json_int(j, key, c->integer);
}

void json_row(struct json *j, const struct table *t, size_t row)
{
	const struct question *q = t->question;
	for (int i = 0; i < q->column_count; i++)
		json_cell(j, q->columns[i].key,
			  &t->cells[row * (size_t)q->column_count + (size_t)i], q->columns[i].unit);
}

void json_table(struct json *j, const char *key, const struct table *t)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < t->rows; i++) {
		json_open(j, NULL, '{');
		json_row(j, t, i);
		json_close(j, '}');
	}
	json_close(j, ']');
}
