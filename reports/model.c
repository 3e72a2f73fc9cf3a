#include "reports/model.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/advise/reading_advice.h"
#include "reports/filter.h"
#include "reports/finding/finding.h"
#include "reports/question.h"
#include "reports/readings.h"
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

double model_figure(const struct model *m, const char *key)
{
	const struct table *t = &m->table[MODEL_figures];
	for (size_t i = 0; i < t->rows; i++)
		if (!strcmp(table_text(t, i, "key"), key))
			return table_real(t, i, "value");
	return 0;
}

/* The ids in a column of the first rows, as a JSON list for ?1; to be freed. */
static char *id_list(const struct table *t, const char *key, size_t rows)
{
	struct text out = {0};
	text_add(&out, "[");
	for (size_t i = 0; i < rows; i++)
		text_format(&out, "%s%lld", i ? "," : "", (long long)table_int(t, i, key));
	text_add(&out, "]");
	return out.data;
}

/* After rows were left out and sorted: the first rows of the table that is shown. Two queries for
 * all locks together, since each reads all sums of the recording. */
static int read_details(struct model *m, struct store *store, const struct choice *choice)
{
	const struct table *locks = &m->table[MODEL_locks];
	while (m->detail_count < choice->top && m->detail_count < locks->rows)
		m->detail_count++;
	char *leaders = id_list(locks, "leader", m->detail_count);
	int result = table_read(&m->waiters, question_find("waiters"), store, leaders);
	result |= table_read(&m->holders, question_find("holders"), store, leaders);
	free(leaders);
	m->details = memory_new(m->detail_count + 1, sizeof(*m->details));
	for (size_t i = 0; !result && i < m->detail_count; i++)
		detail_make(&m->details[i], table_int(locks, i, "leader"), &m->waiters, &m->holders,
			    &m->stacks);
	return result;
}

/* What threads that were asked for by name did with locks: read once it is known who they are. */
static int read_thread_locks(struct model *m, struct store *store)
{
	const struct table *threads = &m->table[MODEL_threads];
	struct table *t = &m->table[MODEL_thread_locks];
	char *ids = id_list(threads, "thread", threads->rows);
	table_free(t);
	int result = table_read(t, question_find("thread_locks"), store, ids);
	free(ids);
	return result;
}

/* Threads before locks: the table of their locks is read in between. */
static int leave_out(struct model *m, struct store *store, const struct choice *choice)
{
	struct table *by_lock[] = {&m->table[MODEL_locks], &m->table[MODEL_waits],
				   &m->table[MODEL_thread_locks], NULL};
	struct table *by_thread[] = {&m->table[MODEL_threads], NULL};
	struct table *sorted[] = {&m->table[MODEL_locks], &m->table[MODEL_waits],
				  &m->table[MODEL_threads], &m->table[MODEL_thread_locks], NULL};
	if (filter_rows(by_thread, choice->thread, "name", "routine") ||
	    (choice->thread && read_thread_locks(m, store)))
		return -1;
	return filter_rows(by_lock, choice->lock, "name", "where") ||
		       filter_sort(sorted, choice->sort)
		   ? -1
		   : 0;
}

static int read_table(struct model *m, struct store *store, enum model_table table)
{
	return table_read(&m->table[table], question_find(model_table_name(table)), store, NULL);
}

/* Findings are made of all other tables, the verdict of all tables. */
static int read_tables(struct model *m, struct store *store)
{
	for (int i = 0; i < MODEL_TABLE_COUNT; i++)
		if (i == MODEL_thread_locks || i == MODEL_findings)
			m->table[i].question = question_find(model_table_name(i));
		else if (read_table(m, store, i))
			return -1;
	verdict_gather(&m->verdict, m);
	if (findings_make(m, store) || read_table(m, store, MODEL_findings))
		return -1;
	verdict_make(&m->verdict, m);
	return 0;
}

static int make_readings(struct model *m, struct store *store, const struct choice *choice)
{
	if (!choice->source)
		return readings_make(store);
	m->source = memory_new(1, sizeof(*m->source));
	return readings_make_from(store, m->source) || reading_advice(store, &m->source->graph) ? -1
												: 0;
}

int model_read(struct model *m, struct store *store, const struct choice *choice)
{
	*m = (struct model){0};
	if (make_readings(m, store, choice) || read_tables(m, store))
		return -1;
	stacks_open(&m->stacks, store);
	return leave_out(m, store, choice) ? -1 : read_details(m, store, choice);
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
	if (m->source)
		reading_source_free(m->source);
	free(m->source);
}
