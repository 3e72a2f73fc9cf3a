/* The readings of replay: what would be if (reading_whatif), and how far locks let the program go
 * (reading_ceiling). */
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/readings.h"
#include "reports/replay/ceiling.h"
#include "reports/replay/select.h"
#include "reports/replay/whatif.h"
#include <math.h>
#include <stdlib.h>

#define OPERATIONS 100000 /* of a replay: there are many, and a report should not take seconds */
#define THREADS 128
#define REPORTED 0.2 /* error of the replay up to which a report relies on it */
#define GIL_BUSY 0.2 /* of the time the busiest one was held */

static int make_whatif(struct reading_input *in)
{
	struct replay replay;
	struct whatifs all = {0};
	struct sites sites;
	if (select_sites(&sites, in->store))
		return -1;
	replay_open(&replay, in->graph, &sites, OPERATIONS);
	int result = 0;
	if (fabs(replay.error) <= REPORTED) {
		result = whatif_suggest(&all, in->store, &replay);
		if (!result) {
			whatif_run(&all, &replay);
			whatif_sort(&all);
			result = whatif_write(&all, in->store, &replay);
		}
	}
	whatif_free(&all);
	replay_close(&replay);
	select_sites_free(&sites);
	return result;
}

/* Holds of one lock: their variation, from those that were timed. */
static double variation(const struct history *h, const struct history_object *o)
{
	double n = 0, sum = 0, squares = 0;
	for (uint32_t i = 0; i < o->holds.count; i++) {
		const struct history_hold *x = &h->hold[o->holds.first + i];
		double ns = (double)(x->released - x->acquired), w = x->weight;
		if (!x->acquired)
			continue;
		n += w;
		sum += w * ns;
		squares += w * ns * ns;
	}
	return n > 1 && sum > 0 ? squares * n / (sum * sum) - 1 : 1;
}

/* All that threads did: on a core, asleep, at input and output. */
static double progress(const struct graph *g)
{
	struct tile_walk w;
	struct tile t;
	double sum = 0;
	for (uint32_t i = 0; i < g->history->threads; i++)
		for (tile_start(&w, g, i); tile_next(&w, &t);)
			if (tile_is_progress(t.state))
				sum += (double)(t.end - t.begin);
	return sum;
}

/* 1 2 3 4 6 8 12 16 24 … */
static int next_count(int n)
{
	if (n < 4)
		return n + 1;
	return n & (n - 1) ? n / 3 * 4 : n / 2 * 3;
}

static int write_ceiling(struct store *store, const struct ceiling *c, const int64_t *leader)
{
	struct query *q = store_query(store, "INSERT INTO reading_ceiling VALUES (?1, ?2, ?3, ?4)");
	for (int n = 1; n <= THREADS; n = next_count(n)) {
		const struct ceiling *x = &c[n - 1];
		query_bind_int(q, 1, n);
		query_bind_double(q, 2, x->speedup);
		query_bind_double(q, 3, x->bound);
		if (x->lock == SIZE_MAX)
			query_bind_null(q, 4);
		else
			query_bind_int(q, 4, leader[x->lock]);
		query_run(q);
	}
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

/* Processes of Python have an interpreter's lock each: more of them are not limited by one. Held
 * far less than the busiest, it is of a process that only waits for the others. */
static bool gils_are_several(const struct history *h)
{
	int64_t most = 0;
	size_t count = 0;
	for (size_t i = 0; i < h->objects; i++)
		if (h->object[i].family == HISTORY_gil && h->object[i].hold_ns > most)
			most = h->object[i].hold_ns;
	for (size_t i = 0; i < h->objects; i++)
		count += h->object[i].family == HISTORY_gil &&
			 (double)h->object[i].hold_ns >= GIL_BUSY * (double)most;
	return most > 0 && count > 1;
}

/* From sums alone: readers do not queue, nor do semaphores that admit several. */
static int make_ceiling(struct reading_input *in)
{
	const struct history *h = in->graph->history;
	struct ceiling_lock *lock = memory_new(h->objects + 1, sizeof(*lock));
	int64_t *leader = memory_new(h->objects + 1, sizeof(*leader));
	struct ceiling *out = memory_new(THREADS, sizeof(*out));
	size_t count = 0;
	double think = progress(in->graph);
	bool no_gil = gils_are_several(h);
	for (size_t i = 0; i < h->objects; i++) {
		const struct history_object *o = &h->object[i];
		if (o->use != USE_LOCK || o->hold_ns <= 0 || o->family == HISTORY_rwlock ||
		    o->family == HISTORY_semaphore || (no_gil && o->family == HISTORY_gil))
			continue;
		leader[count] = o->leader;
		lock[count++] = (struct ceiling_lock){(double)o->hold_ns, variation(h, o)};
		think -= (double)o->hold_ns;
	}
	ceiling_find(think > 0 ? think : 0, lock, count, THREADS, out);
	int result = write_ceiling(in->store, out, leader);
	free(lock);
	free(leader);
	free(out);
	return result;
}

int reading_replay(struct reading_input *in)
{
	return make_whatif(in) || make_ceiling(in) ? -1 : 0;
}
