/*
 * Findings made of readings written by hand: what they are about, what they gain, their order.
 *
 * Four cores, of which work got 1. cache_mu (leader 1) took 1.5, a serial phase 1.0, a barrier 0.3,
 * a condition 0.2.
 */
#include "reports/finding/finding.h"
#include "profiler/embedded.h"
#include "profiler/store.h"
#include "reports/model.h"
#include "reports/question.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <string.h>

static const char recording[] =
    "INSERT OR REPLACE INTO run VALUES ('wall_ns', 10000000000), ('cores', 4), ('finished', 1);"
    "INSERT OR REPLACE INTO hook VALUES (1, 'pthread_mutex_lock', 'acquire', 'mutex', 'exclusive');"
    "INSERT INTO process (id, pid, image, origin) VALUES (1, 50, 1, 'start');"
    "INSERT INTO thread (id, process, tid, name, begin_ns, end_ns, cpu_ns) VALUES"
    " (1, 1, 50, 'app', 0, 10000000000, 1), (2, 1, 51, 'producer', 0, 10000000000, 1);"
    "INSERT INTO code (id, process, address) VALUES (1, 1, 4096), (2, 1, 4100);"
    "INSERT INTO code_line VALUES (1, 0, 'evict', '/src/cache.c', 201, 0), (2, 0, 'load', "
    "'/src/load.c', 7, 0);"
    "INSERT INTO stack VALUES (1, 1, 11, 1, 0), (2, 1, 12, 1, 0);"
    "INSERT INTO frame VALUES (1, 0, 1), (2, 0, 2);"
    "INSERT INTO lock (id, process, address, family, name, place, use, leader) VALUES"
    " (1, 1, 64, 'mutex', 'cache_mu', '/src/cache.c:12', 'lock', 1),"
    " (2, 1, 128, 'barrier', 'step', '/src/step.c:3', 'phase', 2),"
    " (3, 1, 192, 'condition', 'ready', '/src/queue.c:7', 'idle', 3);"
    "INSERT INTO object (id, process, address, generation, family, lock)"
    " SELECT id, process, address, 0, family, id FROM lock;"
    "INSERT INTO tally (object, thread, hook, code, count, contended, failed, wait_ns, wait_max_ns,"
    " hold_samples, hold_ns, hold_max_ns) VALUES"
    " (1, 2, 1, 1, 1000, 400, 0, 6000000000, 50000000, 1000, 9000000000, 5000);"
    "INSERT INTO blame VALUES (1, 1, 'holder', 2, 1, 300, 6000000000);";

static const char readings[] =
    "INSERT INTO reading_stack VALUES (1, 'work', NULL, 1.0, 1), (2, 'lock', 1, 1.4, 1),"
    " (3, 'wake-up', 1, 0.1, 1), (4, 'serial', NULL, 1.0, 1), (5, 'imbalance', 2, 0.3, 1),"
    " (6, 'starvation', 3, 0.2, 1);"
    "INSERT INTO reading_serial VALUES (1, 2, 1, 4000000000, 4000000000, 0);"
    "INSERT INTO reading_imbalance VALUES (2, 10, 4, 1000000000, 100000000, 150000000, 2, 9, 0);"
    "INSERT INTO reading_whatif VALUES ('--without cache_mu', NULL, 1, 0, NULL, NULL, NULL, 1.9, "
    "2.0, "
    "2.2, 0.01),"
    " ('--serial load=4', 'load', NULL, 2, 4, NULL, NULL, 1.3, 1.4, 1.9, -0.08);"
    "INSERT INTO reading_blame VALUES (3, 'run', 2, NULL, 2, 1, 900), (3, 'unknown', NULL, NULL, "
    "0, 1, 100);";

struct scene {
	struct scratch scratch;
	struct store *store;
	struct model model;
};

static void read_table(struct scene *s, enum model_table table)
{
	const struct question *q = question_find(model_table_name(table));
	if (table == MODEL_thread_locks || table == MODEL_findings)
		s->model.table[table].question = q;
	else
		CU_ASSERT_EQUAL_FATAL(table_read(&s->model.table[table], q, s->store, NULL), 0);
}

static void begin(struct scene *s, const char *more)
{
	*s = (struct scene){0};
	scratch_begin(&s->scratch);
	s->store = store_create(s->scratch.path, false);
	CU_ASSERT_EQUAL_FATAL(store_exec(s->store, recording), 0);
	CU_ASSERT_EQUAL_FATAL(store_exec(s->store, embedded_text("reports/readings.sql")), 0);
	CU_ASSERT_EQUAL_FATAL(store_exec(s->store, readings), 0);
	CU_ASSERT_EQUAL_FATAL(store_exec(s->store, more), 0);
	for (int i = 0; i < MODEL_TABLE_COUNT; i++)
		read_table(s, i);
	verdict_gather(&s->model.verdict, &s->model);
}

static void end(struct scene *s)
{
	model_free(&s->model);
	store_close(s->store);
	scratch_end(&s->scratch);
}

static const struct finding *find(const struct findings *all, enum loss_kind kind)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].kind == kind)
			return &all->list[i];
	return NULL;
}

TEST(finding, every_loss_is_somebodys_fault)
{
	struct scene s;
	struct findings all;
	begin(&s, "");
	findings_gather(&all, &s.model);
	CU_ASSERT_EQUAL_FATAL(all.count, 4);
	const struct finding *lock = find(&all, LOSS_lock), *stage = find(&all, LOSS_stage);
	CU_ASSERT_PTR_NOT_NULL_FATAL(lock);
	CU_ASSERT_DOUBLE_EQUAL(lock->lanes, 1.5, 1e-9); /* with its hand-overs */
	CU_ASSERT_STRING_EQUAL(lock->name, "cache_mu");
	CU_ASSERT_STRING_EQUAL(lock->place, "/src/cache.c:201"); /* of who holds it */
	CU_ASSERT_PTR_NOT_NULL_FATAL(stage);
	CU_ASSERT_EQUAL(stage->thread, 2);
	CU_ASSERT_STRING_EQUAL(stage->name, "load");
	findings_free(&all);
	end(&s);
}

TEST(finding, waiting_for_work_of_nobody_is_idle)
{
	struct scene s;
	struct findings all;
	begin(&s, "DELETE FROM reading_blame WHERE cause = 'run'");
	findings_gather(&all, &s.model);
	CU_ASSERT_PTR_NULL(find(&all, LOSS_stage));
	CU_ASSERT_PTR_NOT_NULL(find(&all, LOSS_starvation));
	findings_free(&all);
	end(&s);
}

TEST(finding, ranked_by_the_lower_end_of_the_gain)
{
	struct scene s;
	struct findings all;
	begin(&s, "");
	findings_gather(&all, &s.model);
	findings_gain(&all, &s.model);
	findings_rank(&all);
	CU_ASSERT_EQUAL_FATAL(all.list[0].kind, LOSS_lock);
	CU_ASSERT_DOUBLE_EQUAL(all.list[0].low, 1.9, 1e-9);
	CU_ASSERT_EQUAL(all.list[1].kind, LOSS_serial);
	for (size_t i = 0; i < all.count; i++) {
		CU_ASSERT(all.list[i].low >= 1 && all.list[i].low <= all.list[i].gain);
		CU_ASSERT(all.list[i].gain <= all.list[i].high);
		CU_ASSERT(!i || all.list[i - 1].low >= all.list[i].low);
	}
	findings_free(&all);
	end(&s);
}

TEST(finding, who_is_late_while_others_have_the_cores_is_not_at_fault)
{
	struct scene s;
	struct findings all;
	begin(&s, "INSERT INTO reading_stack VALUES (7, 'taken', NULL, 0.4, 1)");
	findings_gather(&all, &s.model);
	CU_ASSERT_PTR_NULL(find(&all, LOSS_imbalance));
	CU_ASSERT_PTR_NOT_NULL(find(&all, LOSS_lock));
	findings_free(&all);
	end(&s);
}

/* To be rid of a GIL takes processes, which cost more than that gains. */
TEST(finding, a_gil_that_costs_little_is_none)
{
	static const char costs_little[] = "UPDATE lock SET family = 'gil' WHERE id = 1;"
					   "UPDATE object SET family = 'gil' WHERE id = 1;"
					   "UPDATE reading_whatif SET low = 1.1 "
					   "WHERE edit LIKE '--without%'";
	struct scene s;
	struct findings all;
	begin(&s, costs_little);
	findings_gather(&all, &s.model);
	findings_gain(&all, &s.model);
	CU_ASSERT_PTR_NOT_NULL_FATAL(find(&all, LOSS_lock));
	CU_ASSERT(find(&all, LOSS_lock)->gil);
	findings_rank(&all);
	CU_ASSERT_PTR_NULL(find(&all, LOSS_lock));
	CU_ASSERT_PTR_NOT_NULL(find(&all, LOSS_serial));
	findings_free(&all);
	end(&s);
}

/* A quarter of the cores each: more than the single lock, when all of them are mended. */
TEST(finding, locks_of_an_array_are_one_when_there_is_a_replay_of_all)
{
	static const char shelves[] =
	    "INSERT INTO lock (id, process, address, family, name, place, use, leader) VALUES"
	    " (10, 1, 512, 'mutex', 'shelf[0].mu', '/src/a.c:1', 'lock', 10),"
	    " (11, 1, 576, 'mutex', 'shelf[1].mu', '/src/a.c:1', 'lock', 11),"
	    " (12, 1, 640, 'mutex', 'shelf[x].mu', '/src/a.c:1', 'lock', 12);"
	    "INSERT INTO object (id, process, address, generation, family, lock)"
	    " SELECT id, process, address, 0, family, id FROM lock WHERE id >= 10;"
	    "INSERT INTO tally (object, thread, hook, code, count, contended, failed, wait_ns, "
	    "wait_max_ns, hold_samples, hold_ns, hold_max_ns)"
	    " SELECT id, 2, 1, 1, 10, 5, 0, id * 1000, 500, 10, 100, 50 FROM lock WHERE id >= 10;"
	    "INSERT INTO reading_stack VALUES (7, 'lock', 10, 0.2, 1), (8, 'lock', 11, 0.3, 1), "
	    "(9, "
	    "'lock', 12, 0.3, 1);"
	    "INSERT INTO reading_whatif VALUES ('--without shelf\\[0\\]\\.mu', NULL, 10, 0, NULL, "
	    "NULL, "
	    "NULL, 1.0, 1.1, 1.2, 0.01),"
	    " ('--without shelf\\[[0-9]+\\]\\.mu', 'shelf[*].mu', 11, 0, NULL, NULL, NULL, 1.4, "
	    "1.5, "
	    "1.6, 0.01)";
	struct scene s;
	struct findings all;
	struct text command = {0};
	size_t i = 0;

	begin(&s, shelves);
	findings_gather(&all, &s.model);
	findings_gain(&all, &s.model);
	CU_ASSERT_EQUAL(all.count, 6);
	while (i < all.count && !all.list[i].merged)
		i++;
	CU_ASSERT_FATAL(i < all.count);
	CU_ASSERT_STRING_EQUAL(all.list[i].name, "shelf[*].mu");
	CU_ASSERT_EQUAL(all.list[i].merged, 2);
	CU_ASSERT_EQUAL(all.list[i].leader, 11);
	CU_ASSERT_DOUBLE_EQUAL(all.list[i].lanes, 0.5, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(all.list[i].gain, 1.5, 1e-9);
	finding_command(&command, &all.list[i]);
	CU_ASSERT_STRING_EQUAL(text_string(&command),
			       "parprof report --lock='shelf\\[[0-9]+\\]\\.mu'");
	text_free(&command);
	findings_free(&all);
	end(&s);
}

/* Serial for 4 of 10 s: 1.67 times as fast at most, whatever dividing the function everywhere
 * gains. */
TEST(finding, serial_phases_gain_no_more_than_themselves)
{
	struct scene s;
	struct findings all;

	begin(&s, "UPDATE reading_whatif SET low = 2.5, gain = 3.0, high = 3.5 WHERE edit LIKE "
		  "'--serial%'");
	findings_gather(&all, &s.model);
	findings_gain(&all, &s.model);
	const struct finding *serial = find(&all, LOSS_serial);
	CU_ASSERT_PTR_NOT_NULL_FATAL(serial);
	CU_ASSERT_DOUBLE_EQUAL(serial->high, 10 / 6.0, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(serial->low, 10 / 6.0, 1e-9);
	findings_free(&all);
	end(&s);
}

TEST(finding, uneven_shares_gain_what_the_slowest_loses)
{
	struct scene s;
	struct findings all;
	begin(&s, "");
	findings_gather(&all, &s.model);
	findings_gain(&all, &s.model);
	const struct finding *f = find(&all, LOSS_imbalance);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_DOUBLE_EQUAL(f->gain, 10.0 / 9.5, 1e-9); /* 10 × (150 − 100) ms of 10 s */
	CU_ASSERT_DOUBLE_EQUAL(f->low, 10.0 / 9.75, 1e-9);
	findings_free(&all);
	end(&s);
}

TEST(finding, confidence_is_that_of_the_replay)
{
	struct finding f = {.low = 1.9, .gain = 2, .high = 2.2, .error = 0.01};
	CU_ASSERT_STRING_EQUAL(finding_confidence(&f), "high");
	f.high = 4;
	CU_ASSERT_STRING_EQUAL(finding_confidence(&f), "medium");
	f.error = 0.2;
	CU_ASSERT_STRING_EQUAL(finding_confidence(&f), "low");
	f.error = -1;
	CU_ASSERT_STRING_EQUAL(finding_confidence(&f), "low");
}

TEST(finding, at_most_three_and_none_that_is_not_worth_it)
{
	struct scene s;
	begin(&s, "UPDATE reading_imbalance SET max_ns = 300000000;"
		  "UPDATE reading_stack SET lanes = 0.1 WHERE kind = 'starvation'");
	CU_ASSERT_EQUAL(findings_make(&s.model, s.store), 0);
	read_table(&s, MODEL_findings);
	CU_ASSERT_EQUAL(store_value(s.store, "SELECT count(*) FROM reading_finding", 0), 3);
	CU_ASSERT_EQUAL(
	    store_value(s.store, "SELECT count(*) FROM reading_finding WHERE gain < 1.05", -1), 0);
	CU_ASSERT_EQUAL(
	    store_value(
		s.store,
		"SELECT count(*) FROM reading_finding WHERE rank = 1 AND "
		"words LIKE 'cache_mu is held 90 \x25 of the run; evict holds it 100 \x25%'",
		0),
	    1);
	end(&s);
}
