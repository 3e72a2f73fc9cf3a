#include "reports/python/workers.h"
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/unit.h"
#include <string.h>

#define UNEVEN 1.5	  /* the most work of one, against what one in the middle has */
#define DECIDES_SHARE 0.1 /* of the run: what dividing the work evenly would save */
#define PLACES_SAID 2

static const struct style plain = {.utf8 = false, .brief = true};

static int64_t max(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* What the slowest worker needs longer than all would with even shares on these cores. */
static int64_t excess(const struct table *t, size_t row, int64_t cores)
{
	int64_t workers = table_int(t, row, "workers"), most = table_int(t, row, "cpu_max_ns");
	int64_t lanes = max(1, workers < cores ? workers : cores);
	if (workers < 2 ||
	    (double)most < UNEVEN * (double)max(1, table_int(t, row, "cpu_median_ns")))
		return 0;
	return max(0, most - table_int(t, row, "cpu_ns") / lanes);
}

/* The row that would gain most by even shares. */
static size_t worst_row(const struct model *m, int64_t *ns)
{
	const struct table *t = &m->table[MODEL_workers];
	size_t worst = 0;
	*ns = 0;
	for (size_t i = 0; i < t->rows; i++) {
		int64_t x = excess(t, i, model_fact(m, "cores"));
		if (x > *ns) {
			*ns = x;
			worst = i;
		}
	}
	return worst;
}

bool workers_decide(const struct model *m, const char *code)
{
	static const char *const others[] = {"serial", "imbalance",   "stage",
					     "idle",   "few-threads", "io"};
	int64_t ns;
	bool may = false;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		may |= !strcmp(code, others[i]);
	worst_row(m, &ns);
	return may && ns > 0 && (double)ns >= DECIDES_SHARE * (double)m->verdict.figures.wall_ns;
}

static void say_messages(struct text *out, const struct table *t, size_t row)
{
	int64_t least = table_int(t, row, "received_min"), most = table_int(t, row, "received_max");
	if (most && least == most)
		text_format(out, ", %lld messages each", (long long)most);
	else if (most)
		text_format(out, ", %lld to %lld messages", (long long)least, (long long)most);
}

static void say_place(struct text *out, const struct table *t, size_t row,
		      const struct style *style)
{
	const char *function = table_text(t, row, "function");
	if (!function)
		return;
	text_add(out, " of ");
	print_function(out, function, style);
	if (table_text(t, row, "where")) {
		text_add(out, " (");
		print_place(out, table_text(t, row, "where"));
		text_add(out, ")");
	}
}

void workers_say(const struct model *m, struct text *s, struct text *c)
{
	const struct table *t = &m->table[MODEL_workers];
	int64_t ns;
	size_t row = worst_row(m, &ns);
	text_add(s, "Limited by uneven shares of work: of ");
	text_format(s, "%lld workers", (long long)table_int(t, row, "workers"));
	say_place(s, t, row, &plain);
	text_format(s, " %s computed ", table_text(t, row, "busiest_label"));
	print_ns(s, table_int(t, row, "cpu_max_ns"), &plain);
	text_add(s, ", one in the middle ");
	print_ns(s, table_int(t, row, "cpu_median_ns"), &plain);
	say_messages(s, t, row);
	text_add(s, "; the others wait for it.");
	int64_t wall = m->verdict.figures.wall_ns;
	text_add(c, "With even shares it would be up to ");
	print_gain(c, (double)wall / (double)max(1, wall - ns), &plain);
	text_add(c, " as fast.");
}

static void say_workers(struct text *out, const struct table *t, size_t row,
			const struct style *style)
{
	int64_t workers = table_int(t, row, "workers");
	text_format(out, "%lld %s", (long long)workers, workers == 1 ? "worker" : "workers");
	say_place(out, t, row, style);
	text_add(out, " computed ");
	print_ns(out, table_int(t, row, "cpu_min_ns"), style);
	if (workers > 1) {
		text_add(out, " to ");
		print_ns(out, table_int(t, row, "cpu_max_ns"), style);
	}
	say_messages(out, t, row);
	if (table_int(t, row, "start_ns")) {
		text_add(out, workers > 1 ? ", were ready after " : ", was ready after ");
		print_ns(out, table_int(t, row, "start_ns"), style);
	}
}

void workers_sentence(struct text *out, const struct model *m, const struct style *style)
{
	const struct table *t = &m->table[MODEL_workers];
	for (size_t i = 0; i < t->rows && i < PLACES_SAID; i++) {
		text_add(out, i ? "; " : out->length ? " " : "");
		say_workers(out, t, i, style);
	}
	if (!t->rows)
		return;
	if (table_int(t, 0, "serial_ns")) {
		text_add(out, "; the parent alone had work for ");
		print_ns(out, table_int(t, 0, "serial_ns"), style);
	}
	text_add(out, t->rows > PLACES_SAID ? "; and more (--table=workers)." : ".");
}
