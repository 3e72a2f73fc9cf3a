#include "profiler/ingest_state.h"

#define SQL_TEXT(name, sql) [SQL_##name] = sql,
static const char *const statements[] = {INGEST_SQL(SQL_TEXT)};

struct query *sql_bind(struct ingest *in, enum ingest_sql which, const int64_t *value, size_t count)
{
	struct query *q = in->sql[which];

	if (!q)
		q = in->sql[which] = store_query(in->store, statements[which]);
	for (size_t i = 0; i < count; i++) {
		if (value[i] == STORE_NULL)
			query_bind_null(q, (int)i + 1);
		else
			query_bind_int(q, (int)i + 1, value[i]);
	}
	return q;
}

int64_t sql_value(struct query *q)
{
	int64_t value = query_step(q) ? query_int(q, 0) : 0;

	query_reset(q);
	return value;
}

void sql_close(struct ingest *in)
{
	for (unsigned i = 0; i < SQL_COUNT; i++)
		query_close(in->sql[i]);
}
