/* The reading of lock-order inversions: rows of reading_inversion. Code in several places that is
 * of the same functions and lines, as of unrolled loops, is told once, with the sum of its times.
 */
#include "profiler/hash.h"
#include "profiler/store.h"
#include "reports/graph/graph.h"
#include "reports/order/inversion.h"
#include "reports/readings.h"

struct writer {
	const struct history *history;
	struct query *add, *words;
	struct hash known; /* by lines: int64_t, its number */
	struct hash edges; /* of stacks, number and position, whose times are in a row */
	int64_t numbers;
};

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

static uint64_t hash_of_lines(struct writer *w, uint32_t stack)
{
	uint64_t h = 1;

	query_bind_int(w->words, 1, stack);
	while (query_step(w->words))
		for (const char *c = query_text(w->words, 0); c && *c; c++)
			h = mix(h, (unsigned char)*c);
	query_reset(w->words);
	return h;
}

static uint64_t hash_of(struct writer *w, const struct inversion *v)
{
	uint64_t h = v->length;

	for (uint32_t i = 0; i < v->length; i++) {
		h = mix(h, w->history->object[v->step[i].lock].group);
		h = mix(h, hash_of_lines(w, v->step[i].held_stack));
		h = mix(h, hash_of_lines(w, v->step[i].stack));
	}
	return h | 1;
}

/* Into a row that is there go the times of an edge that is not in it yet. */
static void add_step(struct writer *w, const struct inversion *v, uint32_t i, int64_t number)
{
	const struct history *h = w->history;
	const struct inversion_step *s = &v->step[i];
	const struct inversion_step *next = &v->step[(i + 1) % v->length];
	bool fresh;
	hash_put(&w->edges, (uint64_t)s->held_stack << 32 | s->stack,
		 (uint64_t)number * INVERSION_LOCKS_MAX + i, &fresh);
	const int64_t row[] = {number,
			       i,
			       h->object[s->lock].lock,
			       h->object[next->lock].lock,
			       h->thread[s->thread].id,
			       s->held_stack,
			       s->stack,
			       fresh ? (int64_t)s->count : 0};

	for (size_t c = 0; c < sizeof(row) / sizeof(*row); c++)
		query_bind_int(w->add, (int)c + 1, row[c]);
	query_run(w->add);
}

static void add(void *data, const struct inversion *v)
{
	struct writer *w = data;
	bool fresh;
	int64_t *number = hash_put(&w->known, hash_of(w, v), 0, &fresh);

	if (fresh)
		*number = ++w->numbers;
	for (uint32_t i = 0; i < v->length; i++)
		add_step(w, v, i, *number);
}

int reading_inversion(struct reading_input *in)
{
	struct writer w = {.history = in->graph->history};

	w.add = store_query(in->store, "INSERT INTO reading_inversion (inversion, position, lock, "
				       "next_lock, thread, held_stack, stack, count) "
				       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
				       "ON CONFLICT DO UPDATE SET count = count + excluded.count");
	w.words =
	    store_query(in->store, "SELECT coalesce(function || ' ' || file || ' ' || line || ';', "
				   "address || ';') FROM stack_line WHERE stack = ?1 "
				   "ORDER BY position, depth");
	hash_init(&w.known, sizeof(int64_t));
	hash_init(&w.edges, 0);
	if (w.add && w.words)
		inversions_find(w.history, add, &w);
	hash_free(&w.known);
	hash_free(&w.edges);
	query_close(w.words);
	query_close(w.add);
	return store_failed(in->store) ? -1 : 0;
}
