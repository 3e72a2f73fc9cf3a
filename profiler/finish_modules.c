#include "profiler/finish_modules.h"
#include "profiler/runtime.h"
#include "profiler/store.h"

int modules_kind(struct store *store)
{
	if (store_exec(store, "DELETE FROM runtime_module"))
		return -1;
	struct query *all = store_query(store, "SELECT id, path FROM module");
	struct query *add = store_query(store, "INSERT INTO runtime_module VALUES (?1, ?2)");
	while (query_step(all)) {
		const char *kind = runtime_module(query_text(all, 1));
		if (!kind)
			continue;
		query_bind_int(add, 1, query_int(all, 0));
		query_bind_text(add, 2, kind);
		query_run(add);
	}
	query_close(all);
	query_close(add);
	return store_failed(store) ? -1 : 0;
}
