/* What a report says besides locks: one line each, or whole tables with --full. */
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/question.h"
#include "reports/render.h"
#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN 12
#define PROCESSES_SHOWN 8

/* What a wait of each kind means. */
static const struct kind {
	const char *name, *title, *meaning;
} kinds[] = {
    {"condition", "Condition variables", "waiting for work or for a change, not for a lock"},
    {"semaphore", "Semaphores", "waiting for work or room that others post"},
    {"barrier", "Barriers", "waiting for the slowest thread"},
    {"join", "Joins", "waiting for a thread to end"},
    {"child", "Child processes", "waiting for a process to end"},
    {"futex", "Futexes", "waits of the program's own making: what for is not known"},
    {"once", "Once", "waiting for another thread to initialise something"},
    {"io", "I/O", "in calls for input and output that gave up the core"},
    {"timer", "Sleep", "for as long as the program asked for"},
};

static void say(struct text *out, const char *title, const struct text *line,
		const struct look *look)
{
	struct text all = {0};
	text_format(&all, "%s: %s", title, text_string(line));
	render_words(out, text_string(&all), 2, look);
	text_free(&all);
}

/* Numbers of the rows of this kind, NULL: of all; to be freed. */
static size_t rows_of(const struct table *t, const char *kind, size_t **rows)
{
	size_t count = 0;
	*rows = memory_new(t->rows + 1, sizeof(**rows));
	for (size_t i = 0; i < t->rows; i++)
		if (!kind || !strcmp(table_text(t, i, "kind"), kind))
			(*rows)[count++] = i;
	return count;
}

static void add_heading(struct text *out, const char *title, const char *meaning,
			const struct look *look)
{
	struct text line = {0};
	text_add(out, "\n");
	render_bold(out, title, look);
	text_format(&line, ": %s", meaning);
	text_format(out, "%s\n", text_string(&line));
	text_free(&line);
}

static void summarise_kind(struct text *out, const struct kind *kind, const struct table *t,
			   const size_t *rows, size_t count, const struct look *look)
{
	const struct style *style = &look->terminal.style;
	struct text line = {0};
	int64_t wait_ns = 0, waits = 0;
	for (size_t i = 0; i < count; i++) {
		wait_ns += table_int(t, rows[i], "wait_ns");
		waits += table_int(t, rows[i], "waits");
	}
	print_ns(&line, wait_ns, style);
	text_add(&line, " in ");
	print_count(&line, waits, style);
	text_add(&line, waits == 1 ? " wait" : " waits");
	if (wait_ns) {
		text_add(&line, count > 1 ? ", most for " : " for ");
		print_function(&line, table_text(t, rows[0], "name"), style);
	}
	text_format(&line, "; %s.", kind->meaning);
	say(out, kind->title, &line, look);
	text_free(&line);
}

static bool any_waited(const struct table *t, const size_t *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (table_int(t, rows[i], "waits"))
			return true;
	return false;
}

static void add_waits(struct text *out, const struct table *t, const struct look *look)
{
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		size_t *rows;
		size_t count = rows_of(t, kinds[k].name, &rows);
		if (count && look->full) {
			add_heading(out, kinds[k].title, kinds[k].meaning, look);
			render_table(out, t, rows, count, look);
		} else if (any_waited(t, rows, count)) {
			summarise_kind(out, &kinds[k], t, rows, count, look);
		}
		free(rows);
	}
}

void render_one(struct text *out, const struct table *t, const struct look *look)
{
	size_t *rows;
	size_t count = rows_of(t, NULL, &rows);
	add_heading(out, t->question->title, t->question->question, look);
	render_table(out, t, rows, count, look);
	if (!count)
		render_words(out, t->question->empty ? t->question->empty : "None.", 0, look);
	else if (t->question->explain)
		render_words(out, t->question->explain, 0, look);
	free(rows);
}

static double time_in_state(const struct table *states, const char *state)
{
	double sum = 0;
	for (size_t i = 0; i < states->rows; i++)
		if (!strcmp(table_text(states, i, "state"), state))
			sum += (double)table_int(states, i, "time_ns");
	return sum;
}

/* What is neither CPU time nor a wait: known exactly where the scheduler was seen. */
static void add_other(struct text *line, const struct model *m, double life)
{
	const struct table *states = &m->table[MODEL_states];
	text_add(line, ", ");
	if (!m->table[MODEL_scheduling].rows || !states->rows) {
		print_share(line, (double)table_sum(&m->table[MODEL_threads], "other_ns") / life);
		text_add(line, " other (no free core, waits unseen)");
		return;
	}
	print_share(line, time_in_state(states, "ready") / life);
	text_add(line, " ready, no core free, ");
	print_share(line, time_in_state(states, "hidden") / life);
	text_add(line, " blocked where no hook sees it");
}

static void summarise_threads(struct text *out, const struct model *m, int64_t cpu_unknown,
			      const struct look *look)
{
	const struct table *t = &m->table[MODEL_threads];
	static const struct {
		const char *key, *words;
	} parts[] = {
	    {"cpu_ns", " CPU"},	       {"lock_wait_ns", " waiting for locks"},
	    {"idle_wait_ns", " idle"}, {"phase_wait_ns", " waiting for others to arrive or end"},
	    {"io_wait_ns", " I/O"},    {"sleep_ns", " sleep"}};
	struct text line = {0};
	int64_t life = table_sum(t, "life_ns");
	print_count(&line, (int64_t)t->rows, &look->terminal.style);
	text_add(&line, t->rows == 1 ? " lived " : " lived together ");
	print_ns(&line, life, &look->terminal.style);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		text_add(&line, i ? ", " : ": ");
		print_share(&line, life ? (double)table_sum(t, parts[i].key) / (double)life : 0);
		text_add(&line, parts[i].words);
	}
	if (life)
		add_other(&line, m, (double)life);
	if (cpu_unknown)
		text_format(&line, "; with the CPU time of %lld whose end was not seen",
			    (long long)cpu_unknown);
	text_add(&line, ".");
	say(out, "Threads", &line, look);
	text_free(&line);
}

static void summarise_list(struct text *out, const struct table *t, const char *first,
			   const char *second, const struct look *look)
{
	struct text line = {0};
	for (size_t i = 0; i < t->rows && i < 3; i++) {
		const char *more = table_text(t, i, second);
		text_format(&line, "%s%s", i ? "; " : "", table_text(t, i, first));
		if (more && *more)
			text_format(&line, " (%s)", more);
		if (table_int(t, i, "count") > 1)
			text_format(&line, ", %lld times", (long long)table_int(t, i, "count"));
	}
	if (t->rows > 3)
		text_format(&line, "; and %zu more kinds", t->rows - 3);
	text_add(&line, ".");
	say(out, t->question->title, &line, look);
	text_free(&line);
}

/* What was lost goes behind the cost: a reader must see it without asking. */
static void add_drops(struct text *line, const struct table *t)
{
	if (table_int(t, 0, "records_dropped"))
		text_format(
		    line,
		    " %lld records were lost for want of memory: sums stay exact, stacks and "
		    "percentiles miss them.",
		    (long long)table_int(t, 0, "records_dropped"));
	if (table_int(t, 0, "threads_unseen"))
		text_format(line, " %lld threads could not be watched.",
			    (long long)table_int(t, 0, "threads_unseen"));
}

static void add_overhead(struct text *out, const struct table *t, const struct look *look)
{
	if (!t->rows)
		return;
	const struct style *style = &look->terminal.style;
	struct text line = {0};
	text_add(&line, "about ");
	print_ns(&line, table_int(t, 0, "cost_ns"), style);
	text_add(&line, " in the program, ");
	print_share(&line, table_real(t, 0, "cost_share"));
	text_add(&line, " of its CPU time; the recorder used ");
	print_ns(&line, table_int(t, 0, "recorder_cpu_ns"), style);
	text_add(&line, " CPU and ");
	text_add_bytes_human(&line, (uint64_t)table_int(t, 0, "recorder_rss_bytes"));
	text_add(&line, ".");
	add_drops(&line, t);
	say(out, t->question->title, &line, look);
	text_free(&line);
}

void render_beginning(struct text *out, const struct table *t, size_t most, const struct look *look)
{
	size_t *rows;
	size_t count = rows_of(t, NULL, &rows), shown = count > most ? most : count;
	text_add(out, "\n");
	render_bold(out, t->question->title, look);
	text_add(out, count ? "\n" : ": none\n");
	render_table(out, t, rows, shown, look);
	if (shown < count)
		text_format(out, "and %zu more (--full)\n", count - shown);
	free(rows);
}

/* What a first reader needs: sums in words, and who was running. */
static void add_brief(struct text *out, const struct model *m, const struct look *look)
{
	const struct table *t = m->table;
	if (look->by_thread) {
		render_beginning(out, &t[MODEL_threads], ROWS_SHOWN, look);
		render_beginning(out, &t[MODEL_thread_locks], ROWS_SHOWN, look);
		text_add(out, "\n");
	} else if (t[MODEL_threads].rows)
		summarise_threads(out, m, m->verdict.figures.cpu_unknown, look);
	add_waits(out, &t[MODEL_waits], look);
	if (t[MODEL_processes].rows > 1)
		render_beginning(out, &t[MODEL_processes], PROCESSES_SHOWN, look);
	if (t[MODEL_processes].rows > 1)
		text_add(out, "\n");
	if (t[MODEL_working_set].rows)
		render_beginning(out, &t[MODEL_working_set], ROWS_SHOWN, look);
	if (t[MODEL_counters].rows) {
		render_beginning(out, &t[MODEL_counters], ROWS_SHOWN, look);
		render_beginning(out, &t[MODEL_metrics], ROWS_SHOWN, look);
		text_add(out, "\n");
	}
	if (t[MODEL_unseen].rows)
		summarise_list(out, &t[MODEL_unseen], "reason", "subject", look);
	if (t[MODEL_oddities].rows)
		summarise_list(out, &t[MODEL_oddities], "kind", "example", look);
}

static void add_full(struct text *out, const struct model *m, const struct look *look)
{
	const struct table *t = m->table;
	enum model_table last[] = {MODEL_stack,
				   MODEL_cards,
				   MODEL_path,
				   MODEL_path_locks,
				   MODEL_roots,
				   MODEL_serial,
				   MODEL_imbalance,
				   MODEL_knots,
				   MODEL_whatif,
				   MODEL_ceiling,
				   MODEL_profile,
				   MODEL_states,
				   MODEL_threads,
				   MODEL_thread_locks,
				   MODEL_processes,
				   MODEL_counters,
				   MODEL_metrics,
				   MODEL_counter_threads,
				   MODEL_counter_functions,
				   MODEL_counter_locks,
				   MODEL_working_set,
				   MODEL_unseen,
				   MODEL_oddities,
				   MODEL_overhead,
				   MODEL_machine,
				   MODEL_machine_caches,
				   MODEL_machine_costs,
				   MODEL_machine_bandwidth};
	add_waits(out, &t[MODEL_waits], look);
	for (size_t i = 0; i < sizeof(last) / sizeof(*last); i++)
		if (t[last[i]].rows)
			render_one(out, &t[last[i]], look);
	text_add(out, "\n");
}

void render_rest(struct text *out, const struct model *m, const struct look *look)
{
	(look->full ? add_full : add_brief)(out, m, look);
	add_overhead(out, &m->table[MODEL_overhead], look);
	if (!look->full)
		text_add(out, "All tables: --full; one: --table=NAME. Stacks with library frames: "
			      "--native. For "
			      "programs: --json, --csv.\n");
}
