/* Phases that the program marked: for how long one was open in any thread, and what ran meanwhile.
 */
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/mark/spans.h"
#include "reports/readings.h"
#include <stdlib.h>
#include <string.h>

struct phase {
	char *name;
	struct spans spans;
	int64_t running_ns;
};
struct phases {
	struct phase *phase;
	size_t count;
};

static int read_phases(struct phases *p, struct store *store)
{
	struct query *q =
	    store_query(store, "SELECT name, begin_ns, end_ns FROM mark_phase_part ORDER BY name");
	while (query_step(q)) {
		const char *name = query_text(q, 0);
		if (!p->count || strcmp(p->phase[p->count - 1].name, name)) {
			p->phase = memory_grow(p->phase, p->count + 1, sizeof(*p->phase));
			p->phase[p->count++] = (struct phase){.name = memory_copy(name)};
		}
		spans_add(&p->phase[p->count - 1].spans, query_int(q, 1), query_int(q, 2));
	}
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	for (size_t i = 0; i < p->count; i++)
		spans_unite(&p->phase[i].spans);
	return result;
}

/* The tiles of a thread come in order of time. */
static void add_thread(struct phases *p, const struct graph *graph, uint32_t thread)
{
	struct tile_walk walk;
	struct tile tile;
	for (size_t i = 0; i < p->count; i++)
		p->phase[i].spans.at = 0;
	tile_start(&walk, graph, thread);
	while (tile_next(&walk, &tile)) {
		if (tile.state != TILE_run)
			continue;
		for (size_t i = 0; i < p->count; i++)
			p->phase[i].running_ns +=
			    spans_overlap(&p->phase[i].spans, tile.begin, tile.end);
	}
}

static void write_phases(const struct phases *p, struct store *store)
{
	struct query *add = store_query(store, "INSERT INTO reading_phase VALUES (?, ?, ?)");
	for (size_t i = 0; add && i < p->count; i++) {
		query_bind_text(add, 1, p->phase[i].name);
		query_bind_int(add, 2, spans_length(&p->phase[i].spans));
		query_bind_int(add, 3, p->phase[i].running_ns);
		query_run(add);
	}
	query_close(add);
}

int reading_mark(struct reading_input *in)
{
	struct phases p = {0};
	int result = read_phases(&p, in->store);
	for (uint32_t i = 0; !result && p.count && i < in->graph->history->threads; i++)
		add_thread(&p, in->graph, i);
	if (!result)
		write_phases(&p, in->store);
	for (size_t i = 0; i < p.count; i++) {
		free(p.phase[i].name);
		spans_free(&p.phase[i].spans);
	}
	free(p.phase);
	return result || store_failed(in->store) ? -1 : 0;
}
