#include "reports/advise/advice_tables.h"
#include "profiler/text.h"
#include "reports/advise/reading_advice.h"
#include "reports/json.h"
#include "reports/json_table.h"
#include "reports/question.h"
#include "reports/readings.h"
#include "reports/render.h"
#include <stdlib.h>
#include <string.h>

#define JSON_VERSION 1

static const char *const names[] = {
#define X(name) #name,
    ADVICE_TABLES(X)
#undef X
};

/* What every estimate rests on. */
static const char *const assumptions[] = {
    "the work stays the same in sum, however many threads share it",
    "threads are made once and wait for work, as in a pool",
    "memory that pieces allocate, and locks inside libc, cost no more than now",
};

int advice_tables_read(struct advice_tables *a, struct store *store)
{
	struct reading_source source;
	*a = (struct advice_tables){0};
	int result = readings_make_from(store, &source);
	if (!result)
		result = reading_advice(store, &source.graph);
	for (int i = 0; i < ADVICE_TABLE_COUNT && !result; i++)
		result = table_read(&a->table[i], question_find(names[i]), store, NULL);
	reading_source_free(&source);
	return result;
}

void advice_tables_free(struct advice_tables *a)
{
	for (int i = 0; i < ADVICE_TABLE_COUNT; i++)
		table_free(&a->table[i]);
}

static void add_sentence(struct text *out, const struct table *advice, const struct look *look)
{
	struct text folded = {0};
	render_words(&folded, table_text(advice, 0, "sentence"), 0, look);
	text_cut(&folded, folded.length - 1);
	render_bold(out, text_string(&folded), look);
	text_add_char(out, '\n');
	text_free(&folded);
	if (*table_text(advice, 0, "numbers"))
		render_words(out, table_text(advice, 0, "numbers"), 0, look);
	if (*table_text(advice, 0, "change"))
		render_words(out, table_text(advice, 0, "change"), 0, look);
}

/* Of what would be divided, and of what cannot be. */
static void add_evidence(struct text *out, const struct table *parts, const struct look *look)
{
	bool first = true;
	for (size_t i = 0; i < parts->rows; i++) {
		const char *is = table_text(parts, i, "independence");
		const char *where = table_text(parts, i, "where");
		const char *function = table_text(parts, i, "function");
		struct text words = {0};
		if (!table_int(parts, i, "divided") && strcmp(is, "dependent") != 0)
			continue;
		if (first)
			text_add(out, "\nIndependence: What is known of whether pieces need each "
				      "other?\n");
		first = false;
		text_add(&words, function ? function : "a function without a name");
		if (where) {
			text_add_char(&words, ' ');
			print_place(&words, where);
		}
		text_format(&words, ": %s.", table_text(parts, i, "evidence"));
		render_words(out, text_string(&words), 2, look);
		text_free(&words);
	}
}

void render_advice(struct text *out, const struct advice_tables *a, const struct look *look)
{
	struct text words = {0};
	add_sentence(out, &a->table[ADVICE_TABLE_advice], look);
	render_one(out, &a->table[ADVICE_TABLE_advice_estimates], look);
	render_one(out, &a->table[ADVICE_TABLE_advice_parts], look);
	render_one(out, &a->table[ADVICE_TABLE_advice_functions], look);
	add_evidence(out, &a->table[ADVICE_TABLE_advice_parts], look);
	for (int i = ADVICE_TABLE_advice_uses; i <= ADVICE_TABLE_advice_children; i++)
		if (a->table[i].rows)
			render_one(out, &a->table[i], look);
	text_add(&words, "Assumed: ");
	for (size_t i = 0; i < sizeof(assumptions) / sizeof(*assumptions); i++)
		text_format(&words, "%s%s", i ? "; " : "", assumptions[i]);
	text_add_char(&words, '.');
	text_add_char(out, '\n');
	render_words(out, text_string(&words), 0, look);
	text_free(&words);
}

static void add_run(struct json *j, const struct table *run)
{
	json_open(j, "run", '{');
	for (size_t i = 0; i < run->rows; i++)
		json_cell(j, table_text(run, i, "key"), table_cell(run, i, "value"),
			  run->question->columns[1].unit);
	json_close(j, '}');
}

void render_advice_json(struct text *out, const struct advice_tables *a)
{
	struct json j = {.out = out};
	json_open(&j, NULL, '{');
	json_int(&j, "schema_version", JSON_VERSION);
	json_open(&j, "verdict", '{');
	json_row(&j, &a->table[ADVICE_TABLE_advice], 0);
	json_close(&j, '}');
	json_table(&j, "estimates", &a->table[ADVICE_TABLE_advice_estimates]);
	json_table(&j, "parts", &a->table[ADVICE_TABLE_advice_parts]);
	json_table(&j, "functions", &a->table[ADVICE_TABLE_advice_functions]);
	json_table(&j, "uses", &a->table[ADVICE_TABLE_advice_uses]);
	json_table(&j, "waiting", &a->table[ADVICE_TABLE_advice_waiting]);
	json_table(&j, "children", &a->table[ADVICE_TABLE_advice_children]);
	json_open(&j, "assumptions", '[');
	for (size_t i = 0; i < sizeof(assumptions) / sizeof(*assumptions); i++)
		json_string(&j, NULL, assumptions[i]);
	json_close(&j, ']');
	add_run(&j, &a->table[ADVICE_TABLE_run]);
	json_close(&j, '}');
}
