#include "reports/readings.h"
#include "profiler/embedded.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/graph/graph.h"
#include <stdbool.h>

static int make_from(struct store *store, struct history *history, bool all)
{
	struct graph graph;
	graph_make(&graph, history);
	struct reading_input in = {store, &graph};
	int result = 0;
	if (!all)
		result = reading_sweep(&in);
#define X(name) result = result || !all ? result : reading_##name(&in);
	READINGS(X)
#undef X
	graph_free(&graph);
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

static int make(struct store *store, bool all)
{
	struct history history = {0};
	int result = drop_tables(store);
	if (!result)
		result = store_exec(store, embedded_text("reports/readings.sql"));
	if (!result)
		result = history_read(&history, store);
	if (!result)
		result = make_from(store, &history, all);
	history_free(&history);
	return result;
}

int readings_make(struct store *store)
{
	return make(store, true);
}

int readings_make_sweep(struct store *store)
{
	return make(store, false);
}
