#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/counter/counter.h"
#include "reports/counter/formula.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the run, a process or a thread: the sum of each counter, NAN: not counted. */
struct scope {
	int64_t process, thread; /* 0: all */
	double *value;
};

struct metrics {
	struct store *store;
	char **name; /* of counters */
	int64_t *id;
	size_t count;
	struct scope *scopes;
	size_t scope_count;
	struct query *add;
};

static void read_counters(struct metrics *m)
{
	struct query *q = store_query(m->store, "SELECT counter, name FROM counter_summary");
	while (query_step(q)) {
		m->name = memory_grow(m->name, m->count + 1, sizeof(*m->name));
		m->id = memory_grow(m->id, m->count + 1, sizeof(*m->id));
		m->id[m->count] = query_int(q, 0);
		m->name[m->count++] = memory_copy(query_text(q, 1));
	}
	query_close(q);
}

/* The newest one is it, or a new one is made: rows come in order. */
static struct scope *scope_of(struct metrics *m, int64_t process, int64_t thread)
{
	struct scope *last = m->scope_count ? &m->scopes[m->scope_count - 1] : NULL;
	if (last && last->process == process && last->thread == thread)
		return last;
	m->scopes = memory_grow(m->scopes, m->scope_count + 1, sizeof(*m->scopes));
	last = &m->scopes[m->scope_count++];
	*last = (struct scope){process, thread, memory_new(m->count, sizeof(double))};
	for (size_t i = 0; i < m->count; i++)
		last->value[i] = NAN;
	return last;
}

/* sql: process, thread, counter, value; 0: all. */
static void read_scopes(struct metrics *m, const char *sql)
{
	struct query *q = store_query(m->store, sql);
	while (query_step(q)) {
		struct scope *s = scope_of(m, query_int(q, 0), query_int(q, 1));
		for (size_t i = 0; i < m->count; i++)
			if (m->id[i] == query_int(q, 2) && !query_is_null(q, 3))
				s->value[i] = query_double(q, 3);
	}
	query_close(q);
}

struct looking {
	const struct metrics *metrics;
	const struct scope *scope;
};

static double value_of(void *data, const char *name, size_t length)
{
	const struct looking *l = data;
	for (size_t i = 0; i < l->metrics->count; i++)
		if (strlen(l->metrics->name[i]) == length &&
		    !strncmp(l->metrics->name[i], name, length))
			return l->scope->value[i];
	return NAN;
}

static void bind_id(struct query *q, int index, int64_t id)
{
	if (id)
		query_bind_int(q, index, id);
	else
		query_bind_null(q, index);
}

/* Without a value only for the run: there the reader sees that it is missing. */
static void write_metric(struct metrics *m, int64_t metric, const char *formula,
			 const struct scope *scope)
{
	struct looking l = {m, scope};
	double value = formula_value(formula, value_of, &l);
	if (isnan(value) && (scope->process || scope->thread))
		return;
	query_bind_int(m->add, 1, metric);
	bind_id(m->add, 2, scope->process);
	bind_id(m->add, 3, scope->thread);
	if (isnan(value))
		query_bind_null(m->add, 4);
	else
		query_bind_double(m->add, 4, value);
	query_run(m->add);
}

static void write_metrics(struct metrics *m)
{
	struct query *q = store_query(m->store, "SELECT metric, formula FROM counter_formula");
	while (query_step(q))
		for (size_t i = 0; i < m->scope_count; i++)
			write_metric(m, query_int(q, 0), query_text(q, 1), &m->scopes[i]);
	query_close(q);
}

static void metrics_free(struct metrics *m)
{
	for (size_t i = 0; i < m->scope_count; i++)
		free(m->scopes[i].value);
	for (size_t i = 0; i < m->count; i++)
		free(m->name[i]);
	free(m->scopes);
	free(m->name);
	free(m->id);
	query_close(m->add);
}

int metrics_make(struct store *store)
{
	struct metrics m = {.store = store};
	m.add = store_query(store, "INSERT INTO reading_metric VALUES (?, ?, ?, ?)");
	read_counters(&m);
	read_scopes(&m, "SELECT 0, 0, counter, value FROM counter_summary");
	read_scopes(&m,
		    "SELECT process, 0, counter, sum(value) FROM counter_amount WHERE process > 0 "
		    "GROUP BY process, counter ORDER BY process");
	read_scopes(&m, "SELECT process, thread, counter, value FROM counter_amount "
			"WHERE thread > 0 ORDER BY thread");
	write_metrics(&m);
	int result = m.add ? 0 : -1;
	metrics_free(&m);
	return result;
}
