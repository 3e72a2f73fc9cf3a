#include "profiler/text.h"
#include "reports/cache/cache_words.h"
#include "reports/folded.h"
#include "reports/model.h"
#include "reports/render.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND_SHOWN 200
#define LOCKS_SHOWN 12	   /* that were waited for */
#define LOCKS_IDLE 5	   /* when none was waited for: the most used ones */
#define DETAIL_SHARE 0.005 /* of all threads' time: only the first lock is looked into for less */

void render_bold(struct text *out, const char *words, const struct look *look)
{
	text_format(out, look->terminal.colour ? "\033[1m%s\033[0m" : "%s", words);
}

/* Columns on the screen, near enough for sentences: no wide or combining characters. */
static size_t characters(const char *s, size_t bytes)
{
	size_t count = 0;
	for (size_t i = 0; i < bytes; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}

/* The bytes of the next word; a number keeps its unit: "44 %", "5.34 s". */
static size_t next_word(const char *words)
{
	size_t bytes = strcspn(words, " ");
	if (!strchr("0123456789<", words[0]) || words[bytes] != ' ')
		return bytes;
	size_t unit = strcspn(words + bytes + 1, " ");
	return unit && unit <= 3 ? bytes + 1 + unit : bytes;
}

void render_words(struct text *out, const char *words, int indent, const struct look *look)
{
	size_t width = look->terminal.width ? (size_t)look->terminal.width : SIZE_MAX;
	size_t at = 0;
	while (*words) {
		size_t bytes = next_word(words), length = characters(words, bytes);
		if (at && at + 1 + length > width) {
			text_add(out, "\n");
			text_repeat(out, ' ', (size_t)indent);
			at = (size_t)indent;
		} else if (at) {
			text_add(out, " ");
			at++;
		}
		text_add_bytes(out, words, bytes);
		at += length;
		words += bytes + strspn(words + bytes, " ");
	}
	text_add(out, "\n");
}

static void add_bold_words(struct text *out, const char *words, const struct look *look)
{
	struct text folded = {0};
	render_words(&folded, words, 0, look);
	text_cut(&folded, folded.length - 1);
	render_bold(out, text_string(&folded), look);
	text_add(out, "\n");
	text_free(&folded);
}

/* On one line, and not more of it than makes it known. */
static void add_command(struct text *line, const char *command)
{
	size_t i = 0;
	for (; command[i] && i < COMMAND_SHOWN; i++)
		text_add_char(line, isspace((unsigned char)command[i]) ? ' ' : command[i]);
	text_add(line, command[i] ? ".." : "");
}

/* What is left out of these figures. */
static void add_around(struct text *line, const struct model *m, const struct style *style)
{
	const struct table *processes = &m->table[MODEL_processes];
	if (!folded_count(processes, "around"))
		return;
	text_add(line, "; with what led to it ");
	print_ns(line, model_fact(m, "wall_ns"), style);
	text_format(line, " and %zu short processes more", folded_count(processes, "around"));
}

static void add_run(struct text *out, const struct model *m, const struct look *look)
{
	const struct figures *f = &m->verdict.figures;
	const char *command = model_fact_text(m, "command");
	struct text line = {0};
	add_command(&line, command ? command : "(no command)");
	text_add(&line, ": ran ");
	print_ns(&line, f->wall_ns, &look->terminal.style);
	text_format(&line, ", %lld %s in %lld %s, %lld cores", (long long)f->threads,
		    f->threads == 1 ? "thread" : "threads", (long long)f->processes,
		    f->processes == 1 ? "process" : "processes", (long long)model_fact(m, "cores"));
	if (model_fact(m, "exit_status"))
		text_format(&line, ", exit status %lld", (long long)model_fact(m, "exit_status"));
	add_around(&line, m, &look->terminal.style);
	render_words(out, text_string(&line), 2, look);
	text_free(&line);
}

/* With the usual order those that were waited for come first. */
static size_t locks_to_show(const struct table *locks, const struct look *look)
{
	if (look->full)
		return locks->rows;
	size_t waited = 0;
	while (waited < locks->rows && table_int(locks, waited, "wait_ns") > 0)
		waited++;
	size_t shown = waited > LOCKS_SHOWN ? LOCKS_SHOWN : waited ? waited : LOCKS_IDLE;
	return shown < locks->rows ? shown : locks->rows;
}

static void add_other_locks(struct text *out, const struct table *locks, size_t shown,
			    const struct look *look)
{
	int64_t instances = 0, wait_ns = 0;
	for (size_t i = shown; i < locks->rows; i++) {
		instances += table_int(locks, i, "instances");
		wait_ns += table_int(locks, i, "wait_ns");
	}
	if (!instances)
		return;
	struct text line = {0};
	text_add(&line, "and ");
	print_count(&line, instances, &look->terminal.style);
	text_add(&line, instances == 1 ? " more, " : " more, together ");
	if (wait_ns) {
		text_add(&line, "waited for ");
		print_ns(&line, wait_ns, &look->terminal.style);
	} else {
		text_add(&line, "never waited for");
	}
	text_format(out, "%s (--full)\n", text_string(&line));
	text_free(&line);
}

static void add_locks(struct text *out, const struct model *m, const struct look *look)
{
	const struct table *locks = &m->table[MODEL_locks];
	if (!locks->rows) {
		text_add(out, look->by_lock ? "No lock matches.\n" : "");
		return;
	}
	size_t count = locks_to_show(locks, look);
	size_t *rows = memory_new(count, sizeof(*rows));
	for (size_t i = 0; i < count; i++)
		rows[i] = i;
	render_table(out, locks, rows, count, look);
	free(rows);
	add_other_locks(out, locks, count, look);
	text_add(out, "\n");
}

static void add_details(struct text *out, const struct model *m, const struct look *look)
{
	const struct table *locks = &m->table[MODEL_locks];
	for (size_t i = 0; i < m->detail_count; i++)
		if (i == 0 || look->full || table_real(locks, i, "share") >= DETAIL_SHARE)
			render_detail(out, m, i, look);
}

/* The order in which one asks: what is it, which lock, who did it, and what else. */
void render_text(struct text *out, const struct model *m, const struct look *look)
{
	add_bold_words(out, m->verdict.sentence, look);
	if (m->verdict.consequence)
		render_words(out, m->verdict.consequence, 0, look);
	if (cache_simulated(m)) {
		render_simulated(out, m, look);
		return;
	}
	add_run(out, m, look);
	text_add(out, "\n");
	render_deadlocks(out, m, look);
	render_answer(out, m, look);
	add_locks(out, m, look);
	add_details(out, m, look);
	render_inversions(out, m, look);
	render_sharing(out, m, look);
	render_rest(out, m, look);
}
