#include "reports/render_predict.h"
#include "profiler/text.h"
#include "reports/json.h"
#include "reports/question.h"
#include "reports/replay/replay.h"
#include "reports/table.h"
#include <math.h>
#include <stdlib.h>

#define JSON_VERSION 1

static const char *const hand_over_words[] = {"in order of arrival", "to whoever comes first"};

/* What every prediction rests on. */
static const char *const assumptions[] = {
    "the work stays the same in sum, whatever the number of threads",
    "caches, memory bandwidth and locks inside libc are as they were",
};

static void add_error(struct text *out, const struct replay *r)
{
	if (fabs(r->error) < 0.0005)
		text_add(out, "exactly as long as the run");
	else
		text_format(out, "%.1f %% %s than the run", 100 * fabs(r->error),
			    r->error > 0 ? "longer" : "shorter");
}

static void add_head(struct text *out, const struct replay *r, const struct look *look)
{
	struct text words = {0};
	const struct making *m = &r->making;
	text_add(&words, "Replayed ");
	print_ns(&words, m->wall, &look->terminal.style);
	text_format(&words, "%s with %zu threads on %d cores: ", m->cut ? " of the run" : "",
		    r->program.threads, r->history->cores);
	add_error(&words, r);
	text_format(&words, ". Locks went %s.", hand_over_words[r->hand_over]);
	if (m->speed < REPLAY_ALONE)
		text_format(&words,
			    " Its threads got %.0f %% of the cores' time they wanted, others the "
			    "rest: the replay has the cores for itself.",
			    100 * m->speed);
	if (fabs(r->error) > REPLAY_TRUSTED)
		text_add(&words, " That is far off: LOW and HIGH are widened by as much.");
	if (m->cut)
		text_add(&words, " The run has too many operations to replay them all: what is "
				 "said holds for its middle.");
	if (m->unexplained_ns > m->progress_ns / 20) {
		text_add(&words, " Waits of ");
		print_ns(&words, m->unexplained_ns, &look->terminal.style);
		text_add(&words, " that nobody was seen to end stay as they were.");
	}
	render_words(out, text_string(&words), 2, look);
	text_free(&words);
}

void render_predict(struct text *out, const struct table *t, const struct replay *r,
		    const struct look *look)
{
	size_t *rows = memory_new(t->rows + 1, sizeof(*rows));
	for (size_t i = 0; i < t->rows; i++)
		rows[i] = i;
	add_head(out, r, look);
	text_add_char(out, '\n');
	render_table(out, t, rows, t->rows, look);
	text_add_char(out, '\n');
	struct text words = {0};
	text_format(&words, "%s Assumed: %s; %s.", t->question->explain, assumptions[0],
		    assumptions[1]);
	render_words(out, text_string(&words), 2, look);
	text_free(&words);
	free(rows);
}

static void add_replay(struct json *j, const struct replay *r)
{
	const struct making *m = &r->making;
	json_open(j, "replay", '{');
	json_double(j, "error", r->error);
	json_int(j, "wall_ns", m->wall);
	json_bool(j, "part", m->cut);
	json_int(j, "from_ns", m->from);
	json_int(j, "to_ns", m->to);
	json_int(j, "threads", (int64_t)r->program.threads);
	json_int(j, "cores", r->history->cores);
	json_int(j, "operations", (int64_t)r->program.ops);
	json_int(j, "queues", (int64_t)r->queues);
	json_string(j, "hand_over", r->hand_over == HAND_OVER_FIFO ? "fifo" : "barging");
	json_double(j, "speed", m->speed);
	json_int(j, "wake_ns", m->wakes[WAKES / 2]);
	json_int(j, "wake_cost_ns", m->wake_cost);
	json_int(j, "unexplained_ns", m->unexplained_ns);
	json_close(j, '}');
}

static void add_cell(struct json *j, const struct table *t, size_t row, int column)
{
	const char *key = t->question->columns[column].key;
	const struct cell *c = table_cell(t, row, key);
	if (c->type == CELL_TEXT)
		json_string(j, key, c->text);
	else if (c->type == CELL_REAL)
		json_double(j, key, c->real);
	else if (c->type == CELL_INT)
		json_int(j, key, c->integer);
	else
		json_null(j, key);
}

void render_predict_json(struct text *out, const struct table *t, const struct replay *r)
{
	struct json j = {.out = out};
	json_open(&j, NULL, '{');
	json_int(&j, "schema_version", JSON_VERSION);
	add_replay(&j, r);
	json_open(&j, "predictions", '[');
	for (size_t i = 0; i < t->rows; i++) {
		json_open(&j, NULL, '{');
		for (int c = 0; c < t->question->column_count; c++)
			add_cell(&j, t, i, c);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_open(&j, "assumptions", '[');
	for (size_t i = 0; i < sizeof(assumptions) / sizeof(*assumptions); i++)
		json_string(&j, NULL, assumptions[i]);
	json_close(&j, ']');
	json_close(&j, '}');
}
