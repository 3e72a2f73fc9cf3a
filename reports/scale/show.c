#include "reports/scale/show.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/json.h"
#include "reports/json_table.h"
#include "reports/question.h"
#include "reports/render.h"
#include "reports/scale/words.h"
#include <stdio.h>
#include <stdlib.h>

#define JSON_VERSION 1 /* raised when a key changes its meaning or goes */

int64_t shown_newest(struct store *store)
{
	return store_value(store, "SELECT max(sweep) FROM sweep_summary", 0);
}

int shown_read(struct shown *s, struct store *store, int64_t sweep)
{
	static const char *const names[] = {
#define X(name) #name,
	    SHOWN_TABLES(X)
#undef X
	};
	char id[24];
	snprintf(id, sizeof(id), "%lld", (long long)sweep);
	*s = (struct shown){0};
	for (int i = 0; i < SHOWN_COUNT; i++)
		if (table_read(&s->table[i], question_find(names[i]), store, id) != 0)
			return -1;
	return 0;
}

void shown_free(struct shown *s)
{
	for (int i = 0; i < SHOWN_COUNT; i++)
		table_free(&s->table[i]);
}

static void add_table(struct text *out, const struct table *t, const struct look *look)
{
	size_t *rows = memory_new(t->rows + 1, sizeof(*rows));
	for (size_t i = 0; i < t->rows; i++)
		rows[i] = i;
	if (t->rows) {
		text_add(out, "\n");
		render_table(out, t, rows, t->rows, look);
	}
	free(rows);
}

typedef void words_of(struct text *, const struct shown *, const struct style *);

static void add_words(struct text *out, words_of *words, const struct shown *s,
		      const struct look *look, bool bold)
{
	struct text line = {0}, folded = {0};
	words(&line, s, &look->terminal.style);
	if (line.length) {
		render_words(&folded, text_string(&line), bold ? 0 : 2, look);
		text_cut(&folded, folded.length - 1);
		if (bold)
			render_bold(out, text_string(&folded), look);
		else
			text_add(out, text_string(&folded));
		text_add(out, "\n");
	}
	text_free(&folded);
	text_free(&line);
}

static void add_sweep(struct text *out, const struct table *t, const struct look *look)
{
	struct text line = {0};
	text_format(&line, "%s: %lld runs of each point, in turns, on up to %lld cores",
		    table_text(t, 0, "command"), (long long)table_int(t, 0, "rounds"),
		    (long long)table_int(t, 0, "cores"));
	if (table_int(t, 0, "status"))
		text_format(&line, ", exit status %lld", (long long)table_int(t, 0, "status"));
	render_words(out, text_string(&line), 2, look);
	text_free(&line);
}

void show_text(struct text *out, const struct shown *s, const struct terminal *terminal)
{
	struct look look = {.terminal = *terminal};
	add_words(out, words_sentence, s, &look, true);
	add_words(out, words_consequence, s, &look, false);
	add_sweep(out, &s->table[SHOWN_scale], &look);
	add_table(out, &s->table[SHOWN_scale_points], &look);
	add_table(out, &s->table[SHOWN_scale_progress], &look);
	add_table(out, &s->table[SHOWN_scale_fits], &look);
	add_table(out, &s->table[SHOWN_scale_predictions], &look);
	add_table(out, &s->table[SHOWN_scale_advice], &look);
	text_add(out, "\n");
	add_words(out, words_predictions, s, &look, false);
	add_words(out, words_advice, s, &look, false);
	add_words(out, words_noise, s, &look, false);
	add_words(out, words_limits, s, &look, false);
}

static void json_words(struct json *j, const char *key, words_of *words, const struct shown *s)
{
	static const struct style plain = {.utf8 = true};
	struct text line = {0};
	words(&line, s, &plain);
	json_string(j, key, text_string(&line));
	text_free(&line);
}

void show_json(struct text *out, const struct shown *s)
{
	struct json j = {.out = out};
	json_open(&j, NULL, '{');
	json_int(&j, "schema_version", JSON_VERSION);
	json_open(&j, "verdict", '{');
	json_string(&j, "code", table_text(&s->table[SHOWN_scale], 0, "verdict"));
	json_words(&j, "sentence", words_sentence, s);
	json_words(&j, "consequence", words_consequence, s);
	json_words(&j, "noise", words_noise, s);
	json_words(&j, "predictions", words_predictions, s);
	json_words(&j, "advice", words_advice, s);
	json_words(&j, "limits", words_limits, s);
	json_close(&j, '}');
	json_open(&j, "sweep", '{');
	json_row(&j, &s->table[SHOWN_scale], 0);
	json_close(&j, '}');
	json_table(&j, "points", &s->table[SHOWN_scale_points]);
	json_table(&j, "runs", &s->table[SHOWN_scale_runs]);
	json_table(&j, "fits", &s->table[SHOWN_scale_fits]);
	json_table(&j, "curves", &s->table[SHOWN_scale_curve]);
	json_table(&j, "predictions", &s->table[SHOWN_scale_predictions]);
	json_table(&j, "progress", &s->table[SHOWN_scale_progress]);
	json_table(&j, "advice", &s->table[SHOWN_scale_advice]);
	json_close(&j, '}');
}
