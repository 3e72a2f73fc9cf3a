/*
 * The machine as a tree. Rows of machine_tree are in the order of a walk through it, each with its
 * level. What is in something alone stands in one line with it; neighbours that take one line and
 * are alike but for their numbers are drawn once.
 */
#include "profiler/text.h"
#include "reports/machine_words.h"
#include "reports/model.h"
#include "reports/question.h"
#include "reports/render.h"
#include <stdlib.h>
#include <string.h>

struct drawing {
	struct text *out;
	const struct table *parts;
	const struct look *look;
};

static int64_t level(const struct drawing *d, size_t part)
{
	return table_int(d->parts, part, "level");
}

static bool is(const struct drawing *d, size_t part, const char *kind)
{
	return !strcmp(table_text(d->parts, part, "kind"), kind);
}

/* The part behind all that is in this one. */
static size_t behind(const struct drawing *d, size_t part)
{
	size_t next = part + 1;
	while (next < d->parts->rows && level(d, next) > level(d, part))
		next++;
	return next;
}

static bool same_text(const struct drawing *d, size_t a, size_t b, const char *key)
{
	const char *x = table_text(d->parts, a, key), *y = table_text(d->parts, b, key);
	return !strcmp(x ? x : "", y ? y : "");
}

static bool alike(const struct drawing *d, size_t a, size_t b)
{
	size_t size = behind(d, a) - a;
	if (behind(d, b) - b != size)
		return false;
	for (size_t i = 0; i < size; i++)
		if (!same_text(d, a + i, b + i, "kind") || !same_text(d, a + i, b + i, "name") ||
		    table_int(d->parts, a + i, "bytes") != table_int(d->parts, b + i, "bytes") ||
		    level(d, a + i) - level(d, a) != level(d, b + i) - level(d, b))
			return false;
	return true;
}

/* Memory, and single CPUs, are told with what they belong to. */
static bool is_branch(const struct drawing *d, size_t part)
{
	return !is(d, part, "node") && !is(d, part, "cpu");
}

static size_t first_branch(const struct drawing *d, size_t part, size_t end)
{
	while (part < end && !is_branch(d, part))
		part = behind(d, part);
	return part;
}

/* Does it take one line, as nothing in it divides into several? */
static bool is_line(const struct drawing *d, size_t part)
{
	size_t end = behind(d, part);
	while ((part = first_branch(d, part + 1, end)) < end)
		if (first_branch(d, behind(d, part), end) != end)
			return false;
	return true;
}

static void add_label(struct text *out, const struct drawing *d, size_t part, size_t count)
{
	const char *kind = table_text(d->parts, part, "kind");
	const char *name = table_text(d->parts, part, "name");
	bool numbered = count == 1 && table_cell(d->parts, part, "number")->type == CELL_INT &&
			kind[0] != 'L' && !is(d, part, "machine");
	text_add(out, is(d, part, "node") ? "NUMA node" : kind);
	if (numbered)
		text_format(out, " %lld", (long long)table_int(d->parts, part, "number"));
	if (name)
		text_format(out, " (%.*s)", (int)strcspn(name, "\n"), name);
	if (table_int(d->parts, part, "bytes")) {
		text_add(out, " ");
		print_size(out, table_int(d->parts, part, "bytes"));
	}
}

/* The numbers of the CPUs of `count` parts in a row, as ranges. */
static void add_cpus(struct text *out, const struct drawing *d, size_t part, size_t count)
{
	enum { MOST = 65536 };
	bool *has = memory_new(MOST + 1, sizeof(*has));
	for (; count; count--, part = behind(d, part)) {
		const char *list = table_text(d->parts, part, "cpu_list");
		while (*list) {
			char *rest;
			unsigned long low = strtoul(list, &rest, 10), high = low;
			if (*rest == '-')
				high = strtoul(rest + 1, &rest, 10);
			for (; low <= high && low < MOST; low++)
				has[low] = true;
			list = rest + strcspn(rest, "0123456789");
		}
	}
	const char *comma = "";
	for (int i = 0; i < MOST; i++)
		if (has[i]) {
			int last = i;
			while (has[last + 1])
				last++;
			text_format(out, last == i ? "%s%d" : "%s%d-%d", comma, i, last);
			comma = ",";
			i = last;
		}
	free(has);
}

/* The part, and what is in it as long as that is one thing: "L2 1 MB, L1d 48 kB, core 3". Returns
 * the last one. */
static size_t add_chain(struct text *out, const struct drawing *d, size_t part, size_t count)
{
	for (;;) {
		size_t end = behind(d, part);
		add_label(out, d, part, count);
		for (size_t i = part + 1; i < end; i = behind(d, i))
			if (is(d, i, "node")) {
				text_add(out, ", ");
				add_label(out, d, i, count);
			}
		size_t child = first_branch(d, part + 1, end);
		if (child == end || first_branch(d, behind(d, child), end) != end)
			return part;
		text_add(out, ", ");
		part = child;
	}
}

static void add_line(const struct drawing *d, const char *before, const char *below,
		     const char *words)
{
	struct look look = *d->look;
	struct text folded = {0};
	int taken =
	    (int)strlen(below); /* as many columns: it is all spaces but for one mark a level */
	if (d->look->terminal.style.utf8)
		for (const char *c = below; *c; c++)
			taken -= ((unsigned char)*c & 0xc0) == 0x80;
	if (look.terminal.width > taken + 20)
		look.terminal.width -= taken;
	render_words(&folded, words, 2, &look);
	for (const char *line = text_string(&folded); *line;) {
		size_t length = strcspn(line, "\n");
		text_add(d->out, before);
		text_add_bytes(d->out, line, length);
		text_add(d->out, "\n");
		line += length + 1;
		before = below;
	}
	text_free(&folded);
}

static void draw(const struct drawing *d, size_t part, size_t count, const char *before,
		 const char *below);

static void draw_inside(const struct drawing *d, size_t part, const char *below)
{
	bool utf8 = d->look->terminal.style.utf8;
	size_t end = behind(d, part);
	for (size_t i = first_branch(d, part + 1, end), next; i < end; i = next) {
		struct text before = {0}, under = {0};
		size_t count = 1;
		next = behind(d, i);
		for (; next < end && is_line(d, i) && alike(d, i, next); next = behind(d, next))
			count++;
		next = first_branch(d, next, end);
		bool last = next >= end;
		text_format(&before, "%s%s", below,
			    utf8 ? (last ? "└─ " : "├─ ") : (last ? "`- " : "|- "));
		text_format(&under, "%s%s", below, last ? "   " : utf8 ? "│  " : "|  ");
		draw(d, i, count, text_string(&before), text_string(&under));
		text_free(&before);
		text_free(&under);
	}
}

static void draw(const struct drawing *d, size_t part, size_t count, const char *before,
		 const char *below)
{
	struct text line = {0};
	if (count > 1)
		text_format(&line, "%zu %s ", count, d->look->terminal.style.utf8 ? "×" : "x");
	size_t last = add_chain(&line, d, part, count);
	if (is(d, last, "core") && table_int(d->parts, last, "cpus") > 1)
		text_format(&line, " with %lld CPUs", (long long)table_int(d->parts, last, "cpus"));
	text_add(&line, ": CPU ");
	add_cpus(&line, d, part, count);
	add_line(d, before, below, text_string(&line));
	text_free(&line);
	draw_inside(d, last, below);
}

void machine_draw(struct text *out, const struct model *m, const struct look *look)
{
	const struct table *t = &m->table[MODEL_machine_tree];
	struct drawing d = {out, t, look};
	if (!t->rows)
		return;
	text_add(out, "\n");
	render_bold(out, t->question->title, look);
	text_format(out, ": %s\n", t->question->question);
	draw(&d, 0, 1, "", "");
}
