#include "reports/page/page_weights.h"
#include "profiler/hash.h"
#include "profiler/store.h"
#include "reports/graph/history.h"
#include "reports/page/columns.h"
#include "reports/page/page_stacks.h"
#include "reports/page/page_timeline.h"

enum { WEIGHT_COLUMNS = 7, SAMPLE_COLUMNS = 4 };

struct writer {
	struct store *store;
	struct page_stacks *stacks;
	struct hash place; /* of threads, by thread.id */
};

static void find_places(struct writer *w, const struct history *h)
{
	bool fresh;
	hash_init(&w->place, sizeof(int64_t));
	for (size_t i = 0; i < h->threads; i++)
		*(int64_t *)hash_put(&w->place, (uint64_t)h->thread[i].id, 0, &fresh) = (int64_t)i;
}

static int64_t place(const struct writer *w, int64_t thread)
{
	const int64_t *found = hash_get(&w->place, (uint64_t)thread, 0);
	return found ? *found : -1;
}

#define FLAME(kind, number)                                                                        \
	"SELECT " #number                                                                          \
	", f.thread, l.use, l.family, coalesce(l.leader, 0), f.stack, f.weight, "                  \
	"f.weight FROM flame f LEFT JOIN lock l ON l.id = f.lock WHERE f.kind = '" kind            \
	"' AND f.weight > 0 "

static const char weights_sql[] = FLAME("cpu", 0) "UNION ALL " FLAME(
    "wait",
    1) "UNION ALL "
       "SELECT 2, b.holder, l.use, l.family, coalesce(l.leader, 0), b.holder_stack, sum(b.ns), "
       "sum(b.waits) FROM blame b JOIN object o ON o.id = b.object JOIN lock l ON l.id = o.lock "
       "WHERE b.ns > 0 AND b.holder <> 0 GROUP BY b.holder, l.leader, l.use, l.family, "
       "b.holder_stack";

static int write_weights(struct writer *w, struct text *out)
{
	struct query *q = store_query(w->store, weights_sql);
	struct columns c;
	columns_begin(&c, "+++++..");
	while (query_step(q)) {
		int64_t kind = query_int(q, 0);
		enum page_state state = kind == PAGE_KIND_cpu
					    ? PAGE_STATE_run
					    : page_state_of(history_use(query_text(q, 2)),
							    history_family(query_text(q, 3)));
		const int64_t row[WEIGHT_COLUMNS] = {
		    kind,
		    place(w, query_int(q, 1)),
		    state,
		    query_int(q, 4),
		    page_stacks_number(w->stacks, query_int(q, 5)),
		    query_int(q, 6),
		    query_int(q, 7),
		};
		columns_add(&c, row);
	}
	int result = !q || query_failed(q) ? -1 : 0;
	columns_end(&c, out);
	query_close(q);
	return result;
}

static int write_samples(struct writer *w, struct text *out)
{
	struct query *q = store_query(
	    w->store, "SELECT s.time, s.thread, s.stack, coalesce(l.leader, 0) FROM sample_all s "
		      "LEFT JOIN object o ON o.id = s.held LEFT JOIN lock l ON l.id = o.lock "
		      "ORDER BY 1");
	struct columns c;
	columns_begin(&c, "++++");
	while (query_step(q)) {
		const int64_t row[SAMPLE_COLUMNS] = {query_int(q, 0), place(w, query_int(q, 1)),
						     page_stacks_number(w->stacks, query_int(q, 2)),
						     query_int(q, 3)};
		columns_add(&c, row);
	}
	int result = !q || query_failed(q) ? -1 : 0;
	columns_end(&c, out);
	query_close(q);
	return result;
}

int page_weights_make(struct text *weights, struct text *samples, struct store *store,
		      const struct history *h, struct page_stacks *stacks, int64_t most)
{
	struct writer w = {.store = store, .stacks = stacks};
	find_places(&w, h);
	int result = write_weights(&w, weights);
	if (!result && store_value(store, "SELECT count(*) FROM sample_all", 0) <= most)
		result = write_samples(&w, samples);
	hash_free(&w.place);
	return result;
}
