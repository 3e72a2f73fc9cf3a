#include "reports/readings.h"
#include "profiler/embedded.h"
#include "profiler/store.h"
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

int readings_make(struct store *store)
{
	struct history history = {0};
	int result = store_exec(store, embedded_text("reports/readings.sql"));
	if (!result)
		result = history_read(&history, store);
	if (!result)
		result = make_all(store, &history);
	history_free(&history);
	return result;
}
