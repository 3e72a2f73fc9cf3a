/* Questions: their heads, and that every query has the columns its head promises. */
#include "reports/question.h"
#include "profiler/embedded.h"
#include "profiler/store.h"
#include "reports/table.h"
#include "reports/unit.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <string.h>

TEST(question, head_is_parsed)
{
	struct question q;
	question_parse(&q, "sample",
		       "-- title: Sample\n-- question: Which?\n"
		       "-- columns: name function 1 LOCK NAME, wait_ns ns 2 WAITED\n"
		       "-- columns: hidden id 0 X\n-- explain: one\n-- explain: two\nSELECT 1\n");
	CU_ASSERT_STRING_EQUAL(q.title, "Sample");
	CU_ASSERT_STRING_EQUAL(q.question, "Which?");
	CU_ASSERT_STRING_EQUAL(q.explain, "one two");
	CU_ASSERT_EQUAL_FATAL(q.column_count, 3);
	CU_ASSERT_STRING_EQUAL(q.columns[0].key, "name");
	CU_ASSERT_STRING_EQUAL(q.columns[0].header, "LOCK NAME");
	CU_ASSERT_PTR_EQUAL(q.columns[1].unit, unit_find("ns"));
	CU_ASSERT_EQUAL(q.columns[1].importance, 2);
	CU_ASSERT_EQUAL(question_column(&q, "hidden"), 2);
	CU_ASSERT_EQUAL(question_column(&q, "absent"), -1);
	question_free(&q);
}

TEST(question, all_are_answered_by_an_empty_recording)
{
	struct scratch s;
	scratch_begin(&s);
	struct store *store = store_create(s.path, false);
	const struct question *q;
	int count = 0;
	CU_ASSERT_EQUAL(store_exec(store, embedded_text("reports/readings.sql")), 0);
	for (; (q = question_number(count)); count++) {
		struct table t;
		CU_ASSERT_EQUAL(table_read(&t, q, store, strstr(q->sql, "?1") ? "[]" : NULL), 0);
		CU_ASSERT_PTR_NOT_NULL(q->explain);
		table_free(&t);
	}
	CU_ASSERT(count >= 11);
	store_close(store);
	scratch_end(&s);
}

TEST(question, json_keys_are_snake_case_and_unique)
{
	const struct question *q;
	for (int n = 0; (q = question_number(n)); n++)
		for (int i = 0; i < q->column_count; i++) {
			const char *key = q->columns[i].key;
			CU_ASSERT_EQUAL(strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_"),
					strlen(key));
			CU_ASSERT_EQUAL(question_column(q, key), i);
			const char *unit = q->columns[i].unit->name;
			size_t length = strlen(key);
			bool time = !strcmp(unit, "ns") || !strcmp(unit, "held");
			CU_ASSERT(!time || !strcmp(key + length - 3, "_ns"));
		}
}
