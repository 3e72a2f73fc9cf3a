#include "profiler/text.h"
#include "reports/question.h"
#include "reports/render.h"
#include "reports/table.h"
#include <string.h>

/* RFC 4180 but for the line ends, which are those of Unix tools. */
static void field(struct text *out, const char *s)
{
	if (!strpbrk(s, ",\"\r\n")) {
		text_add(out, s);
		return;
	}
	text_add_char(out, '"');
	for (; *s; s++) {
		if (*s == '"')
			text_add_char(out, '"');
		text_add_char(out, *s);
	}
	text_add_char(out, '"');
}

/* Null is an empty field. Doubles keep nine digits, as in JSON. */
static void value(struct text *out, const struct cell *c)
{
	switch (c->type) {
	case CELL_INT:
		text_format(out, "%lld", (long long)c->integer);
		break;
	case CELL_REAL:
		text_format(out, "%.9g", c->real);
		break;
	case CELL_TEXT:
		field(out, c->text);
		break;
	case CELL_NONE:
		break;
	}
}

void render_csv(struct text *out, const struct table *t)
{
	int columns = t->question->column_count;
	for (int i = 0; i < columns; i++) {
		text_add(out, i ? "," : "");
		field(out, t->question->columns[i].key);
	}
	text_add(out, "\n");
	for (size_t row = 0; row < t->rows; row++) {
		for (int i = 0; i < columns; i++) {
			text_add(out, i ? "," : "");
			value(out, &t->cells[row * (size_t)columns + (size_t)i]);
		}
		text_add(out, "\n");
	}
}
