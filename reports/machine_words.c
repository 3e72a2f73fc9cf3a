#include "reports/machine_words.h"
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/render.h"
#include <string.h>
#include <time.h>

static const struct cell *fact(const struct model *m, const char *key)
{
	static const struct cell none;
	const struct table *t = &m->table[MODEL_machine];
	for (size_t i = 0; i < t->rows; i++)
		if (!strcmp(table_text(t, i, "key"), key))
			return table_cell(t, i, "value");
	return &none;
}

static int64_t fact_int(const struct model *m, const char *key)
{
	const struct cell *c = fact(m, key);
	return c->type == CELL_INT ? c->integer : 0;
}

static double fact_real(const struct model *m, const char *key)
{
	const struct cell *c = fact(m, key);
	return c->type == CELL_REAL ? c->real : 0;
}

static const char *fact_text(const struct model *m, const char *key)
{
	const struct cell *c = fact(m, key);
	return c->type == CELL_TEXT ? c->text : NULL;
}

static void add_many(struct text *out, int64_t count, const char *what)
{
	text_format(out, "%lld %s%s", (long long)count, what, count == 1 ? "" : "s");
}

static void add_cores(struct text *out, const struct model *m)
{
	int64_t cores = fact_int(m, "cores"), threads = fact_int(m, "threads_per_core");
	int64_t nodes = fact_int(m, "nodes");
	if (!cores) {
		add_many(out, fact_int(m, "cpus"), "CPU");
		return;
	}
	add_many(out, cores, "core");
	text_add(out, " (");
	if (fact_int(m, "packages")) {
		add_many(out, fact_int(m, "packages"), "package");
		text_add(out, ", ");
	}
	if (nodes > 1)
		text_format(out, "%lld NUMA nodes, ", (long long)nodes);
	if (threads > 1)
		text_format(out, "up to %lld threads each", (long long)threads);
	else
		text_add(out, "no SMT");
	if (fact_text(m, "core_kinds"))
		text_format(out, ", %s", fact_text(m, "core_kinds"));
	text_add(out, ")");
}

/* "48 kB L1d, 1 MB L2 each, 4 × 32 MB L3": what all cores have for themselves is said once. */
static void add_caches(struct text *out, const struct model *m, const struct style *style)
{
	const struct table *t = &m->table[MODEL_machine_caches];
	int64_t threads = fact_int(m, "threads_per_core"), cpus = fact_int(m, "cpus");
	bool own = false;
	for (size_t i = 0; i < t->rows; i++) {
		const char *kind = table_text(t, i, "kind");
		int64_t shared = table_int(t, i, "shared_by"),
			instances = table_int(t, i, "instances");
		if (strchr(kind, 'i'))
			continue;
		text_add(out, own && shared > threads ? " each, " : ", ");
		own = shared <= threads;
		if (!own && instances > 1)
			text_format(out, "%lld %s ", (long long)instances, style->utf8 ? "×" : "x");
		print_size(out, table_int(t, i, "bytes"));
		text_format(out, " %s", kind);
		if (!own && instances == 1)
			text_add(out, shared >= cpus ? " shared" : " shared by some");
	}
	text_add(out, own ? " each" : "");
}

static void add_allowed(struct text *out, const struct model *m)
{
	double quota = fact_real(m, "quota_cpus");
	int64_t allowed = fact_int(m, "allowed_cpus");
	text_add(out, "; ");
	if (quota > 0 && quota < (double)allowed)
		text_format(out, "%.3g CPUs allowed, by quota, on %lld", quota, (long long)allowed);
	else
		text_format(out, "%lld CPU%s allowed", (long long)allowed, allowed == 1 ? "" : "s");
	if (fact_int(m, "memory_bytes")) {
		text_add(out, "; ");
		print_size(out, fact_int(m, "memory_bytes"));
		text_add(out, " memory");
	}
	int64_t limit = fact_int(m, "memory_limit_bytes");
	if (limit && limit < fact_int(m, "memory_bytes")) {
		text_add(out, ", ");
		print_size(out, limit);
		text_add(out, " of it allowed");
	}
}

static void add_date(struct text *out, int64_t unix_ns)
{
	char words[32];
	time_t seconds = (time_t)(unix_ns / 1000000000);
	struct tm local;
	localtime_r(&seconds, &local);
	strftime(words, sizeof(words), "%Y-%m-%d %H:%M", &local);
	text_add(out, words);
}

static void add_costs(struct text *out, const struct model *m)
{
	const char *how = fact_text(m, "costs");
	if (how && !fact_int(m, "costs_measured_unix_ns")) {
		text_format(out, " Costs: %s.", how);
		return;
	}
	if (how && strcmp(how, "measured") != 0) {
		text_add(out, " Costs are those of ");
		add_date(out, fact_int(m, "costs_measured_unix_ns"));
		text_add(out, ".");
	}
	if (fact_int(m, "costs_noisy")) {
		text_add(out, " The machine was busy when they were measured, others took ");
		print_share(out, fact_real(m, "costs_others"));
		text_add(out, " of it: they may be too high.");
	}
}

void machine_sentence(struct text *out, const struct model *m, const struct style *style)
{
	if (!m->table[MODEL_machine].rows) {
		text_add(out, "Nobody looked at the machine when this was recorded.");
		return;
	}
	add_cores(out, m);
	add_caches(out, m, style);
	add_allowed(out, m);
	if (fact_text(m, "virtual_machine"))
		text_format(out, "; virtual machine (%s)", fact_text(m, "virtual_machine"));
	if (fact_text(m, "container"))
		text_format(out, "; container (%s)", fact_text(m, "container"));
	text_add(out, ".");
	if (fact_text(m, "missing"))
		text_format(out, " Not known: %s.", fact_text(m, "missing"));
	add_costs(out, m);
}
