#include "reports/graph/history_read.h"
#include "profiler/text.h"
#include <stdlib.h>

void index_put(struct index_map *m, int64_t id, uint32_t index)
{
	int64_t count = m->count;

	if (id < 0)
		return;
	if (id >= count) {
		m->count = id < 64 ? 128 : 2 * id;
		m->index = memory_grow(m->index, (size_t)m->count, sizeof(*m->index));
		for (; count < m->count; count++)
			m->index[count] = NOBODY;
	}
	m->index[id] = index;
}

static const char hooks_sql[] = "SELECT hook, family, mode = 'shared', name LIKE '%timed%' OR "
				"name LIKE '%clock%', name LIKE '%broadcast' FROM graph_hook "
				"ORDER BY hook";

static int read_hooks(struct reader *r)
{
	struct query *q = store_query(r->store, hooks_sql);
	int result;

	while (query_step(q)) {
		int64_t id = query_int(q, 0);
		enum history_family family = history_family(query_text(q, 1));
		int flags = (query_int(q, 2) ? HISTORY_SHARED : 0) |
			    (query_int(q, 3) ? HISTORY_GIVES_UP : 0);
		if (id < r->hooks || id > UINT16_MAX)
			continue;
		r->hook = memory_grow(r->hook, (size_t)id + 1, sizeof(*r->hook));
		for (; r->hooks < id; r->hooks++)
			r->hook[r->hooks] = (struct hook_fact){.family = HISTORY_other};
		r->hook[r->hooks++] =
		    (struct hook_fact){family, (uint8_t)flags, query_int(q, 4),
				       family == HISTORY_condition || family == HISTORY_join ||
					   family == HISTORY_child};
	}
	result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

/* What is known of the run, and the order: all indexes are valid by now. */
static void complete(struct reader *r)
{
	struct history *h = r->history;

	h->end_ns = store_run_int(r->store, "wall_ns", 0);
	h->cores = (int)store_run_int(r->store, "cores", 1);
	if (h->cores < 1)
		h->cores = 1;
	history_sort(h);
}

int history_read(struct history *h, struct store *store)
{
	struct reader r = {.store = store, .history = h};
	int result;

	*h = (struct history){0};
	hash_init(&r.mutex, sizeof(uint32_t));
	result = read_hooks(&r);
	if (!result)
		result = read_threads(&r);
	if (!result)
		result = read_objects(&r);
	if (!result)
		result = read_events(&r);
	if (!result)
		complete(&r);
	free(r.thread.index);
	free(r.object.index);
	free(r.lock.index);
	free(r.process);
	free(r.handle);
	free(r.hook);
	free(r.process_place.index);
	hash_free(&r.mutex);
	return result;
}
