#include "reports/readings.h"
#include "profiler/embedded.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/graph/graph.h"

static int make_all(struct store *store, struct history *history)
{
	struct graph graph;
	graph_make(&graph, history);
	struct reading_input in = {store, &graph};
	int result = 0;
#define X(name) result = result ? result : reading_##name(&in);
	READINGS(X)
#undef X
	(void)in;
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

int readings_make(struct store *store)
{
	struct history history = {0};
	int result = drop_tables(store);
	if (!result)
		result = store_exec(store, embedded_text("reports/readings.sql"));
	if (!result)
		result = history_read(&history, store);
	if (!result)
		result = make_all(store, &history);
	history_free(&history);
	return result;
}
