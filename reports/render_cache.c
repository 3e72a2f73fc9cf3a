/* The report of a run under cachegrind: nothing but its cache misses was recorded. */
#include "profiler/text.h"
#include "reports/cache/cache_words.h"
#include "reports/model.h"
#include "reports/question.h"
#include "reports/render.h"

#define ROWS_SHOWN 12

void render_simulated(struct text *out, const struct model *m, const struct look *look)
{
	static const enum model_table parts[] = {MODEL_cache_functions, MODEL_cache_lines,
						 MODEL_cache_processes};
	struct text how = {0};
	size_t most = look->full ? SIZE_MAX : ROWS_SHOWN;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const struct table *t = &m->table[parts[i]];
		if (t->rows && (look->full || t->rows > 1 || parts[i] != MODEL_cache_processes))
			render_beginning(out, t, most, look);
	}
	cache_say_how(m, &how);
	text_add(out, "\n");
	render_words(out, text_string(&how), 2, look);
	text_free(&how);
	if (m->table[MODEL_unseen].rows)
		render_beginning(out, &m->table[MODEL_unseen], most, look);
	if (!look->full)
		text_add(out,
			 "All rows: --full; one table: --table=NAME. Locks: a recording without "
			 "--cache=simulate.\n");
}
