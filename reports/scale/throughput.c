#include "reports/scale/throughput.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <stdlib.h>

int throughput_read(struct throughput *t, struct store *recording, int n)
{
	struct query *q = store_query(
	    recording, "SELECT name, sum(count) FROM mark_progress GROUP BY name ORDER BY name");
	int64_t wall_ns = store_run_int(recording, "wall_ns", 0);
	while (query_step(q)) {
		t->counts = memory_grow(t->counts, t->count + 1, sizeof(*t->counts));
		t->counts[t->count++] = (struct throughput_count){n, memory_copy(query_text(q, 0)),
								  query_int(q, 1), wall_ns};
	}
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

int throughput_keep(const struct throughput *t, struct store *store, int64_t sweep)
{
	if (!t->count)
		return 0;
	struct query *q = store_query(store, "INSERT INTO scale_progress VALUES (?, ?, ?, ?, ?)");
	int result = q ? store_begin(store) : -1;
	for (size_t i = 0; i < t->count && result == 0; i++) {
		query_bind_int(q, 1, sweep);
		query_bind_int(q, 2, t->counts[i].n);
		query_bind_text(q, 3, t->counts[i].name);
		query_bind_int(q, 4, t->counts[i].count);
		query_bind_int(q, 5, t->counts[i].wall_ns);
		result = query_run(q);
	}
	query_close(q);
	return result == 0 ? store_commit(store) : result;
}

void throughput_free(struct throughput *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->counts[i].name);
	free(t->counts);
	*t = (struct throughput){0};
}
