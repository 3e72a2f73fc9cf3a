/* Fills reading_path, reading_path_length, reading_path_lock, and key span_ns of reading. */
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/path/detour.h"
#include "reports/path/held.h"
#include "reports/path/slack.h"
#include "reports/path/span.h"
#include "reports/readings.h"
#include <stdlib.h>
#include <string.h>

#define PARTS_WHOLE 1000 /* of a path, with their stacks */

/* One path on its way into the tables. */
struct sum {
	int64_t ns, count;
};
struct account {
	const struct history *history;
	struct hash sum; /* key: see add_segment() */
	struct held_walk held;
	struct path_rows *rows; /* NULL: nobody asks for them */
	int64_t ns;
};

struct result {
	struct precedence precedence;
	struct path path[PATHS];
	struct account account[PATHS];
	size_t count;
	int64_t
	    *slack; /* by object: the least of all that ended a wait for it; -1: nobody waited */
};

static void add_segment(void *data, const struct segment *s)
{
	struct account *a = data;
	uint64_t group = s->object == NOTHING ? 0 : a->history->object[s->object].group + 1ull;
	bool fresh;
	struct sum *sum = hash_put(&a->sum, ((uint64_t)s->part + 1) << 32 | group,
				   (uint64_t)s->thread << 32 | s->stack, &fresh);

	sum->ns += s->end - s->begin;
	sum->count++;
	a->ns += s->end - s->begin;
	held_segment(&a->held, s);
	if (a->rows)
		path_rows_add(a->rows, s);
}

static int larger_first(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x > y ? -1 : x < y;
}

/* The time that one of so many is at least as long as. */
static int64_t least_of(const struct hash *sums, size_t count)
{
	int64_t *ns = memory_new(sums->count + 1, sizeof(*ns)), least;
	const struct sum *sum;
	uint64_t key[2];
	size_t place = 0, n = 0;

	while ((sum = hash_next(sums, &place, key)))
		ns[n++] = sum->ns;
	qsort(ns, n, sizeof(*ns), larger_first);
	least = n > count ? ns[count] + 1 : 0;
	free(ns);
	return least;
}

/* Small ones are told without their stacks: there may be hundreds of thousands. */
static void fold_small(struct account *a)
{
	int64_t least = least_of(&a->sum, PARTS_WHOLE);
	struct hash all = a->sum;
	const struct sum *sum;
	uint64_t key[2];
	size_t place = 0;
	bool fresh;

	if (!least)
		return;
	hash_init(&a->sum, sizeof(struct sum));
	while ((sum = hash_next(&all, &place, key))) {
		uint64_t stack = sum->ns >= least ? UINT32_MAX : 0;
		struct sum *to = hash_put(&a->sum, key[0],
					  key[1] & ((uint64_t)UINT32_MAX << 32 | stack), &fresh);
		to->ns += sum->ns;
		to->count += sum->count;
	}
	hash_free(&all);
}

static void bind_leader(struct query *q, int index, const struct history *h, uint64_t group)
{
	if (group && h->object[group - 1].leader)
		query_bind_int(q, index, h->object[group - 1].leader);
	else
		query_bind_null(q, index);
}

static int write_parts(struct store *store, const struct result *r, size_t path)
{
	struct query *q =
	    store_query(store, "INSERT INTO reading_path VALUES (?, ?, ?, ?, ?, ?, ?)");
	const struct history *h = r->precedence.history;
	const struct sum *sum;
	uint64_t key[2];
	size_t place = 0;
	int failed = q ? 0 : -1;

	while (!failed && (sum = hash_next(&r->account[path].sum, &place, key))) {
		uint32_t thread = (uint32_t)(key[1] >> 32);
		query_bind_int(q, 1, (int64_t)path + 1);
		query_bind_text(q, 2, path_part_names[(key[0] >> 32) - 1]);
		bind_leader(q, 3, h, (uint32_t)key[0]);
		query_bind_int(q, 4, thread < h->threads ? h->thread[thread].id : 0);
		query_bind_int(q, 5, (uint32_t)key[1]);
		query_bind_int(q, 6, sum->count);
		query_bind_int(q, 7, sum->ns);
		failed = query_run(q);
	}
	query_close(q);
	return failed;
}

static int write_length(struct store *store, const struct result *r, size_t path)
{
	struct query *q = store_query(store, "INSERT INTO reading_path_length VALUES (?, ?, ?)");
	int failed;

	query_bind_int(q, 1, (int64_t)path + 1);
	query_bind_int(q, 2, r->account[path].ns);
	query_bind_int(q, 3, r->precedence.last.time - r->path[path].ns);
	failed = query_run(q);
	query_close(q);
	return failed;
}

static int64_t of_lock(const struct account *a, size_t object)
{
	const struct held *held = &a->held.held[object];

	return (int64_t)held->inclusive_ns + held->wake_ns + held->waited_ns;
}

/* The longest of the paths when the lock costs nothing on it. */
static int64_t without(const struct result *r, size_t object)
{
	int64_t longest = 0;

	for (size_t i = 0; i < r->count; i++) {
		int64_t left = r->account[i].ns - of_lock(&r->account[i], object);
		if (left > longest)
			longest = left;
	}
	return longest;
}

static void bind_lock(struct query *q, const struct result *r, size_t object)
{
	const struct held *held = &r->account[0].held.held[object];

	query_bind_int(q, 1, r->precedence.history->object[object].leader);
	query_bind_int(q, 2, (int64_t)held->inclusive_ns);
	query_bind_int(q, 3, (int64_t)held->innermost_ns);
	query_bind_int(q, 4, held->wake_ns);
	query_bind_int(q, 5, (int64_t)(held->acquisitions + 0.5));
	query_bind_int(q, 6, held->contended);
	query_bind_int(q, 7, without(r, object));
	if (r->slack[object] < 0)
		query_bind_null(q, 8);
	else
		query_bind_int(q, 8, r->slack[object]);
}

static int write_locks(struct store *store, const struct result *r)
{
	struct query *q =
	    store_query(store, "INSERT INTO reading_path_lock VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
	const struct history *h = r->precedence.history;
	int failed = q ? 0 : -1;

	for (size_t i = 0; i < h->objects && !failed; i++) {
		const struct history_object *o = &h->object[i];
		const struct held *held = &r->account[0].held.held[i];
		if (o->group != i || !history_is_counted_lock(o) || !o->leader)
			continue;
		if (r->slack[i] < 0 && held->acquisitions < 0.5 && held->inclusive_ns < 1)
			continue;
		bind_lock(q, r, i);
		failed = query_run(q);
	}
	query_close(q);
	return failed;
}

static int write_span(struct store *store, int64_t ns)
{
	struct query *q = store_query(store, "INSERT INTO reading VALUES ('span_ns', ?)");
	int failed;

	query_bind_int(q, 1, ns);
	failed = query_run(q);
	query_close(q);
	return failed;
}

static void note_slack(void *data, const struct stop *s, int64_t slack)
{
	struct result *r = data;
	uint32_t object = stop_object(&r->precedence, s);
	int64_t *least;

	if (object == NOTHING)
		return;
	least = &r->slack[r->precedence.history->object[object].group];
	if (*least < 0 || slack < *least)
		*least = slack;
}

static void find_slack(struct result *r)
{
	const struct history *h = r->precedence.history;
	int64_t *by_thread = memory_new(h->threads + 1, sizeof(*by_thread));

	r->slack = memory_new(h->objects + 1, sizeof(*r->slack));
	for (size_t i = 0; i < h->objects; i++)
		r->slack[i] = -1;
	slack_pass(&r->precedence, by_thread, note_slack, r);
	free(by_thread);
}

static void account_for(struct result *r, const struct graph *g, const uint32_t *held)
{
	const struct history *h = g->history;

	for (size_t i = 0; i < r->count; i++) {
		struct account *a = &r->account[i];
		a->history = h;
		hash_init(&a->sum, sizeof(struct sum));
		held_begin(&a->held, h, held);
		path_segments(&r->path[i], &r->precedence, g, add_segment, a);
		held_end(&a->held);
		fold_small(a);
	}
}

static int write_all(struct store *store, const struct result *r, int64_t span)
{
	int failed = store_begin(store);

	for (size_t i = 0; i < r->count && !failed; i++)
		failed = write_parts(store, r, i) || write_length(store, r, i);
	return failed || write_locks(store, r) || write_span(store, span) || store_commit(store)
		   ? -1
		   : 0;
}

static void result_free(struct result *r)
{
	for (size_t i = 0; i < r->count; i++) {
		hash_free(&r->account[i].sum);
		held_free(&r->account[i].held);
		path_free(&r->path[i]);
	}
	free(r->slack);
	precedence_free(&r->precedence);
}

int reading_path(struct reading_input *in)
{
	struct result r = {.count = 0};
	/* First, as it needs room for a time. */
	uint32_t *held = held_order(in->graph->history);
	int64_t span;
	int failed;

	precedence_make(&r.precedence, in->graph->history);
	find_slack(&r);
	r.count = paths_find(&r.precedence, r.path);
	r.account[0].rows = in->path;
	account_for(&r, in->graph, held);
	free(held);
	span = span_ns(&r.precedence, in->graph);
	reading_take(in);
	failed = write_all(in->store, &r, span);
	reading_give(in);
	result_free(&r);
	return failed;
}
