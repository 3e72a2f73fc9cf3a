#include "reports/readings.h"
#include "profiler/embedded.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/graph/graph.h"
#include <pthread.h>
#include <stdbool.h>

void reading_take(struct reading_input *in)
{
	if (in->turn)
		pthread_mutex_lock(in->turn);
}

void reading_give(struct reading_input *in)
{
	if (in->turn)
		pthread_mutex_unlock(in->turn);
}

struct first {
	struct reading_input *in;
	int (*make)(struct reading_input *);
	pthread_t thread;
	bool apart;
	int result;
};

static void *make_one(void *data)
{
	struct first *first = data;
	first->result = first->make(first->in);
	return NULL;
}

int readings_make_first(struct reading_input *in)
{
#define X(name) {in, reading_##name, 0, false, 0},
	struct first first[] = {READINGS_FIRST(X)};
#undef X
	enum { COUNT = sizeof(first) / sizeof(*first) };
	pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
	int result = 0;
	in->turn = &turn;
	for (int i = 1; i < COUNT; i++)
		first[i].apart = !pthread_create(&first[i].thread, NULL, make_one, &first[i]);
	for (int i = 0; i < COUNT; i++)
		if (!first[i].apart)
			make_one(&first[i]);
	for (int i = 0; i < COUNT; i++) {
		if (first[i].apart)
			pthread_join(first[i].thread, NULL);
		result |= first[i].result;
	}
	in->turn = NULL;
	return result ? -1 : 0;
}

static int make_all(struct store *store, struct reading_source *source, bool all)
{
	struct reading_input in = {store, &source->graph, NULL, &source->path};
	int result = all ? readings_make_first(&in) : reading_sweep(&in);
#define X(name) result = result || !all ? result : reading_##name(&in);
	READINGS_LATER(X)
#undef X
	return result;
}

/* Those of a report before, on the same connection. */
static int drop_tables(struct store *store)
{
	struct query *q =
	    store_query(store, "SELECT name FROM temp.sqlite_master WHERE type = 'table' "
			       "AND name LIKE 'reading%'");
	struct text drop = {0};
	while (query_step(q))
		text_format(&drop, "DROP TABLE temp.%s;", query_text(q, 0));
	query_close(q);
	int result = drop.length ? store_exec(store, text_string(&drop)) : 0;
	text_free(&drop);
	return result;
}

/* Nearly every question asks for places of stacks, and each would look at all frames for them: 3 s
 * of 4 where stacks of Python are deep. A temporary table goes before the view of that name. */
static int keep_sites(struct store *store)
{
	if (store_value(
		store, "SELECT EXISTS (SELECT 1 FROM temp.sqlite_master WHERE name = 'stack_site')",
		0))
		return 0; /* of a report before, or a recording whose views are temporary */
	return store_exec(store, "CREATE TEMP TABLE stack_site AS SELECT * FROM main.stack_site; "
				 "CREATE UNIQUE INDEX temp.stack_site_stack ON stack_site (stack)");
}

static int make(struct store *store, struct reading_source *source, bool all)
{
	*source = (struct reading_source){0};
	memory_keep();
	int result = drop_tables(store);
	if (!result)
		result = store_exec(store, embedded_text("reports/readings.sql"));
	if (!result)
		result = keep_sites(store);
	if (!result)
		result = history_read(&source->history, store);
	if (result)
		return -1;
	graph_make(&source->graph, &source->history);
	return make_all(store, source, all);
}

void reading_source_free(struct reading_source *source)
{
	path_rows_free(&source->path);
	graph_free(&source->graph);
	history_free(&source->history);
}

int readings_make_from(struct store *store, struct reading_source *source)
{
	return make(store, source, true);
}

static int make_and_free(struct store *store, bool all)
{
	struct reading_source source;
	int result = make(store, &source, all);
	reading_source_free(&source);
	return result;
}

int readings_make(struct store *store)
{
	return make_and_free(store, true);
}

int readings_make_sweep(struct store *store)
{
	return make_and_free(store, false);
}
