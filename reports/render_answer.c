/* What a report begins with: the speedup stack as a bar, and the findings. */
#include "profiler/text.h"
#include "reports/finding/finding.h"
#include "reports/model.h"
#include "reports/question.h"
#include "reports/render.h"
#include <math.h>
#include <string.h>

#define BAR_WIDTH 72
#define NOISE_SHARE 0.1	   /* of what was possible */
#define LEGEND_SHARE 0.005 /* smaller parts are not named */

static const struct loss_fact *fact(const struct table *stack, size_t row)
{
	return &loss_facts[loss_kind(table_text(stack, row, "kind"))];
}

/* Cells of each part so that they fill the bar: each ends where its sum does. */
static void add_bar(struct text *out, const struct table *stack, const struct look *look)
{
	int width = look->terminal.width && look->terminal.width < BAR_WIDTH + 2
			? look->terminal.width - 2
			: BAR_WIDTH;
	double sum = 0, all = table_sum_real(stack, "lanes");
	long at = 0;
	text_add(out, "[");
	for (size_t i = 0; i < stack->rows; i++) {
		const struct loss_fact *f = fact(stack, i);
		sum += table_real(stack, i, "lanes");
		long until = lround(sum / all * width);
		if (look->terminal.colour && until > at)
			text_format(out, "\033[7;%sm", f->colour);
		for (; at < until; at++)
			text_add_char(out, look->terminal.colour ? ' ' : f->letter);
		if (look->terminal.colour)
			text_add(out, "\033[0m");
	}
	text_add(out, "]\n");
}

static void add_part(struct text *line, const struct table *stack, size_t row,
		     const struct look *look)
{
	const struct loss_fact *f = fact(stack, row);
	const char *name = table_text(stack, row, "name");
	if (look->terminal.colour)
		text_format(line, "\033[7;%sm \033[0m ", f->colour);
	else
		text_format(line, "%c=", f->letter);
	text_add(line, f->words);
	if (name) {
		text_add(line, " ");
		print_function(line, name, &look->terminal.style);
	}
	text_add(line, " ");
	print_share(line, table_real(stack, row, "share"));
}

static void add_stack(struct text *out, const struct table *stack, const struct look *look)
{
	struct text line = {0};
	add_bar(out, stack, look);
	for (size_t i = 0; i < stack->rows; i++) {
		if (table_real(stack, i, "share") < LEGEND_SHARE)
			continue;
		text_add(&line, line.length ? ", " : " ");
		add_part(&line, stack, i, look);
	}
	render_words(out, text_string(&line), 1, look);
	text_free(&line);
}

static void add_finding(struct text *out, const struct table *t, size_t row,
			const struct look *look)
{
	const struct style *style = &look->terminal.style;
	const char *place = table_text(t, row, "where");
	struct text line = {0}, gain = {0};
	print_gain(&gain, table_real(t, row, "gain"), style);
	text_format(&line, "%lld. %s", (long long)table_int(t, row, "rank"), text_string(&gain));
	text_free(&gain);
	text_add(&line, " (");
	print_gain(&line, table_real(t, row, "gain_low"), style);
	text_add(&line, style->utf8 ? "–" : "-");
	print_gain(&line, table_real(t, row, "gain_high"), style);
	text_format(&line, ", %s confidence) %s", table_text(t, row, "confidence"),
		    table_text(t, row, "words"));
	if (place) {
		text_add(&line, "; ");
		print_place(&line, place);
	}
	render_words(out, text_string(&line), 3, look);
	text_format(out, "   more: %s\n", table_text(t, row, "command"));
	text_free(&line);
}

/* Times of a busy machine are not those of the program. */
static void add_noise(struct text *out, const struct model *m, const struct look *look)
{
	const struct table *stack = &m->table[MODEL_stack];
	double share = 0;
	struct text line = {0};
	for (size_t i = 0; i < stack->rows; i++)
		if (!strcmp(table_text(stack, i, "kind"), loss_facts[LOSS_no_core].word))
			share += table_real(stack, i, "share");
	if (share < NOISE_SHARE || findings_oversubscribed(m))
		return;
	text_add(&line, "Noise: other programs had the cores for ");
	print_share(&line, share);
	text_add(&line, " of what this one could have used; record again on a quieter machine.");
	render_words(out, text_string(&line), 2, look);
	text_add(out, "\n");
	text_free(&line);
}

void render_answer(struct text *out, const struct model *m, const struct look *look)
{
	const struct table *stack = &m->table[MODEL_stack], *findings = &m->table[MODEL_findings];
	if (stack->rows && table_sum_real(stack, "lanes") > 0) {
		add_stack(out, stack, look);
		text_add(out, "\n");
		add_noise(out, m, look);
	}
	for (size_t i = 0; i < findings->rows; i++)
		add_finding(out, findings, i, look);
	if (findings->rows)
		text_add(out, "\n");
}
