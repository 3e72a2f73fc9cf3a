#include "profiler/finish_tasks.h"
#include "profiler/store.h"
#include "profiler/tasks.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>

struct fixture {
	struct scratch scratch;
	struct store *store;
	struct tasks tasks;
};

static void begin(struct fixture *f)
{
	scratch_begin(&f->scratch);
	f->store = store_create(f->scratch.path, false);
	tasks_open(&f->tasks, f->store, true);
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

static void happen(struct fixture *f, enum happening_kind kind, uint32_t tid, int64_t ns, bool flag)
{
	struct happening h = {.kind = kind,
			      .pid = 10,
			      .tid = tid,
			      .flag = flag,
			      .other_tid = 10,
			      .text = kind == HAPPENING_NAMED ? "a name that is too long" : NULL};
	tasks_happen(&f->tasks, &h, ns);
}

TEST(tasks, a_wait_covers_its_time_off)
{
	struct fixture f;
	begin(&f);
	happen(&f, HAPPENING_NAMED, 10, 1000, true);
	happen(&f, HAPPENING_OUT, 10, 20000, false); /* of a wait */
	happen(&f, HAPPENING_IN, 10, 50000, false);
	happen(&f, HAPPENING_OUT, 10, 60000, false); /* of nothing that was seen */
	happen(&f, HAPPENING_IN, 10, 90000, false);
	happen(&f, HAPPENING_OUT, 10, 100000, true); /* preempted */
	happen(&f, HAPPENING_IN, 10, 110000, false);
	tasks_settle(&f.tasks, 10000);
	tasks_waited(&f.tasks, 10, 19000, 51000);
	tasks_settle(&f.tasks, 200000);
	happen(&f, HAPPENING_ENDED, 10, 300000, false);
	tasks_close(&f.tasks, 400000);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM off_core"), 2);
	CU_ASSERT_EQUAL(value(&f, "SELECT begin_ns FROM off_core WHERE preempted = 0"), 60000);
	CU_ASSERT_EQUAL(value(&f, "SELECT begin_ns FROM off_core WHERE preempted = 1"), 100000);
	CU_ASSERT_EQUAL(value(&f, "SELECT blocked_ns FROM task"), 60000);
	CU_ASSERT_EQUAL(value(&f, "SELECT preempted_ns FROM task"), 10000);
	CU_ASSERT_EQUAL(value(&f, "SELECT on_ns FROM task"), 299000 - 70000);
	CU_ASSERT_EQUAL(value(&f, "SELECT name = 'a name that is ' AND ended = 'exit' FROM task"),
			1);
	finish(&f);
}

TEST(tasks, a_wait_may_be_told_before_its_task)
{
	struct fixture f;
	begin(&f);
	tasks_waited(&f.tasks, 10, 19000, 51000);
	tasks_settle(&f.tasks, 10000);
	happen(&f, HAPPENING_NAMED, 10, 1000, true);
	happen(&f, HAPPENING_OUT, 10, 20000, false);
	happen(&f, HAPPENING_IN, 10, 50000, false);
	tasks_close(&f.tasks, 400000);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM off_core"), 0);
	CU_ASSERT_EQUAL(value(&f, "SELECT blocked FROM task"), 1);
	finish(&f);
}

TEST(tasks, exec_begins_another_one)
{
	struct fixture f;
	begin(&f);
	happen(&f, HAPPENING_NAMED, 10, 1000, true);
	happen(&f, HAPPENING_BORN, 11, 2000, false);
	happen(&f, HAPPENING_IN, 11, 3000, false);
	happen(&f, HAPPENING_NAMED, 11, 4000, true);
	tasks_close(&f.tasks, 9000);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM task"), 3);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM task WHERE ended = 'exec'"), 1);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM task WHERE maker = 1"), 2);
	CU_ASSERT_EQUAL(value(&f, "SELECT preempted_ns FROM task WHERE ended = 'exec'"), 1000);
	CU_ASSERT_EQUAL(
	    value(&f, "SELECT count(*) FROM task WHERE ended = 'running' AND end_ns = 9000"), 2);
	finish(&f);
}

/* The gap ends at 40000: what left its core twice came back between. */
TEST(tasks, records_that_were_lost_leave_nobody_off)
{
	struct fixture f;
	begin(&f);
	happen(&f, HAPPENING_NAMED, 10, 1000, true);
	happen(&f, HAPPENING_OUT, 10, 20000, false);
	happen(&f, HAPPENING_LOST, 99, 40000, false);
	happen(&f, HAPPENING_OUT, 10, 60000, true);
	happen(&f, HAPPENING_OUT, 10, 65000, true); /* after the gap nothing is missing */
	happen(&f, HAPPENING_IN, 10, 70000, false);
	tasks_close(&f.tasks, 101000);
	CU_ASSERT_EQUAL(value(&f, "SELECT blocked_ns FROM task"), 20000);
	CU_ASSERT_EQUAL(value(&f, "SELECT preempted_ns FROM task"), 10000);
	CU_ASSERT_EQUAL(value(&f, "SELECT on_ns FROM task"), 70000);
	finish(&f);
}

/* Random lives: what holds whatever happens, in whatever order the waits are told. */
/* It has nothing to do any more in its last moments in the kernel, as the log has them. */
TEST(tasks, what_is_left_of_a_life_that_was_lost_is_of_its_thread)
{
	struct fixture f;
	begin(&f);
	store_exec(f.store, "INSERT INTO process (id, pid, image, origin, begin_ns, end_ns, ended) "
			    "VALUES (1, 10, 1, "
			    "'start', 0, 90000, 'exit');"
			    "INSERT INTO thread (process, tid, begin_ns, end_ns, ended) VALUES "
			    "(1, 10, 0, 90000, 'return'), (1, 11, 2000, 3000, 'return'), "
			    "(1, 11, 10000, 20000, 'return'), (1, 12, 10000, 20000, 'return')");
	happen(&f, HAPPENING_NAMED, 10, 1000, true);
	happen(&f, HAPPENING_BORN, 12, 10000, false);
	happen(&f, HAPPENING_ENDED, 12, 21000, false);
	happen(&f, HAPPENING_LOST, 99, 40000, false);
	happen(&f, HAPPENING_IN, 11, 60000, false);
	happen(&f, HAPPENING_ENDED, 11, 61000, false);
	happen(&f, HAPPENING_BORN, 12, 70000, false); /* nobody's that the log knows */
	happen(&f, HAPPENING_ENDED, 12, 71000, false);
	tasks_close(&f.tasks, 90000);
	CU_ASSERT_EQUAL(tasks_match(f.store), 0);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM task WHERE tid = 11"), 1);
	CU_ASSERT_EQUAL(
	    value(
		&f,
		"SELECT begin_ns FROM thread WHERE id = (SELECT thread FROM task WHERE tid = 11)"),
	    10000);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM thread WHERE tid = 11"), 2);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM thread WHERE tid = 12"), 2);
	finish(&f);
}

TEST(tasks, random_lives_add_up)
{
	struct fixture f;
	int64_t ns = 1, settled = 0;
	begin(&f);
	srand(1);
	for (int i = 0; i < 20000; i++) {
		uint32_t tid = 10 + (uint32_t)rand() % 8;
		enum happening_kind kind = (enum happening_kind[]){
		    HAPPENING_OUT,  HAPPENING_IN,    HAPPENING_OUT,  HAPPENING_IN,
		    HAPPENING_BORN, HAPPENING_ENDED, HAPPENING_NAMED}[rand() % (i % 50 ? 4 : 7)];
		ns += rand() % 5000;
		happen(&f, kind, tid, ns, rand() % 2);
		if (rand() % 4 == 0)
			tasks_waited(&f.tasks, tid, ns - rand() % 9000, ns);
		if (rand() % 30 == 0) {
			tasks_settle(&f.tasks, settled);
			settled = ns;
		}
	}
	tasks_close(&f.tasks, ns);
	CU_ASSERT_TRUE(value(&f, "SELECT count(*) FROM task") > 100);
	CU_ASSERT_TRUE(value(&f, "SELECT count(*) FROM off_time") > 1000);
	CU_ASSERT_EQUAL(
	    value(&f, "SELECT count(*) FROM task WHERE "
		      "on_ns + blocked_ns + preempted_ns <> end_ns - begin_ns OR on_ns < 0"),
	    0);
	CU_ASSERT_EQUAL(value(&f,
			      "SELECT count(*) FROM (SELECT begin_ns < lag(end_ns) OVER (PARTITION "
			      "BY task ORDER BY begin_ns) AS over FROM off_time) WHERE over"),
			0);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM off_time o JOIN task t ON t.id = o.task "
				  "WHERE o.begin_ns < t.begin_ns OR o.end_ns > t.end_ns"),
			0);
	CU_ASSERT_EQUAL(value(&f, "SELECT count(*) FROM task t WHERE preempted_ns < (SELECT "
				  "coalesce(sum(ready_ns), 0) FROM off_time WHERE task = t.id)"),
			0);
	finish(&f);
}
