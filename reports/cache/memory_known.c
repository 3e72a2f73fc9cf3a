#include "reports/cache/memory_known.h"
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/unit.h"
#include <string.h>

#define AGAIN_FEW 0.1

enum memory_bound memory_of_facts(const struct memory_facts *f)
{
	if (f->llc_mpki >= MEMORY_LL_MANY)
		return MEMORY_BOUND;
	if (f->llc_mpki >= 0)
		return f->llc_mpki > MEMORY_LL_FEW ? MEMORY_BETWEEN : MEMORY_NOT;
	if (!f->touched || !f->last)
		return MEMORY_UNKNOWN;
	if (f->touched > f->last)
		return MEMORY_BETWEEN;
	if (f->at_least)
		return MEMORY_UNKNOWN;
	return f->l2 && f->each_thread <= f->l2 ? MEMORY_NOT : MEMORY_CACHE;
}

static double counted(const struct table *metrics)
{
	for (size_t i = 0; i < metrics->rows; i++) {
		const char *name = table_text(metrics, i, "name");
		const char *scope = table_text(metrics, i, "scope");
		if (name && scope && !strcmp(name, "llc_mpki") && !strcmp(scope, "run") &&
		    table_cell(metrics, i, "value")->type != CELL_NONE)
			return table_real(metrics, i, "value");
	}
	return -1;
}

/* Small: better. The shortest window that was not mainly spent on touching cleared pages again,
 * else the longest. */
static int64_t rank_of(const struct table *t, size_t row)
{
	int64_t window = table_int(t, row, "window_ns");
	return table_real(t, row, "again_share") <= AGAIN_FEW ? window : INT64_MAX - window;
}

static bool is_best_of_process(const struct table *t, size_t row)
{
	int64_t process = table_int(t, row, "process");
	for (size_t i = 0; i < t->rows; i++)
		if (table_int(t, i, "process") == process && rank_of(t, i) < rank_of(t, row))
			return false;
	return true;
}

static void look_at_row(struct memory_facts *f, const struct table *t, size_t row)
{
	int64_t touched = table_int(t, row, "touched_bytes");
	if (touched <= f->touched || !is_best_of_process(t, row))
		return;
	f->window_ns = table_int(t, row, "window_ns");
	f->touched = touched;
	f->each_thread = table_int(t, row, "thread_bytes");
	f->l2 = table_int(t, row, "l2_bytes");
	f->last = table_int(t, row, "last_bytes");
	f->at_least = table_int(t, row, "at_least");
}

static const char *const words[] = {
    [MEMORY_UNKNOWN] = "Memory-bound or not: nothing here tells",
    [MEMORY_BOUND] = "Memory-bound",
    [MEMORY_BETWEEN] = "Perhaps memory-bound",
    [MEMORY_CACHE] = "Hardly memory-bound: its data comes from the last level cache",
    [MEMORY_NOT] = "Not memory-bound",
};

static void say_touched(struct text *s, const struct memory_facts *f)
{
	text_add(s, f->at_least ? ": at least " : ": at most ");
	print_size(s, f->touched);
	text_add(s, " were touched in ");
	print_ns(s, f->window_ns, &(struct style){.brief = true});
	text_add(s, ", by whole pages; ");
	print_size(s, f->each_thread);
	text_add(s, " by each thread. L2 has ");
	if (f->l2)
		print_size(s, f->l2);
	text_add(s, f->l2 ? ", the last level " : "an unknown size, the last level ");
	print_size(s, f->last);
	text_add(s, ".");
	if (f->at_least)
		text_add(s, " More may have been touched: translations were not flushed, or the "
			    "time was too short.");
}

void memory_say(const struct model *m, struct text *out)
{
	const struct table *touched = &m->table[MODEL_working_set];
	struct memory_facts f = {.llc_mpki = counted(&m->table[MODEL_metrics])};
	for (size_t i = 0; i < touched->rows; i++)
		look_at_row(&f, touched, i);
	enum memory_bound is = memory_of_facts(&f);
	text_add(out, words[is]);
	if (f.llc_mpki >= 0)
		text_format(out,
			    ": %.3g misses of the last level cache were counted for 1000 "
			    "instructions.",
			    f.llc_mpki);
	else if (is == MEMORY_UNKNOWN && !f.at_least)
		text_add(out, ", neither counted misses nor a working set beside known caches: "
			      "'parprof record --working-set=auto' reads one.");
	else
		say_touched(out, &f);
	if (f.llc_mpki < 0 && is == MEMORY_BETWEEN)
		text_add(out, " How often the last level was missed was not counted.");
}
