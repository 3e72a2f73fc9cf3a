/* Exact sums of a recording, from its views. */
#include "profiler/hash.h"
#include "profiler/store.h"
#include "reports/card/card.h"

/* Where the facts of a leader are. */
struct reader {
	struct store *store;
	struct card_facts *facts;
	struct hash place; /* by leader: uint32_t */
};

static void list_leaders(struct reader *r, const struct history *h)
{
	bool fresh;

	hash_init(&r->place, sizeof(uint32_t));
	for (size_t i = 0; i < h->objects; i++)
		if (h->object[i].group == i && h->object[i].leader)
			*(uint32_t *)hash_put(&r->place, (uint64_t)h->object[i].leader, 0, &fresh) =
			    (uint32_t)i;
}

/* Of the leader in the first column; NULL: the history has none of its locks. */
static struct card_facts *facts_of(const struct reader *r, struct query *q)
{
	const uint32_t *place = hash_get(&r->place, (uint64_t)query_int(q, 0), 0);

	return place ? &r->facts[*place] : NULL;
}

typedef void take_row(struct card_facts *, struct query *);

static int each_row(const struct reader *r, const char *sql, take_row *take)
{
	struct query *q = store_query(r->store, sql);
	int failed;

	while (query_step(q)) {
		struct card_facts *f = facts_of(r, q);
		if (f)
			take(f, q);
	}
	failed = !q || query_failed(q) ? -1 : 0;
	query_close(q);
	return failed;
}

static void take_sums(struct card_facts *f, struct query *q)
{
	f->leader = query_int(q, 0);
	f->instances = query_int(q, 1);
	f->acquisitions = query_int(q, 2);
	f->contended = query_int(q, 3);
	f->failed = query_int(q, 4);
	f->wait_ns = query_int(q, 5);
	f->hold_ns = query_int(q, 6);
	f->hold_avg_ns = query_int(q, 7);
	f->threads = query_int(q, 8);
}

static void take_mode(struct card_facts *f, struct query *q)
{
	struct card_mode *m = query_int(q, 1) ? &f->reader : &f->writer;

	*m = (struct card_mode){query_int(q, 2), query_int(q, 3), query_int(q, 4)};
}

static void take_place(struct card_facts *f, struct query *q)
{
	f->place_acquisitions = query_int(q, 1);
	f->place_life_ns = query_int(q, 2);
	f->place_all = query_int(q, 3);
}

static void take_threads(struct card_facts *f, struct query *q)
{
	f->threads_each = query_int(q, 1);
	f->acquisitions_each = query_int(q, 2);
}

static void take_path(struct card_facts *f, struct query *q)
{
	f->path_share = query_double(q, 1);
}

/* max() beside bare columns takes them from its row. */
static const struct {
	const char *sql;
	take_row *take;
} questions[] = {
    {"SELECT leader, instances, acquisitions, contended, failed, wait_ns, hold_ns, hold_avg_ns,"
     " threads FROM group_summary",
     take_sums},
    {"SELECT leader, mode = 'shared', sum(acquisitions), sum(contended), sum(wait_ns)"
     " FROM group_call WHERE kind IN ('acquire', 'try') GROUP BY leader, mode = 'shared'",
     take_mode},
    {"WITH p AS MATERIALIZED (SELECT leader, thread, code, acquisitions AS n FROM group_place),"
     " a AS MATERIALIZED (SELECT leader, code, sum(n) AS n FROM p GROUP BY leader, code)"
     " SELECT p.leader, max(p.n), t.end_ns - t.begin_ns, a.n FROM p JOIN a USING (leader, code)"
     " JOIN thread_life t ON t.thread = p.thread GROUP BY p.leader",
     take_place},
    {"SELECT leader, max(threads), max(acquisitions) FROM lock_threads GROUP BY leader",
     take_threads},
    {"SELECT leader, 1.0 * (inclusive_ns + wake_ns) / nullif((SELECT value FROM run_fact"
     " WHERE key = 'wall_ns'), 0) FROM reading_path_lock",
     take_path},
};

static int read_questions(const struct reader *r)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions) && !failed; i++)
		failed = each_row(r, questions[i].sql, questions[i].take);
	return failed;
}

static void read_run(struct store *store, const struct history *h, struct card_facts *facts)
{
	int64_t work = store_value(store,
				   "SELECT sum(end_ns - begin_ns - idle_wait_ns - phase_wait_ns)"
				   " FROM thread_summary",
				   0);
	int64_t cpu = store_value(store, "SELECT sum(cpu_ns) FROM thread_summary", 0);

	for (size_t i = 0; i < h->objects; i++) {
		facts[i].wall_ns = h->end_ns;
		facts[i].work_ns = work;
		facts[i].cpu_ns = cpu;
		facts[i].family = h->object[i].family;
		facts[i].use = history_is_counted_lock(&h->object[i]) ? USE_LOCK : USE_IDLE;
	}
}

int card_read(struct store *store, const struct history *h, struct card_facts *facts)
{
	struct reader r = {.store = store, .facts = facts};
	int failed;

	list_leaders(&r, h);
	read_run(store, h, facts);
	failed = read_questions(&r);
	hash_free(&r.place);
	return failed;
}
