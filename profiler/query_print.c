#include "profiler/query_print.h"

#include <libsmartcols/libsmartcols.h>
#include <math.h>
#include <string.h>

#include "profiler/store.h"
#include "profiler/text.h"

static void tsv_value(FILE *f, const char *s)
{
	for (; s && *s; s++) {
		if (*s == '\t')
			fputs("\\t", f);
		else if (*s == '\n')
			fputs("\\n", f);
		else if (*s == '\\')
			fputs("\\\\", f);
		else
			fputc(*s, f);
	}
}

static void csv_value(FILE *f, const char *s)
{
	if (!s || !s[strcspn(s, ",\"\r\n")]) {
		fputs(s ? s : "", f);
		return;
	}
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

static void json_string(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(f, "\\%c", *s);
		else if ((unsigned char)*s < 0x20)
			fprintf(f, "\\u%04x", *s);
		else
			fputc(*s, f);
	}
	fputc('"', f);
}

static void json_value(FILE *f, struct query *q, int column)
{
	switch (query_type(q, column)) {
	case QUERY_NULL:
		fputs("null", f);
		return;
	case QUERY_DOUBLE:
		if (!isfinite(query_double(q, column))) {
			fputs("null", f);
			return;
		}
		/* fall through */
	case QUERY_INT:
		fputs(query_text(q, column), f);
		return;
	case QUERY_TEXT:
		json_string(f, query_text(q, column));
	}
}

static void print_json(struct query *q, FILE *f)
{
	const char *separator = "[\n";

	while (query_step(q)) {
		fprintf(f, "%s{", separator);
		for (int c = 0; c < query_column_count(q); c++) {
			json_string(f, query_column_name(q, c));
			fputs(": ", f);
			json_value(f, q, c);
			fputs(c + 1 < query_column_count(q) ? ", " : "}", f);
		}
		separator = ",\n";
	}
	fputs(*separator == '[' ? "[]\n" : "\n]\n", f);
}

static void print_separated(struct query *q, FILE *f, char separator,
			    void (*value)(FILE *, const char *))
{
	int count = query_column_count(q);

	for (int c = 0; c < count; c++) {
		value(f, query_column_name(q, c));
		fputc(c + 1 < count ? separator : '\n', f);
	}
	while (query_step(q))
		for (int c = 0; c < count; c++) {
			value(f, query_text(q, c));
			fputc(c + 1 < count ? separator : '\n', f);
		}
}

/* A column of numbers is set to the right: told by its first value. */
static void table_align(struct libscols_table *table, struct query *q)
{
	for (int c = 0; c < query_column_count(q); c++)
		if (query_type(q, c) == QUERY_INT || query_type(q, c) == QUERY_DOUBLE)
			scols_column_set_flags(scols_table_get_column(table, (size_t)c),
					       SCOLS_FL_RIGHT);
}

static void print_table(struct query *q, FILE *f)
{
	struct libscols_table *table = scols_new_table();

	scols_table_set_stream(table, f);
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER); /* no cutting to its width */
	for (int c = 0; c < query_column_count(q); c++)
		scols_table_new_column(table, query_column_name(q, c), 0, 0);
	for (bool first = true; query_step(q); first = false) {
		struct libscols_line *line = scols_table_new_line(table, NULL);
		if (first)
			table_align(table, q);
		for (int c = 0; c < query_column_count(q); c++)
			scols_line_set_data(line, (size_t)c, query_text(q, c));
	}
	scols_print_table(table);
	scols_unref_table(table);
}

int query_print(struct query *q, enum query_format format, FILE *f)
{
	switch (format) {
	case FORMAT_TABLE:
		print_table(q, f);
		break;
	case FORMAT_TSV:
		print_separated(q, f, '\t', tsv_value);
		break;
	case FORMAT_CSV:
		print_separated(q, f, ',', csv_value);
		break;
	case FORMAT_JSON:
		print_json(q, f);
		break;
	}
	return query_failed(q) ? -1 : 0;
}
