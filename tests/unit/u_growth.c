/* Work that grows no faster than what it is about: steps of SQLite's machine are counted, not time.
 */
#include "profiler/finish_jumps.h"
#include "profiler/python_classes.h"
#include "profiler/store_internal.h"
#include "profiler/text.h"
#include "tests/unit/unit.h"
#include <stdlib.h>

enum { DEPTH = 50, CODES = 1000 };

static int count_step(void *data)
{
	++*(int64_t *)data;
	return 0;
}

static void count_steps(struct store *s, int64_t *steps)
{
	*steps = 0;
	sqlite3_progress_handler(s->db, 1, count_step, steps);
}

/* Stacks of Python code in as many files as there are codes. */
static struct store *stacks_made(int64_t stacks)
{
	struct store *s = store_memory();
	struct text sql = {0};
	text_format(
	    &sql,
	    "INSERT INTO process (id, pid, image) VALUES (1, 1, 1);"
	    "INSERT INTO lock (process, address, family) VALUES (1, 1, 'gil');"
	    "INSERT INTO thread (id, process, tid) VALUES (1, 1, 1);"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	    "INSERT INTO code (id, process, address) SELECT i, 1, i - 0x7fffffffffffffff FROM n;"
	    "INSERT INTO code_line SELECT id, 0, 'C.f' || id, '/lib/f' || id || '.py', 1, 1 "
	    "FROM code;"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %lld) "
	    "INSERT INTO stack (id, process, hash, depth, cut) SELECT i, 1, i, %d, 0 FROM n;"
	    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d - 1) "
	    "INSERT INTO frame SELECT id, i, 1 + (id * 7 + i * 31) %% %d FROM stack, n",
	    CODES, (long long)stacks, DEPTH, DEPTH, CODES);
	CU_ASSERT_EQUAL(store_exec(s, text_string(&sql)), 0);
	text_free(&sql);
	return s;
}

/* Steps for each frame when so many jumps are known, none of which is in a stack. */
static double steps_of_jumps(int64_t jumps)
{
	struct store *s = stacks_made(200);
	int64_t steps;
	CU_ASSERT_EQUAL(jumps_begin(s), 0);
	struct query *q = store_query(s, "INSERT INTO jump VALUES (?, ?, 1)");
	for (int64_t i = 1; i <= jumps; i++) {
		query_bind_int(q, 1, i);
		query_bind_int(q, 2, i);
		query_run(q);
	}
	query_close(q);
	count_steps(s, &steps);
	CU_ASSERT_EQUAL(jumps_insert(s), 0);
	store_close(s);
	return (double)steps / (200 * DEPTH);
}

TEST(growth, each_frame_is_compared_with_no_more_than_its_jumps)
{
	double few = steps_of_jumps(100), many = steps_of_jumps(CODES);
	CU_ASSERT_TRUE(few > 1);
	CU_ASSERT_TRUE(many < 60);
}

/* What a frame of Python costs beyond what its line does. */
TEST(growth, lines_of_python_are_told_apart_once_not_in_each_stack)
{
	int64_t few, many;
	struct store *s = stacks_made(200);
	count_steps(s, &few);
	CU_ASSERT_EQUAL(python_classes_make(s), 0);
	store_close(s);
	s = stacks_made(400);
	count_steps(s, &many);
	CU_ASSERT_EQUAL(python_classes_make(s), 0);
	CU_ASSERT_EQUAL(store_value(s, "SELECT count(*) FROM python_stack", 0), 400);
	store_close(s);
	CU_ASSERT_TRUE(many > few);
	CU_ASSERT_TRUE((double)(many - few) / (200 * DEPTH) < 60);
}

static int64_t steps_of_functions(int64_t stacks)
{
	struct store *s = stacks_made(stacks);
	int64_t steps;
	CU_ASSERT_EQUAL(store_exec(s, "INSERT INTO thread_sample SELECT 1, id, id, 0, NULL "
				      "FROM stack WHERE id <= 10"),
			0);
	count_steps(s, &steps);
	CU_ASSERT_TRUE(store_value(s, "SELECT count(*) FROM function_time WHERE samples > 0", 0) >
		       50);
	store_close(s);
	return steps;
}

TEST(growth, functions_are_counted_in_stacks_of_samples_only)
{
	CU_ASSERT_TRUE(steps_of_functions(2000) < 2 * steps_of_functions(200));
}
