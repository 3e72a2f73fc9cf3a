/* What a report says besides locks: one line each, or whole tables with --full. */
#include "profiler/text.h"
#include "reports/folded.h"
#include "reports/model.h"
#include "reports/python/words.h"
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

/* Without the waits of processes that are folded. */
static int64_t rest_of(const struct table *t, size_t row, const char *key, const char *folded)
{
	return table_int(t, row, key) - table_int(t, row, folded);
}

static size_t longest(const struct table *t, const size_t *rows, size_t count)
{
	size_t best = rows[0];
	for (size_t i = 1; i < count; i++)
		if (rest_of(t, rows[i], "wait_ns", "folded_ns") >
		    rest_of(t, best, "wait_ns", "folded_ns"))
			best = rows[i];
	return best;
}

static void summarise_kind(struct text *out, const struct kind *kind, const struct table *t,
			   const size_t *rows, size_t count, const struct look *look)
{
	const struct style *style = &look->terminal.style;
	struct text line = {0};
	int64_t wait_ns = 0, waits = 0;
	for (size_t i = 0; i < count; i++) {
		wait_ns += rest_of(t, rows[i], "wait_ns", "folded_ns");
		waits += rest_of(t, rows[i], "waits", "folded_waits");
	}
	print_ns(&line, wait_ns, style);
	text_add(&line, " in ");
	print_count(&line, waits, style);
	text_add(&line, waits == 1 ? " wait" : " waits");
	if (wait_ns) {
		text_add(&line, count > 1 ? ", most for " : " for ");
		print_function(&line, table_text(t, longest(t, rows, count), "name"), style);
	}
	text_format(&line, "; %s.", kind->meaning);
	say(out, kind->title, &line, look);
	text_free(&line);
}

static bool any_waited(const struct table *t, const size_t *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rest_of(t, rows[i], "waits", "folded_waits"))
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
		print_share(line,
			    (double)folded_rest_sum(&m->table[MODEL_threads], "other_ns") / life);
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
	int64_t life = folded_rest_sum(t, "life_ns"), count = (int64_t)folded_rest(t);
	print_count(&line, count, &look->terminal.style);
	text_add(&line, count == 1 ? " lived " : " lived together ");
	print_ns(&line, life, &look->terminal.style);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		text_add(&line, i ? ", " : ": ");
		print_share(&line,
			    life ? (double)folded_rest_sum(t, parts[i].key) / (double)life : 0);
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
	if (table_cell(t, 0, "cost_ns")->type == CELL_NONE) {
		text_add(&line, "in the program it could not be measured");
	} else {
		text_add(&line, "about ");
		print_ns(&line, table_int(t, 0, "cost_ns"), style);
		text_add(&line, " in the program, ");
		print_share(&line, table_real(t, 0, "cost_share"));
		text_add(&line, " of its CPU time");
	}
	text_add(&line, "; the recorder used ");
	print_ns(&line, table_int(t, 0, "recorder_cpu_ns"), style);
	text_add(&line, " CPU and ");
	text_add_bytes_human(&line, (uint64_t)table_int(t, 0, "recorder_rss_bytes"));
	text_add(&line, ".");
	add_drops(&line, t);
	say(out, t->question->title, &line, look);
	text_free(&line);
}

static size_t unfolded_rows(const struct table *t, size_t **rows)
{
	size_t count = 0;
	*rows = memory_new(t->rows + 1, sizeof(**rows));
	for (size_t i = 0; i < t->rows; i++)
		if (!folded_row(t, i))
			(*rows)[count++] = i;
	return count;
}

void render_beginning(struct text *out, const struct table *t, size_t most, const struct look *look)
{
	size_t *rows;
	size_t count = unfolded_rows(t, &rows), shown = count > most ? most : count;
	text_add(out, "\n");
	render_bold(out, t->question->title, look);
	text_add(out, count ? "\n" : ": none\n");
	render_table(out, t, rows, shown, look);
	if (shown < count)
		text_format(out, "and %zu more (--full)\n", count - shown);
	free(rows);
}

static void summarise_python(struct text *out, const struct model *m, const struct look *look)
{
	struct text line = {0};
	python_sentence(&line, m, &look->terminal.style);
	if (line.length)
		say(out, "Python", &line, look);
	text_free(&line);
}

/* Between processes; what only multiprocessing's own want to know is left out. */
static bool is_message(const struct table *t, size_t row)
{
	return table_int(t, row, "between") &&
	       strncmp(table_text(t, row, "to"), "resource tracker", 16) != 0;
}

/* The channel that moved most, of all of them. */
static void summarise_channels(struct text *out, const struct table *t, const struct look *look)
{
	const struct style *style = &look->terminal.style;
	int64_t count = 0, bytes = 0;
	size_t most = SIZE_MAX;
	struct text line = {0};
	for (size_t i = 0; i < t->rows; i++) {
		if (!is_message(t, i))
			continue;
		count += table_int(t, i, "messages");
		bytes += table_int(t, i, "bytes");
		if (most == SIZE_MAX || table_int(t, i, "bytes") > table_int(t, most, "bytes"))
			most = i;
	}
	if (!count)
		return;
	print_count(&line, count, style);
	text_add(&line, count == 1 ? " message, " : " messages, ");
	text_add_bytes_human(&line, (uint64_t)bytes);
	text_format(&line, ", most of it from %s to %s (--table=channels).",
		    table_text(t, most, "from"), table_text(t, most, "to"));
	say(out, t->question->title, &line, look);
	text_free(&line);
}

static void add_processes(struct text *out, const struct table *t, const struct look *look)
{
	struct text line = {0};
	if (folded_rest(t) > 1)
		render_beginning(out, t, PROCESSES_SHOWN, look);
	folded_say(&line, t, &look->terminal.style);
	if (line.length) {
		text_add(&line, " (--full)");
		say(out, folded_rest(t) > 1 ? "and" : "Besides", &line, look);
	}
	text_add(out, "\n");
	text_free(&line);
}

/* What the program told of itself. */
static void add_marks(struct text *out, const struct table *t, const struct look *look)
{
	const enum model_table marks[] = {MODEL_progress, MODEL_phases, MODEL_sites};
	size_t shown = 0;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (!t[marks[i]].rows)
			continue;
		render_beginning(out, &t[marks[i]], ROWS_SHOWN, look);
		shown++;
	}
	if (shown)
		text_add(out, "\n");
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
	if (t[MODEL_python_time].rows)
		summarise_python(out, m, look);
	summarise_channels(out, &t[MODEL_channels], look);
	if (t[MODEL_processes].rows > 1)
		add_processes(out, &t[MODEL_processes], look);
	add_marks(out, t, look);
	if (t[MODEL_working_set].rows)
		render_beginning(out, &t[MODEL_working_set], ROWS_SHOWN, look);
	if (t[MODEL_working_set_phases].rows > 1)
		render_beginning(out, &t[MODEL_working_set_phases], ROWS_SHOWN, look);
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
				   MODEL_runtimes,
				   MODEL_teams,
				   MODEL_progress,
				   MODEL_phases,
				   MODEL_sites,
				   MODEL_states,
				   MODEL_threads,
				   MODEL_thread_locks,
				   MODEL_processes,
				   MODEL_python,
				   MODEL_gil,
				   MODEL_python_time,
				   MODEL_workers,
				   MODEL_channels,
				   MODEL_counters,
				   MODEL_metrics,
				   MODEL_counter_threads,
				   MODEL_counter_functions,
				   MODEL_counter_locks,
				   MODEL_working_set,
				   MODEL_working_set_phases,
				   MODEL_unseen,
				   MODEL_oddities,
				   MODEL_overhead,
				   MODEL_machine,
				   MODEL_machine_caches,
				   MODEL_machine_costs,
				   MODEL_machine_computing,
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
