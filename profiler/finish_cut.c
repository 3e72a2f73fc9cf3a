#include "profiler/finish_cut.h"

#include <stdint.h>

#include "profiler/histogram.h"
#include "profiler/store.h"

/* Sums are written each second; the rows of single waits are ahead of them. */
static const char sums_again[] =
    "DELETE FROM wait_sum; INSERT INTO wait_sum SELECT object, thread, hook, coalesce(stack, 0), "
    "sum(weight), sum((\"end\" - \"begin\") * weight), max(\"end\" - \"begin\"), "
    "sum((flags & 1) * weight) FROM wait GROUP BY 1, 2, 3, 4;"
    "INSERT INTO blame SELECT w.object, w.stack, 'unknown', 0, 0, 0, sum(w.wait_ns) - coalesce("
    "(SELECT sum(b.ns) FROM blame b WHERE b.object = w.object AND b.stack = w.stack), 0) AS "
    "missing "
    "FROM wait_sum w JOIN object o ON o.id = w.object "
    "WHERE o.family IN (SELECT family FROM family_use WHERE excludes) "
    "GROUP BY w.object, w.stack HAVING missing > 0 "
    "ON CONFLICT DO UPDATE SET ns = ns + excluded.ns";

/* A thread that ended meanwhile, or an entry that left its table, has its final row already. */
static const char counts_from_live[] =
    "INSERT OR IGNORE INTO tally SELECT * FROM tally_live; DELETE FROM tally_live;"
    "INSERT OR IGNORE INTO mark_use SELECT * FROM mark_live; DELETE FROM mark_live";

/* The first frame is where the hook was called from, which is how counts are keyed. */
static const char counts_from_waits[] =
    "INSERT OR IGNORE INTO tally SELECT w.object, w.thread, w.hook, f.code, sum(w.count) - "
    "sum(w.timed_out), sum(w.count), sum(w.timed_out), sum(w.wait_ns), max(w.wait_max_ns), 0, 0, "
    "0, 0, 0, 0, 0, 0 "
    "FROM wait_sum w JOIN frame f ON f.stack = w.stack AND f.position = 0 "
    "WHERE NOT EXISTS (SELECT 1 FROM tally t WHERE t.object = w.object AND t.thread = w.thread "
    "AND t.hook = w.hook) GROUP BY w.object, w.thread, w.hook, f.code";

static const char latest_time[] =
    "SELECT max(coalesce((SELECT max(\"end\") FROM wait), 0), "
    "coalesce((SELECT max(released) FROM \"release\"), 0), "
    "coalesce((SELECT max(released) FROM hold), 0),"
    "coalesce((SELECT max(end_ns) FROM thread), 0), coalesce((SELECT max(end_ns) FROM process), "
    "0), "
    "coalesce((SELECT max(monotonic_ns) - min(monotonic_ns) FROM anchor), 0))";

static int buckets_again(struct store *s)
{
	struct query *wait, *add;
	int result;

	if (store_exec(s, "DELETE FROM wait_bucket") != 0)
		return -1;
	wait = store_query(s, "SELECT object, \"end\" - \"begin\", weight FROM wait");
	add = store_query(s, "INSERT INTO wait_bucket VALUES (?1, ?2, ?3, ?4) "
			     "ON CONFLICT DO UPDATE SET count = count + excluded.count");
	while (query_step(wait)) {
		unsigned bucket = histogram_bucket(query_int(wait, 1));
		query_bind_int(add, 1, query_int(wait, 0));
		query_bind_int(add, 2, histogram_low(bucket));
		query_bind_int(add, 3, histogram_low(bucket + 1));
		query_bind_int(add, 4, query_int(wait, 2));
		query_run(add);
	}
	result = query_failed(wait) || query_failed(add) ? -1 : 0;
	query_close(wait);
	query_close(add);
	return result;
}

int cut_complete(struct store *s)
{
	int64_t threads;

	if (store_run_int(s, "wall_ns", -1) >= 0)
		return 0;
	store_run_set_int(s, "wall_ns", store_value(s, latest_time, 0));
	if (store_value(s, "SELECT sum(weight) FROM wait", 0) >
	    store_value(s, "SELECT sum(count) FROM wait_sum", 0))
		if (store_exec(s, sums_again) != 0 || buckets_again(s) != 0)
			return -1;
	threads = store_value(s, "SELECT count(DISTINCT thread) FROM tally_live", 0);
	if (threads)
		store_unseen(s, "the recorder was ended early: counts are those of its last second",
			     "threads", threads);
	if (store_exec(s, counts_from_live) != 0)
		return -1;
	threads = store_value(s, "SELECT count(DISTINCT thread) FROM tally", 0);
	if (store_exec(s, counts_from_waits) != 0)
		return -1;
	threads = store_value(s, "SELECT count(DISTINCT thread) FROM tally", 0) - threads;
	if (threads)
		store_unseen(s, "the recorder was ended early: only calls that waited are counted",
			     "threads", threads);
	return 0;
}
