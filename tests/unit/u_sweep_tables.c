/* What the sweep found, as tables of the report's connection. */
#include "profiler/embedded.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/graph/graph.h"
#include "reports/readings.h"
#include "reports/sweep/account.h"
#include "tests/unit/history_text.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>

struct tables {
	struct scratch scratch;
	struct store *store;
	struct history history;
	struct graph graph;
};

static void tables_make(struct tables *t, const char *text)
{
	*t = (struct tables){0};
	scratch_begin(&t->scratch);
	t->store = store_create(t->scratch.path, false);
	CU_ASSERT_EQUAL_FATAL(store_exec(t->store, embedded_text("reports/readings.sql")), 0);
	history_from_text(&t->history, text);
	graph_make(&t->graph, &t->history);
	CU_ASSERT_EQUAL_FATAL(
	    reading_sweep(&(struct reading_input){t->store, &t->graph, NULL, NULL}), 0);
}

static void tables_free(struct tables *t)
{
	graph_free(&t->graph);
	history_free(&t->history);
	store_close(t->store);
	CU_ASSERT_STRING_EQUAL(scratch_said(&t->scratch), "");
	scratch_end(&t->scratch);
}

static void is(const struct tables *t, const char *sql, int64_t expected)
{
	int64_t value = store_value(t->store, sql, -1);

	if (value != expected)
		fprintf(stderr, "%jd, not %jd: %s\n", (intmax_t)value, (intmax_t)expected, sql);
	CU_ASSERT_EQUAL(value, expected);
}

/* Thread ids: m 1, a 2, b 3. Lock ids: L 1, B 2, J 3. */
static const char program[] = "end 1000\ncores 2\n"
			      "object L mutex\nobject B barrier\nobject J join\nobject D io\n"
			      "thread m 0 1000\nthread a 100 900 by m\nthread b 100 900 by m\n"
			      "wait m J 100 900 other a\n"
			      "hold a L 150 250 waiters 1 at 3\nwait b L 200 260 acquired\n"
			      "wait a B 300 501\nwait b B 500 501 at 4\n"
			      "wait a D 600 700\n";

TEST(sweep_tables, sums_are_those_of_the_lives)
{
	struct tables t;

	tables_make(&t, program);
	is(&t, "SELECT sum(ns) FROM reading_state WHERE thread = 1", 1000);
	is(&t, "SELECT sum(ns) FROM reading_state WHERE thread = 2", 800);
	is(&t, "SELECT ns FROM reading_state WHERE thread = 2 AND state = 'io'", 100);
	is(&t, "SELECT ns FROM reading_state WHERE thread = 3 AND state = 'lock'", 60);
	is(&t, "SELECT sum(running_ns) FROM reading_profile", 1000);
	is(&t, "SELECT sum(progress_ns) FROM reading_profile", 1000);
	is(&t, "SELECT value FROM reading WHERE key = 'life_ns'", 2600);
	is(&t, "SELECT value FROM reading WHERE key = 'wall_ns'", 1000);
	is(&t, "SELECT value FROM reading WHERE key = 'io_ns'", 100);
	is(&t, "SELECT value = 'cores' FROM reading WHERE key = 'lanes_are'", 1);
	is(&t, "SELECT value FROM reading WHERE key = 'peak_threads'", 3);
	is(&t, "SELECT abs(sum(ns) - 1000) <= 1 FROM reading_criticality", 1); /* halves */
	is(&t,
	   "SELECT abs(parallelism - 2.0 * 600 / 700) < 0.2 FROM reading_criticality"
	   " WHERE thread = 2",
	   1);
	tables_free(&t);
}

TEST(sweep_tables, the_stack_sums_to_the_lanes_and_starts_with_the_speedup)
{
	struct tables t;

	tables_make(&t, program);
	is(&t, "SELECT value FROM reading WHERE key = 'lanes'", 2);
	is(&t, "SELECT sum(ns) FROM reading_stack", 2000);
	is(&t, "SELECT abs(sum(lanes) - 2) < 1e-9 FROM reading_stack", 1);
	is(&t,
	   "SELECT abs(s.lanes - r.value) < 1e-9 FROM reading_stack s, reading r"
	   " WHERE s.position = 0 AND s.kind = 'work' AND r.key = 'speedup'",
	   1);
	is(&t, "SELECT ns FROM reading_stack WHERE kind = 'lock' AND leader = 1", 50);
	is(&t, "SELECT ns FROM reading_stack WHERE kind = 'imbalance' AND leader = 2", 200);
	is(&t, "SELECT ns FROM reading_stack WHERE kind = 'io' AND leader IS NULL", 100);
	is(&t, "SELECT sum(ns) FROM reading_stack WHERE kind = 'serial'", 200);
	tables_free(&t);
}

TEST(sweep_tables, waits_are_named_by_lock_thread_and_stack)
{
	struct tables t;

	tables_make(&t, program);
	is(&t, "SELECT sum(ns) FROM reading_blame WHERE leader = 1", 60);
	is(&t,
	   "SELECT ns FROM reading_blame WHERE leader = 1 AND cause = 'run' AND culprit = 2"
	   " AND culprit_leader = 1 AND stack = 3 AND direct = 1",
	   50);
	is(&t,
	   "SELECT ns FROM reading_blame WHERE leader = 1 AND cause = 'wake-up'"
	   " AND culprit IS NULL",
	   10);
	is(&t, "SELECT sum(ns) FROM reading_blame WHERE leader = 3", 800);
	is(&t,
	   "SELECT generations = 1 AND threads = 2 AND wait_ns = 201 AND mean_ns = 300"
	   " AND max_ns = 400 AND late = 3 AND late_count = 1 AND stack = 4"
	   " FROM reading_imbalance WHERE leader = 2",
	   1);
	is(&t, "SELECT ns FROM reading_serial WHERE thread = 1 AND count = 2 AND begin_ns = 0",
	   200);
	is(&t, "SELECT group_concat(thread, '') FROM reading_knot WHERE knot = 1", 23);
	tables_free(&t);
}

/* a and b take a lock in turns, at so many places, for longer and longer. */
static char *turns(int places)
{
	struct text t = {0};
	int64_t now = 0;

	text_add(&t, "object L mutex\nthread a 0 100000000\nthread b 0 100000000\n");
	for (int i = 1; i <= places; i++, now += 3 * i + 9) {
		text_format(&t, "hold %c L %jd %jd waiters 1 at %d\n", "ab"[i % 2], (intmax_t)now,
			    (intmax_t)(now + 2 * i + 4), i);
		text_format(&t, "wait %c L %jd %jd held-by %c acquired\n", "ba"[i % 2],
			    (intmax_t)(now + 1), (intmax_t)(now + 2 * i + 5), "ab"[i % 2]);
	}
	text_add(&t, "end 100000000\ncores 2\n");
	return t.data;
}

TEST(sweep_tables, of_very_many_places_the_largest_are_told)
{
	enum { PLACES = 1500 };
	struct tables t;
	char *text = turns(PLACES);

	tables_make(&t, text);
	CU_ASSERT_EQUAL(reading_path(&(struct reading_input){t.store, &t.graph, NULL, NULL}), 0);
	/* all waits, at whatever place */
	is(&t, "SELECT sum(ns) FROM reading_blame", PLACES * (PLACES + 1) + 4 * PLACES);
	is(&t, "SELECT count(*) FROM reading_blame WHERE stack > 0", ACCOUNT_BLAMES_WHOLE);
	is(&t, "SELECT min(stack) FROM reading_blame WHERE stack > 0",
	   PLACES - ACCOUNT_BLAMES_WHOLE + 1);
	is(&t, "SELECT count(*) < 10 FROM reading_blame WHERE stack = 0", 1);
	/* likewise of what lies on the path, which fills the run */
	is(&t, "SELECT sum(ns) FROM reading_path WHERE path = 1", 100000000);
	is(&t, "SELECT count(*) <= 1000 FROM reading_path WHERE path = 1 AND stack > 0", 1);
	is(&t, "SELECT count(*) > 900 FROM reading_path WHERE path = 1 AND stack > 0", 1);
	is(&t, "SELECT count(*) < 20 FROM reading_path WHERE path = 1 AND stack = 0", 1);
	tables_free(&t);
	free(text);
}

TEST(sweep_tables, the_cost_of_recording_is_taken_off_the_work)
{
	struct tables t = {0};

	scratch_begin(&t.scratch);
	t.store = store_create(t.scratch.path, false);
	CU_ASSERT_EQUAL_FATAL(store_exec(t.store, embedded_text("reports/readings.sql")), 0);
	store_run_set_int(t.store, "records", 10);
	store_run_set_double(t.store, "cost_record_ns", 3);
	store_run_set_double(t.store, "cost_pair_ns", 0);
	store_run_set_double(t.store, "cost_hold_ns", 0);
	history_from_text(&t.history, "end 1000\ncores 2\nthread m 0 1000\nthread a 0 1000\n");
	graph_make(&t.graph, &t.history);
	CU_ASSERT_EQUAL_FATAL(reading_sweep(&(struct reading_input){t.store, &t.graph, NULL, NULL}),
			      0);
	is(&t, "SELECT ns FROM reading_stack WHERE kind = 'overhead'", 30);
	is(&t, "SELECT ns FROM reading_stack WHERE kind = 'work'", 1970);
	tables_free(&t);
}
