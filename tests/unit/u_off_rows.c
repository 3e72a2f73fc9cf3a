#include "profiler/off_rows.h"
#include "profiler/store.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <stdlib.h>

#define SECOND 1000000000

TEST(off_rows, stretches_as_long_as_the_rate_wants)
{
	CU_ASSERT_EQUAL(off_stretch_for(0, 0, SECOND), 0);
	CU_ASSERT_EQUAL(off_stretch_for(10000, 4, SECOND), 0);
	CU_ASSERT_EQUAL(off_stretch_for(500000, 4, 0), 0);
	CU_ASSERT_EQUAL(off_stretch_for(10001, 4, SECOND), 400000);
	CU_ASSERT_EQUAL(off_stretch_for(500000, 100, SECOND), 10000000);
	CU_ASSERT_EQUAL(off_stretch_for(500000, 1000000, SECOND), 100000000);
	/* at most two begin in each stretch of each thread */
	for (size_t tasks = 1; tasks <= 512; tasks *= 2)
		CU_ASSERT_TRUE(2.0 * (double)tasks * SECOND /
				   (double)off_stretch_for(800000, tasks, SECOND) <=
			       20001.0);
}

struct fixture {
	struct scratch scratch;
	struct store *store;
	struct off_rows rows;
};

static void begin(struct fixture *f)
{
	scratch_begin(&f->scratch);
	f->store = store_create(f->scratch.path, false);
	off_rows_open(&f->rows, f->store);
}

static int64_t value(struct fixture *f, const char *sql)
{
	return store_value(f->store, sql, -1);
}

static void finish(struct fixture *f)
{
	store_close(f->store);
	scratch_end(&f->scratch);
}

/* Rounds of 10 ms, of 4 threads, at changing rates. */
TEST(off_rows, sums_are_exact_and_rows_few)
{
	struct fixture f;
	int64_t ready = 0, blocked = 0, count = 0;
	begin(&f);
	srand(7);
	for (int64_t round = 0; round < 200; round++) {
		int64_t every = round / 40 % 2 ? 2000 : 1000000;
		for (int64_t task = 1; task <= 4; task++)
			for (int64_t at = 0; at < 10000000; at += every, count++) {
				int64_t from = round * 10000000 + at, ns = 1 + rand() % 1500;
				bool preempted = rand() % 2;
				off_rows_add(&f.rows, task, from, from + ns, preempted);
				*(preempted ? &ready : &blocked) += ns;
			}
		off_rows_round(&f.rows, (round + 1) * 10000000);
	}
	off_rows_close(&f.rows);
	CU_ASSERT_TRUE(count > 1600000);
	CU_ASSERT_EQUAL(value(&f, "SELECT sum(ready_ns) FROM off_time"), ready);
	CU_ASSERT_EQUAL(value(&f, "SELECT sum(blocked_ns) FROM off_time"), blocked);
	/* of the first 50 ms at that rate each is a row yet, twice */
	CU_ASSERT_TRUE(value(&f, "SELECT count(*) FROM off_time") < 240000);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM off_stretch WHERE ready_ns + blocked_ns > "
				  "end_ns - begin_ns OR end_ns - begin_ns > 400000"),
			0);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM (SELECT begin_ns < lag(end_ns) OVER "
				  "(PARTITION BY task ORDER BY begin_ns) AS over FROM off_time) "
				  "WHERE over"),
			0);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM unseen"), 1);
	CU_ASSERT_EQUAL(value(&f, "SELECT sum(count) FROM unseen"),
			count - value(&f, "SELECT count(*) FROM off_core"));
	finish(&f);
}

TEST(off_rows, what_is_parted_stays_apart)
{
	struct fixture f;
	begin(&f);
	f.rows.longest_ns = 1000;
	off_rows_add(&f.rows, 1, 100, 150, true);
	off_rows_add(&f.rows, 1, 200, 250, false);
	off_rows_part(&f.rows);
	off_rows_add(&f.rows, 1, 400, 450, false);
	off_rows_add(&f.rows, 2, 100, 200, false);
	off_rows_add(&f.rows, 2, 300, 1101, true); /* longer than a stretch may be */
	off_rows_close(&f.rows);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM off_stretch"), 1);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM off_stretch WHERE task = 1 AND begin_ns = "
				  "100 AND end_ns = 250 AND ready_ns = 50 AND blocked_ns = 50"),
			1);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM off_core"), 3);
	finish(&f);
}

TEST(off_rows, what_is_not_too_much_is_not_told_of)
{
	struct fixture f;
	begin(&f);
	for (int64_t at = 0; at < SECOND; at += 1000000) {
		off_rows_add(&f.rows, 1, at, at + 10, true);
		off_rows_round(&f.rows, at + 1000000);
	}
	off_rows_close(&f.rows);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM off_core"), 1000);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM unseen"), 0);
	finish(&f);
}
