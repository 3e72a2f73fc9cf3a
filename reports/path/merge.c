#include "reports/path/merge.h"
#include "profiler/text.h"
#include <stdlib.h>

void merge_begin(struct merge *m, uint32_t lists)
{
	m->lists = lists;
	m->node = memory_new(2 * (size_t)lists + 1, sizeof(*m->node));
	m->node[0] = (struct merge_entry){MERGE_END, 0};
}

void merge_put(struct merge *m, uint32_t list, int64_t time)
{
	m->node[m->lists + list] = (struct merge_entry){time, list};
}

void merge_ready(struct merge *m)
{
	struct merge_entry *winner = memory_new(2 * (size_t)m->lists + 1, sizeof(*winner));

	for (uint32_t i = m->lists; i < 2 * m->lists; i++)
		winner[i] = m->node[i];
	for (uint32_t i = m->lists; i-- > 1;) {
		const struct merge_entry *a = &winner[2 * i], *b = &winner[2 * i + 1];
		winner[i] = b->time < a->time ? *b : *a;
		m->node[i] = b->time < a->time ? *a : *b;
	}
	if (m->lists)
		m->node[0] = winner[1];
	free(winner);
}

void merge_free(struct merge *m)
{
	free(m->node);
	*m = (struct merge){0};
}
