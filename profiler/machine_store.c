#include "profiler/machine_store.h"
#include "profiler/store.h"
#include <string.h>

static void put_text(struct query *q, const char *key, const char *value)
{
	query_bind_text(q, 1, key);
	query_bind_text(q, 2, value);
	if (value)
		query_run(q);
}

static void put_int(struct query *q, const char *key, int64_t value)
{
	query_bind_text(q, 1, key);
	query_bind_int(q, 2, value);
	if (value)
		query_run(q);
}

static void put_real(struct query *q, const char *key, double value)
{
	query_bind_text(q, 1, key);
	query_bind_double(q, 2, value);
	if (value > 0)
		query_run(q);
}

static void store_facts(struct store *s, const struct machine *m)
{
	struct query *q = store_query(s, "INSERT INTO machine VALUES (?, ?)");
#define PUT_TEXT(key) put_text(q, #key, m->key);
#define PUT_INT(key) put_int(q, #key, m->key);
#define PUT_REAL(key) put_real(q, #key, m->key);
#define X(kind, key, meaning) PUT_##kind(key)
	MACHINE_FACTS(X)
#undef X
	query_close(q);
}

/* NULL for what is not known. */
static void bind_known(struct query *q, int index, int64_t value, bool known)
{
	if (known)
		query_bind_int(q, index, value);
	else
		query_bind_null(q, index);
}

static void store_parts(struct store *s, const struct machine *m)
{
	struct query *q =
	    store_query(s, "INSERT INTO machine_part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	for (size_t i = 0; i < m->part_count; i++) {
		const struct machine_part *p = &m->parts[i];
		query_bind_int(q, 1, (int64_t)i + 1);
		bind_known(q, 2, p->parent + 1, p->parent >= 0);
		query_bind_text(q, 3, p->kind);
		bind_known(q, 4, p->number, p->number >= 0);
		query_bind_text(q, 5, p->name);
		bind_known(q, 6, (int64_t)p->bytes, p->bytes > 0);
		bind_known(q, 7, p->line_bytes, p->line_bytes > 0);
		bind_known(q, 8, p->ways, p->ways != 0);
		query_bind_int(q, 9, p->cpus);
		query_bind_text(q, 10, p->cpu_list);
		query_run(q);
	}
	query_close(q);
}

void machine_store(struct store *s, const struct machine *m)
{
	store_begin(s); /* the ingest's, when it has begun one: that ends it, too */
	store_facts(s, m);
	store_parts(s, m);
}

void machine_store_this(struct store *s)
{
	struct machine m;
	machine_read(&m, "");
	machine_store(s, &m);
	machine_free(&m);
}
