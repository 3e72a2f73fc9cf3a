/* The reading of lock-order inversions: rows of reading_inversion. */
#include "profiler/store.h"
#include "reports/graph/graph.h"
#include "reports/order/inversion.h"
#include "reports/readings.h"

struct writer {
	const struct history *history;
	struct query *add;
	int64_t number;
};

static void add_step(struct writer *w, const struct inversion *v, uint32_t i)
{
	const struct history *h = w->history;
	const struct inversion_step *s = &v->step[i];
	const struct inversion_step *next = &v->step[(i + 1) % v->length];
	const int64_t row[] = {w->number,
			       i,
			       h->object[s->lock].lock,
			       h->object[next->lock].lock,
			       h->thread[s->thread].id,
			       s->held_stack,
			       s->stack,
			       (int64_t)s->count};

	for (size_t c = 0; c < sizeof(row) / sizeof(*row); c++)
		query_bind_int(w->add, (int)c + 1, row[c]);
	query_run(w->add);
}

static void add(void *data, const struct inversion *v)
{
	struct writer *w = data;

	w->number++;
	for (uint32_t i = 0; i < v->length; i++)
		add_step(w, v, i);
}

int reading_inversion(struct reading_input *in)
{
	struct writer w = {.history = in->graph->history};

	w.add = store_query(in->store, "INSERT INTO reading_inversion (inversion, position, lock, "
				       "next_lock, thread, held_stack, stack, count) "
				       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
	if (!w.add)
		return -1;
	inversions_find(w.history, add, &w);
	query_close(w.add);
	return store_failed(in->store) ? -1 : 0;
}
