#include "profiler/finish_cut.h"

#include <stdint.h>

#include "profiler/store.h"

/* The first frame is where the hook was called from, which is how counts are keyed. */
static const char counts_from_waits[] =
    "INSERT OR IGNORE INTO tally SELECT w.object, w.thread, w.hook, f.code, sum(w.count) - "
    "sum(w.timed_out), sum(w.count), sum(w.timed_out), sum(w.wait_ns), max(w.wait_max_ns), 0, 0, 0 "
    "FROM wait_sum w JOIN frame f ON f.stack = w.stack AND f.position = 0 "
    "WHERE NOT EXISTS (SELECT 1 FROM tally t WHERE t.object = w.object AND t.thread = w.thread "
    "AND t.hook = w.hook) GROUP BY w.object, w.thread, w.hook, f.code";

static const char latest_time[] =
    "SELECT max(coalesce((SELECT max(\"end\") FROM wait), 0), "
    "coalesce((SELECT max(released) FROM \"release\"), 0), "
    "coalesce((SELECT max(end_ns) FROM thread), 0), coalesce((SELECT max(end_ns) FROM process), "
    "0), "
    "coalesce((SELECT max(monotonic_ns) - min(monotonic_ns) FROM anchor), 0))";

int cut_complete(struct store *s)
{
	if (store_run_int(s, "wall_ns", -1) >= 0)
		return 0;
	store_run_set_int(s, "wall_ns", store_value(s, latest_time, 0));
	if (store_exec(s, counts_from_waits) != 0)
		return -1;
	int64_t threads =
	    store_changes(s) ? store_value(s, "SELECT count(DISTINCT thread) FROM tally", 0) : 0;
	if (threads)
		store_unseen(s, "the recorder was ended early: only calls that waited are counted",
			     "threads", threads);
	return 0;
}
