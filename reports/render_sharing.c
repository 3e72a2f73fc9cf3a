/* False sharing, seen or suspected, in words. */
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/render.h"
#include "reports/unit.h"
#include <stdbool.h>
#include <string.h>

#define SUSPECTS_SHOWN 3

static void add_suspect(struct text *out, const struct table *t, size_t row,
			const struct look *look)
{
	struct text line = {0};
	bool seen = !strcmp(table_text(t, row, "confidence"), "high");
	render_bold(out, seen ? "False sharing" : "False sharing suspect", look);
	text_format(&line, ": %s lie in %s: %s. ", table_text(t, row, "parts"),
		    strcmp(table_text(t, row, "kind"), "arguments") ? "one cache line"
								    : "the same cache lines",
		    table_text(t, row, "evidence"));
	text_format(&line, "Cure: %s.", table_text(t, row, "cure"));
	render_words(out, text_string(&line), 2, look);
	text_free(&line);
}

void render_sharing(struct text *out, const struct model *m, const struct look *look)
{
	const struct table *t = &m->table[MODEL_sharing];
	size_t shown = 0, more = 0;
	for (size_t row = 0; row < t->rows; row++) {
		bool sure = strcmp(table_text(t, row, "confidence"), "low") != 0;
		if (!sure && !look->full)
			continue;
		if (shown < SUSPECTS_SHOWN || look->full)
			add_suspect(out, t, row, look);
		else
			more++;
		shown++;
	}
	if (more)
		text_format(out, "and %zu more (--table=sharing)\n", more);
	if (shown)
		text_add(out, "\n");
}
