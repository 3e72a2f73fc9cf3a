#include "profiler/text.h"
#include "reports/json.h"
#include "reports/json_table.h"
#include "reports/model.h"
#include "reports/question.h"
#include "reports/render.h"
#include "reports/section.h"
#include "reports/unit.h"

#define JSON_VERSION 2 /* raised when a key changes its meaning or goes; not when one is added */

static void add_stack(struct json *j, const struct stack *stack)
{
	json_open(j, "stack", '[');
	for (size_t i = 0; i < stack->count; i++) {
		const struct frame *f = &stack->frames[i];
		json_open(j, NULL, '{');
		json_string(j, "function", f->function);
		json_string(j, "file", f->file);
		if (f->line)
			json_int(j, "line", f->line);
		else
			json_null(j, "line");
		json_string(j, "module", f->module);
		json_bool(j, "runtime", f->runtime);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* d NULL: a lock that was not looked into; the keys are there nevertheless. */
static void add_waiters(struct json *j, const struct detail *d, size_t most)
{
	json_open(j, "waiters", '[');
	for (size_t i = 0; d && i < d->waiter_count && i < most; i++) {
		const struct waiter *w = &d->waiters[i];
		json_open(j, NULL, '{');
		json_string(j, "call", w->call);
		json_int(j, "threads", w->threads);
		json_int(j, "waits", w->waits);
		json_int(j, "wait_ns", w->wait_ns);
		json_int(j, "wait_max_ns", w->wait_max_ns);
		json_int(j, "timed_out", w->timed_out);
		add_stack(j, w->stack);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_holders(struct json *j, const struct detail *d, size_t most)
{
	json_open(j, "holders", '[');
	for (size_t i = 0; d && i < d->holder_count && i < most; i++) {
		const struct holder *h = &d->holders[i];
		json_open(j, NULL, '{');
		json_string(j, "thread", h->thread);
		json_string(j, "cause", h->cause);
		json_int(j, "waits", h->waits);
		json_int(j, "blame_ns", h->blame_ns);
		json_double(j, "share", d->wait_ns ? (double)h->blame_ns / (double)d->wait_ns : 0);
		add_stack(j, h->stack);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_verdict(struct json *j, const struct verdict *v)
{
	const struct figures *f = &v->figures;
	json_open(j, "verdict", '{');
	json_string(j, "code", v->code);
	json_string(j, "sentence", v->sentence);
	json_string(j, "consequence", v->consequence);
	json_int(j, "threads", f->threads);
	json_int(j, "processes", f->processes);
	json_int(j, "life_ns", f->life_ns);
	json_int(j, "cpu_ns", f->cpu_ns);
	json_int(j, "lock_wait_ns", f->lock_ns);
	json_int(j, "idle_wait_ns", f->idle_ns);
	json_int(j, "phase_wait_ns", f->phase_ns);
	json_int(j, "acquisitions", f->acquisitions);
	json_int(j, "contended", f->contended);
	json_close(j, '}');
}

/* Two columns, key and value: one object. */
static bool is_facts(const struct table *t)
{
	return t->question->column_count == 2 && question_column(t->question, "key") == 0 &&
	       question_column(t->question, "value") == 1;
}

static void add_facts(struct json *j, const char *key, const struct table *t)
{
	json_open(j, key, '{');
	for (size_t i = 0; i < t->rows; i++)
		json_cell(j, table_text(t, i, "key"), table_cell(t, i, "value"),
			  t->question->columns[1].unit);
	json_close(j, '}');
}

size_t render_json_rows(const struct model *m, enum model_table which,
			const struct json_limits *limits)
{
	size_t rows = m->table[which].rows;
	bool whole = which == MODEL_locks || which == MODEL_waits || which == MODEL_threads ||
		     which == MODEL_processes;
	return !whole && limits->rows && rows > limits->rows ? limits->rows : rows;
}

static void add_table(struct json *j, const struct model *m, enum model_table which,
		      const struct json_limits *limits)
{
	size_t rows = render_json_rows(m, which, limits);
	size_t places = limits->places ? limits->places : SIZE_MAX;
	const struct table *t = &m->table[which];
	if (is_facts(t))
		return add_facts(j, model_table_name(which), t);
	json_open(j, model_table_name(which), '[');
	for (size_t i = 0; i < rows; i++) {
		json_open(j, NULL, '{');
		json_row(j, t, i);
		if (which == MODEL_locks) {
			const struct detail *d = i < m->detail_count ? &m->details[i] : NULL;
			add_waiters(j, d, places);
			add_holders(j, d, places);
		}
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_overhead(struct json *j, const struct table *t)
{
	json_open(j, "overhead", '{');
	if (t->rows)
		json_row(j, t, 0);
	json_close(j, '}');
}

void render_json(struct text *out, const struct model *m, const struct json_limits *limits)
{
	static const struct json_limits all;
	limits = limits ? limits : &all;
	struct json j = {.out = out};
	json_open(&j, NULL, '{');
	json_int(&j, "schema_version", JSON_VERSION);
	add_verdict(&j, &m->verdict);
	add_table(&j, m, MODEL_run, limits);
	for (int i = 0; i < MODEL_TABLE_COUNT; i++)
		if (i != MODEL_run && i != MODEL_overhead)
			add_table(&j, m, i, limits);
	add_overhead(&j, &m->table[MODEL_overhead]);
	json_close(&j, '}');
}

void render_json_answer(struct json *j, const char *key, const struct model *m)
{
	static const struct json_limits all;
	static const enum model_table tables[] = {MODEL_run,	 MODEL_stack,	MODEL_findings,
						  MODEL_figures, MODEL_ceiling, MODEL_profile,
						  MODEL_python,	 MODEL_advice};
	json_open(j, key, '{');
	add_verdict(j, &m->verdict);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		add_table(j, m, tables[i], &all);
	add_overhead(j, &m->table[MODEL_overhead]);
	json_close(j, '}');
}

void render_section_json(struct text *out, const struct model *m, const struct section *section)
{
	static const struct style plain = {.utf8 = true};
	struct json j = {.out = out};
	struct text sentence = {0};
	if (section->sentence)
		section->sentence(&sentence, m, &plain);
	json_open(&j, NULL, '{');
	json_int(&j, "schema_version", JSON_VERSION);
	json_string(&j, "sentence", text_string(&sentence));
	for (const enum model_table *t = section->tables; *t != MODEL_TABLE_COUNT; t++)
		add_table(&j, m, *t, &(struct json_limits){0});
	json_close(&j, '}');
	text_free(&sentence);
}
