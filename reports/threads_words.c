#include "reports/threads_words.h"
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/unit.h"
#include <string.h>

/* As the report says it; the states are those of the graph's tiles. */
static const struct {
	const char *state, *words;
} parts[] = {
    {"run", " running"},
    {"ready", " ready, no core free"},
    {"lock", " waiting for locks"},
    {"idle", " waiting for work"},
    {"phase", " waiting for others to arrive or end"},
    {"spin", " polling"},
    {"io", " in input and output"},
    {"timer", " asleep"},
    {"hidden", " blocked where no hook sees it"},
};

static int64_t time_in(const struct table *t, const char *state)
{
	int64_t sum = 0;
	for (size_t i = 0; i < t->rows; i++)
		if (!strcmp(table_text(t, i, "state"), state))
			sum += table_int(t, i, "time_ns");
	return sum;
}

void threads_sentence(struct text *out, const struct model *m, const struct style *style)
{
	const struct table *states = &m->table[MODEL_states];
	const struct table *functions = &m->table[MODEL_functions];
	int64_t life = table_sum(states, "time_ns");
	const char *between = "The threads spent ";
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && life; i++) {
		int64_t time = time_in(states, parts[i].state);
		if (!time)
			continue;
		text_add(out, between);
		print_share(out, (double)time / (double)life);
		text_add(out, parts[i].words);
		between = ", ";
	}
	if (life)
		text_add(out, ".");
	if (!functions->rows)
		return;
	text_add(out, life ? " The cores ran " : "The cores ran ");
	print_function(out, table_text(functions, 0, "function"), style);
	text_add(out, " most: ");
	print_share(out, table_real(functions, 0, "self_share"));
	text_add(out, " of the samples.");
}
