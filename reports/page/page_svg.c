#include "reports/page/page_svg.h"
#include "profiler/text.h"
#include "reports/finding/finding.h"
#include "reports/model.h"
#include "reports/unit.h"
#include <string.h>

enum { WIDTH = 1000, MARGIN = 20, LINE = 22, BAR = 26, LETTERS = 92, LEGEND_COLUMN = 240 };

/* As --run, --lock … of ui/style.css in light colours: no style sheet goes with a picture. */
static const char *const colours[LOSS_KIND_COUNT] = {
    [LOSS_work] = "#1b9e6f",	[LOSS_lock] = "#d0402b",	[LOSS_spin] = "#e08a00",
    [LOSS_serial] = "#b8860b",	[LOSS_imbalance] = "#0b5394",	[LOSS_starvation] = "#a9b4bf",
    [LOSS_stage] = "#a9b4bf",	[LOSS_wake_up] = "#c98bb9",	[LOSS_no_core] = "#8364d8",
    [LOSS_taken] = "#c7bdea",	[LOSS_few_threads] = "#c3c9d0", [LOSS_io] = "#2f9bd8",
    [LOSS_timer] = "#dcd3c0",	[LOSS_hidden] = "#565b61",	[LOSS_overhead] = "#8a929b",
    [LOSS_runtime] = "#b5179e",
};

struct picture {
	struct text body;
	int y;
};

static void add_escaped(struct text *out, const char *s, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c == '<' || c == '>' || c == '&' || c == '"')
			text_format(out, "&#%d;", c);
		else
			text_add_char(out, c < ' ' ? ' ' : (char)c);
	}
}

static void add_line(struct picture *p, const char *class, int x, const char *s, size_t length)
{
	text_format(&p->body, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, p->y);
	add_escaped(&p->body, s, length);
	text_add(&p->body, "</text>\n");
}

/* Folded at spaces; SVG does not. */
static void add_words(struct picture *p, const char *class, int x, const char *words,
		      size_t letters)
{
	while (*words) {
		size_t length = strlen(words), end = length;
		if (length > letters)
			for (end = letters; end > letters / 2 && words[end] != ' ';)
				end--;
		add_line(p, class, x, words, end);
		p->y += LINE;
		words += end;
		words += strspn(words, " ");
	}
}

static double share_of(const struct table *stack, int kind)
{
	double share = 0;
	for (size_t i = 0; i < stack->rows; i++)
		if (loss_kind(table_text(stack, i, "kind")) == (enum loss_kind)kind)
			share += table_real(stack, i, "share");
	return share;
}

static void add_bar(struct picture *p, const struct table *stack)
{
	double x = MARGIN;
	for (int kind = 0; kind < LOSS_KIND_COUNT; kind++) {
		double width = share_of(stack, kind) * (WIDTH - 2 * MARGIN);
		if (width > 0)
			text_format(&p->body,
				    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
				    "fill=\"%s\"/>\n",
				    x, p->y, width, BAR, colours[kind]);
		x += width;
	}
	p->y += BAR + LINE;
}

static void add_legend(struct picture *p, const struct table *stack)
{
	int x = MARGIN;
	for (int kind = 0; kind < LOSS_KIND_COUNT; kind++) {
		struct text words = {0};
		if (share_of(stack, kind) < 0.0005)
			continue;
		if (x + LEGEND_COLUMN > WIDTH) {
			x = MARGIN;
			p->y += LINE;
		}
		text_format(&p->body,
			    "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>\n", x,
			    p->y - 10, colours[kind]);
		text_format(&words, "%s ", loss_facts[kind].words);
		print_share(&words, share_of(stack, kind));
		add_line(p, "small", x + 15, words.data, words.length);
		text_free(&words);
		x += LEGEND_COLUMN;
	}
	p->y += LINE + 6;
}

static void add_findings(struct picture *p, const struct table *findings)
{
	static const struct style plain = {.utf8 = true, .brief = true};
	for (size_t i = 0; i < findings->rows; i++) {
		struct text gain = {0};
		print_ratio(&gain, table_real(findings, i, "gain"), &plain);
		add_line(p, "gain", MARGIN, gain.data, gain.length);
		add_words(p, "", MARGIN + 70, table_text(findings, i, "words"), LETTERS + 20);
		text_free(&gain);
	}
}

void page_svg_write(struct text *out, const struct model *m)
{
	const struct table *stack = &m->table[MODEL_stack];
	struct picture p = {.y = 34};
	add_words(&p, "title", MARGIN, m->verdict.sentence, LETTERS);
	add_words(&p, "", MARGIN, m->verdict.consequence, LETTERS + 25);
	if (stack->rows) {
		add_bar(&p, stack);
		add_legend(&p, stack);
	}
	add_findings(&p, &m->table[MODEL_findings]);
	text_format(out,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		    "viewBox=\"0 0 %d %d\">\n",
		    WIDTH, p.y, WIDTH, p.y);
	text_add(out,
		 "<style>text{font:14px sans-serif;fill:#1b1f24}.title{font:bold 18px "
		 "sans-serif}.small{font-size:12px}.gain{font-weight:bold;fill:#d0402b}</style>\n"
		 "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
	text_add_bytes(out, p.body.data, p.body.length);
	text_add(out, "</svg>\n");
	text_free(&p.body);
}
