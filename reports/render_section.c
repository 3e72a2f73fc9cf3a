#include "profiler/text.h"
#include "reports/model.h"
#include "reports/question.h"
#include "reports/render.h"
#include "reports/section.h"

/* Tables without rows are left out: the sentence says what is missing. */
void render_section(struct text *out, const struct model *m, const struct section *section,
		    const struct look *look)
{
	struct text words = {0}, folded = {0};
	if (section->sentence) {
		section->sentence(&words, m, &look->terminal.style);
		render_words(&folded, text_string(&words), 0, look);
		text_cut(&folded, folded.length - 1);
		render_bold(out, text_string(&folded), look);
		text_add(out, "\n");
	}
	for (const enum model_table *t = section->tables; *t != MODEL_TABLE_COUNT; t++)
		if (t[1] == MODEL_TABLE_COUNT && section->draw)
			section->draw(out, m, look);
		else if (m->table[*t].rows)
			render_one(out, &m->table[*t], look);
	text_free(&words);
	text_free(&folded);
}
