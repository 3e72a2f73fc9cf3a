#include "profiler/machine_store.h"
#include "collectors/machine/cost.h"
#include "collectors/machine/machine.h"
#include "profiler/cost_cache.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
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

static void store_cost(struct query *q, const struct cost *c)
{
	query_bind_text(q, 1, cost_key(c->number));
	query_bind_int(q, 2, c->threads);
	query_bind_text(q, 3, cost_unit(c->number));
	query_bind_double(q, 4, c->low);
	query_bind_double(q, 5, c->median);
	query_bind_double(q, 6, c->high);
	query_bind_int(q, 7, c->batches);
	query_bind_int(q, 8, c->times);
	query_bind_text(q, 9, cost_name(c->number));
	query_bind_text(q, 10, cost_method(c->number));
	query_run(q);
}

void machine_store_costs(struct store *s, const struct machine_costs *costs, const char *how)
{
	store_begin(s);
	struct query *fact = store_query(s, "INSERT INTO machine VALUES (?, ?)");
	put_text(fact, "costs", how);
	if (costs) {
		put_int(fact, "costs_measured_unix_ns", costs->measured_unix_ns);
		put_real(fact, "costs_others", costs->others);
		put_int(fact, "costs_array_bytes", (int64_t)costs->array_bytes);
		put_int(fact, "costs_noisy", costs_noisy(costs));
	}
	query_close(fact);
	struct query *q = store_query(
	    s, "INSERT OR REPLACE INTO machine_cost VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	for (size_t i = 0; costs && i < costs->count; i++)
		store_cost(q, &costs->cost[i]);
	query_close(q);
}

void machine_store_this(struct store *s)
{
	struct machine m;
	struct machine_costs costs;
	struct text why = {0};
	machine_read(&m, "");
	machine_store(s, &m);
	if (cost_cache_read(&costs, &m, &why))
		machine_store_costs(s, &costs, "remembered");
	else
		machine_store_costs(s, NULL, text_string(&why));
	text_free(&why);
	machine_free(&m);
}

static void remember(const struct machine_costs *costs, const struct machine *m)
{
	struct machine_costs before;
	struct text why = {0};
	bool better =
	    costs_noisy(costs) && cost_cache_read(&before, m, &why) && !costs_noisy(&before);
	if (better)
		notice("other programs ran as well: these costs are not remembered, earlier ones "
		       "stay; try again when the machine is quiet");
	else
		cost_cache_write(costs, m);
	text_free(&why);
}

void machine_store_measured(struct store *s)
{
	struct machine m;
	struct machine_costs costs;
	machine_read(&m, "");
	progress("measuring what threads, locks and memory cost here");
	costs_measure_all(&costs, &m);
	progress_erase();
	machine_store(s, &m);
	machine_store_costs(s, &costs, "measured");
	remember(&costs, &m);
	machine_free(&m);
}
