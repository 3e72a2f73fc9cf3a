#include "reports/model.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/question.h"
#include <regex.h>
#include <stdlib.h>
#include <string.h>

const char *model_table_name(enum model_table table)
{
	static const char *const names[] = {
#define X(name) #name,
	    MODEL_TABLES(X)
#undef X
	};
	return names[table];
}

static int64_t fact_row(const struct model *m, const char *key)
{
	const struct table *run = &m->table[MODEL_run];
	for (size_t i = 0; i < run->rows; i++)
		if (!strcmp(table_text(run, i, "key"), key))
			return (int64_t)i;
	return -1;
}

const char *model_fact_text(const struct model *m, const char *key)
{
	int64_t row = fact_row(m, key);
	return row < 0 ? NULL : table_text(&m->table[MODEL_run], (size_t)row, "value");
}

int64_t model_fact(const struct model *m, const char *key)
{
	int64_t row = fact_row(m, key);
	return row < 0 ? 0 : table_int(&m->table[MODEL_run], (size_t)row, "value");
}

struct pattern {
	regex_t regex;
	const char *keys[2]; /* columns, any of which may match */
};

static bool matches(const struct table *t, size_t row, void *data)
{
	struct pattern *p = data;
	for (int i = 0; i < 2 && p->keys[i]; i++) {
		const char *text = table_text(t, row, p->keys[i]);
		if (text && regexec(&p->regex, text, 0, NULL, 0) == 0)
			return true;
	}
	return false;
}

static int filter(struct table **tables, const char *words, const char *key, const char *other_key)
{
	if (!words)
		return 0;
	struct pattern p = {.keys = {key, other_key}};
	int wrong = regcomp(&p.regex, words, REG_EXTENDED | REG_NOSUB);
	if (wrong) {
		char reason[128];
		regerror(wrong, &p.regex, reason, sizeof(reason));
		return error("'%s' is not a regular expression: %s", words, reason);
	}
	for (; *tables; tables++)
		table_filter(*tables, matches, &p);
	regfree(&p.regex);
	return 0;
}

static int sort(struct model *m, const char *key)
{
	enum model_table sorted[] = {MODEL_locks, MODEL_waits, MODEL_threads};
	bool known = false;
	for (size_t i = 0; key && i < 3; i++) {
		struct table *t = &m->table[sorted[i]];
		known |= table_has(t, key);
		table_sort(t, key);
	}
	return !key || known
		   ? 0
		   : error("no table has a column '%s'; --json shows the names of all", key);
}

/* The lock ids of the first rows, as a JSON list for ?1. */
static void top_leaders(const struct model *m, struct text *out)
{
	text_add(out, "[");
	for (size_t i = 0; i < m->detail_count; i++)
		text_format(out, "%s%lld", i ? "," : "",
			    (long long)table_int(&m->table[MODEL_locks], i, "leader"));
	text_add(out, "]");
}

static int read_details(struct model *m, struct store *store, const struct choice *choice)
{
	const struct table *locks = &m->table[MODEL_locks];
	while (m->detail_count < choice->top && m->detail_count < locks->rows)
		m->detail_count++;
	struct text leaders = {0};
	top_leaders(m, &leaders);
	int result =
	    table_read(&m->waiters, question_find("waiters"), store, text_string(&leaders));
	result |= table_read(&m->holders, question_find("holders"), store, text_string(&leaders));
	text_free(&leaders);
	struct table *by_thread[] = {&m->holders, NULL};
	result |= filter(by_thread, choice->thread, "name", NULL);
	m->details = memory_new(m->detail_count + 1, sizeof(*m->details));
	for (size_t i = 0; !result && i < m->detail_count; i++)
		detail_make(&m->details[i], table_int(locks, i, "leader"), &m->waiters, &m->holders,
			    &m->stacks);
	return result;
}

int model_read(struct model *m, struct store *store, const struct choice *choice)
{
	*m = (struct model){0};
	for (int i = 0; i < MODEL_TABLE_COUNT; i++)
		if (table_read(&m->table[i], question_find(model_table_name(i)), store, NULL))
			return -1;
	verdict_make(&m->verdict, m);
	stacks_open(&m->stacks, store);
	struct table *by_lock[] = {&m->table[MODEL_locks], &m->table[MODEL_waits], NULL};
	struct table *by_thread[] = {&m->table[MODEL_threads], NULL};
	if (filter(by_lock, choice->lock, "name", "where") ||
	    filter(by_thread, choice->thread, "name", "routine") || sort(m, choice->sort))
		return -1;
	return read_details(m, store, choice);
}

void model_free(struct model *m)
{
	for (size_t i = 0; i < m->detail_count; i++)
		detail_free(&m->details[i]);
	free(m->details);
	for (int i = 0; i < MODEL_TABLE_COUNT; i++)
		table_free(&m->table[i]);
	table_free(&m->waiters);
	table_free(&m->holders);
	stacks_free(&m->stacks);
	verdict_free(&m->verdict);
}
