#include "profiler/store_internal.h"
#include "profiler/text.h"

static struct query *run_setter(struct store *s, const char *key)
{
	struct query *q = store_query(s, "INSERT OR REPLACE INTO run VALUES (?, ?)");

	query_bind_text(q, 1, key);
	return q;
}

static void run_set(struct query *q)
{
	query_run(q);
	query_close(q);
}

void store_run_set_int(struct store *s, const char *key, int64_t value)
{
	struct query *q = run_setter(s, key);

	query_bind_int(q, 2, value);
	run_set(q);
}

void store_run_set_double(struct store *s, const char *key, double value)
{
	struct query *q = run_setter(s, key);

	query_bind_double(q, 2, value);
	run_set(q);
}

void store_run_set_text(struct store *s, const char *key, const char *value)
{
	struct query *q = run_setter(s, key);

	query_bind_text(q, 2, value);
	run_set(q);
}

static struct query *run_getter(struct store *s, const char *key)
{
	struct query *q = store_query(s, "SELECT value FROM run WHERE key = ?");

	query_bind_text(q, 1, key);
	if (query_step(q) && !query_is_null(q, 0))
		return q;
	query_close(q);
	return NULL;
}

int64_t store_run_int(struct store *s, const char *key, int64_t otherwise)
{
	struct query *q = run_getter(s, key);
	int64_t value = q ? query_int(q, 0) : otherwise;

	query_close(q);
	return value;
}

double store_run_double(struct store *s, const char *key, double otherwise)
{
	struct query *q = run_getter(s, key);
	double value = q ? query_double(q, 0) : otherwise;

	query_close(q);
	return value;
}

char *store_run_text(struct store *s, const char *key)
{
	struct query *q = run_getter(s, key);
	char *value = q ? memory_copy(query_text(q, 0)) : NULL;

	query_close(q);
	return value;
}

void store_oddity(struct store *s, const char *kind, int64_t count, const char *example)
{
	if (!s->oddity)
		s->oddity = store_query(s, "INSERT INTO oddity VALUES (?1, ?2, ?3) ON CONFLICT DO "
					   "UPDATE SET count = count + ?2");
	query_bind_text(s->oddity, 1, kind);
	query_bind_int(s->oddity, 2, count);
	query_bind_text(s->oddity, 3, example);
	query_run(s->oddity);
}

void store_unseen(struct store *s, const char *reason, const char *subject, int64_t count)
{
	if (!s->unseen)
		s->unseen = store_query(s, "INSERT INTO unseen VALUES (?1, ?2, ?3) ON CONFLICT DO "
					   "UPDATE SET count = count + ?3");
	query_bind_text(s->unseen, 1, reason);
	query_bind_text(s->unseen, 2, subject);
	query_bind_int(s->unseen, 3, count);
	query_run(s->unseen);
}
