#include "profiler/schema.h"
#include "profiler/store.h"
#include "profiler/store_rows.h"
#include "profiler/text.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_file(const char *path, const char *bytes, size_t size)
{
	FILE *f = fopen(path, "w");
	fwrite(bytes, 1, size, f);
	fclose(f);
}

TEST(store, has_documented_tables_for_all_stored_events)
{
	struct scratch t;
	struct store *s;
	struct query *q;
	scratch_begin(&t);
	s = store_create(t.path, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	q = store_query(s, "SELECT sql LIKE '%-- %' FROM sqlite_schema WHERE name = ?");
	for (const struct event_fact *e = event_facts; e->name; e++) {
		if (!e->stored)
			continue;
		query_bind_text(q, 1, e->name);
		CU_ASSERT_TRUE(query_step(q));
		CU_ASSERT_EQUAL(query_int(q, 0), 1);
		query_reset(q);
	}
	query_close(q);
	CU_ASSERT_EQUAL(store_value(s, "SELECT count(*) FROM lock_summary", -1), 0);
	CU_ASSERT_EQUAL(store_value(s, "SELECT id FROM hook WHERE name = 'pthread_mutex_lock'", 0),
			1);
	CU_ASSERT_EQUAL(store_close(s), 0);
	scratch_end(&t);
}

/* All views can be asked, empty as they are. */
TEST(store, views_are_valid)
{
	struct scratch t;
	struct store *s;
	struct query *views;
	scratch_begin(&t);
	s = store_create(t.path, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	views = store_query(s, "SELECT name FROM sqlite_schema WHERE type = 'view'");
	while (query_step(views)) {
		struct text sql = {0};
		text_format(&sql, "SELECT count(*) FROM %s", query_text(views, 0));
		CU_ASSERT_TRUE(store_value(s, text_string(&sql), -1) >= 0);
		text_free(&sql);
	}
	query_close(views);
	store_close(s);
	CU_ASSERT_STRING_EQUAL(scratch_said(&t), "");
	scratch_end(&t);
}

TEST(store, leaves_one_file)
{
	struct scratch t;
	char wal[128];
	scratch_begin(&t);
	store_close(store_create(t.path, false));
	snprintf(wal, sizeof(wal), "%s-wal", t.path);
	CU_ASSERT_EQUAL(access(t.path, R_OK), 0);
	CU_ASSERT_NOT_EQUAL(access(wal, R_OK), 0);
	scratch_end(&t);
}

TEST(store, replaces_a_file_only_when_told)
{
	struct scratch t;
	scratch_begin(&t);
	write_file(t.path, "precious", 8);
	CU_ASSERT_PTR_NULL(store_create(t.path, false));
	CU_ASSERT_PTR_NOT_NULL(strstr(scratch_said(&t), "exists already"));
	CU_ASSERT_EQUAL(store_close(store_create(t.path, true)), 0);
	scratch_end(&t);
}

TEST(store, says_why_it_cannot_write)
{
	struct scratch t;
	char path[160];
	scratch_begin(&t);
	snprintf(path, sizeof(path), "%s/no/where.db", t.folder);
	CU_ASSERT_PTR_NULL(store_create(path, false));
	CU_ASSERT_PTR_NOT_NULL(strstr(scratch_said(&t), "No such file"));
	CU_ASSERT_PTR_NULL(store_create(t.folder, true));
	CU_ASSERT_PTR_NOT_NULL(strstr(scratch_said(&t), "not a plain file"));
	scratch_end(&t);
}

static void refuses(struct scratch *t, const char *because)
{
	const char *said;
	CU_ASSERT_PTR_NULL(store_open(t->path, STORE_READ));
	said = scratch_said(t);
	if (!strstr(said, because))
		printf("'%s' does not hold '%s'\n", said, because);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, because));
}

TEST(store, says_what_is_wrong_with_a_file)
{
	struct scratch t;
	scratch_begin(&t);
	refuses(&t, "No such file");
	write_file(t.path, "", 0);
	refuses(&t, "is empty");
	write_file(t.path, "hello world, this is a text", 27);
	refuses(&t, "not a recording");
	write_file(t.path, "PPRFRAW1________________", 24);
	refuses(&t, "raw log");
	write_file(t.path, "SQLite format 3\0nothing", 24);
	refuses(&t, "damaged");
	scratch_end(&t);
}

static void make_with(struct scratch *t, const char *sql)
{
	struct store *s = store_create(t->path, true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(store_exec(s, sql), 0);
	store_close(s);
}

TEST(store, tells_versions_and_strangers)
{
	struct scratch t;
	struct store *s;
	scratch_begin(&t);
	make_with(&t, "PRAGMA user_version = 99");
	refuses(&t, "newer parprof");
	make_with(&t, "PRAGMA user_version = 0");
	refuses(&t, "older parprof");
	s = store_open(t.path, STORE_READ | STORE_OLDER);
	CU_ASSERT_PTR_NOT_NULL(s);
	store_close(s);
	make_with(&t, "PRAGMA application_id = 7");
	refuses(&t, "not a recording");
	scratch_end(&t);
}

/* A recording from before there was a table and the views that read it. */
TEST(store, puts_what_is_new_beside_an_older_recording)
{
	struct scratch t;
	struct store *s;
	scratch_begin(&t);
	make_with(&t,
		  "DROP VIEW machine_tree; DROP VIEW machine_cache; DROP TABLE machine_part;"
		  "DROP VIEW run_fact; CREATE VIEW run_fact AS SELECT 'other' AS key, 1 AS value;"
		  "INSERT INTO run VALUES ('a', 7)");
	s = store_open(t.path, STORE_READ);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(store_value(s, "SELECT count(*) FROM machine_tree", -1), 0);
	CU_ASSERT_EQUAL(store_value(s, "SELECT value FROM run_fact WHERE key = 'a'", -1), 7);
	CU_ASSERT_EQUAL(store_value(s, "SELECT count(*) FROM machine_fact", -1), 0);
	store_close(s);
	CU_ASSERT_STRING_EQUAL(scratch_said(&t), "");
	s = store_open(t.path, STORE_READ | STORE_OLDER); /* for those who look at it as it is */
	CU_ASSERT_EQUAL(store_value(s, "SELECT count(*) FROM temp.sqlite_schema", -1), 0);
	store_close(s);
	scratch_end(&t);
}

TEST(store, tells_a_cut_file)
{
	struct scratch t;
	struct stat st;
	scratch_begin(&t);
	make_with(&t, "PRAGMA user_version");
	stat(t.path, &st);
	CU_ASSERT_EQUAL(truncate(t.path, st.st_size / 2), 0);
	refuses(&t, "damaged");
	scratch_end(&t);
}

TEST(store, reads_where_it_cannot_write)
{
	struct scratch t;
	struct store *s;
	scratch_begin(&t);
	make_with(&t, "INSERT INTO run VALUES ('a', 1)");
	s = store_open(t.path, STORE_READ);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(store_exec(s, "DELETE FROM run"), -1);
	CU_ASSERT_EQUAL(store_run_int(s, "a", 0), 1);
	store_close(s);
	scratch_end(&t);
}

TEST(store, can_be_read_while_it_is_written)
{
	struct scratch t;
	struct store *writer, *reader;
	scratch_begin(&t);
	writer = store_create(t.path, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
	store_run_set_int(writer, "a", 1);
	store_begin(writer);
	store_run_set_int(writer, "a", 2);
	reader = store_open(t.path, STORE_READ);
	CU_ASSERT_PTR_NOT_NULL_FATAL(reader);
	CU_ASSERT_EQUAL(store_run_int(reader, "a", 0), 1);
	store_commit(writer);
	CU_ASSERT_EQUAL(store_run_int(reader, "a", 0), 2);
	CU_ASSERT_EQUAL(store_close(writer), 0);
	CU_ASSERT_EQUAL(store_run_int(reader, "a", 0), 2);
	CU_ASSERT_EQUAL(store_close(reader), 0);
	CU_ASSERT_STRING_EQUAL(scratch_said(&t), "");
	scratch_end(&t);
}

TEST(store, keeps_facts_of_the_run)
{
	struct scratch t;
	struct store *s;
	char *text;
	scratch_begin(&t);
	s = store_create(t.path, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	store_run_set_int(s, "i", -5);
	store_run_set_double(s, "d", 2.5);
	store_run_set_text(s, "t", "x y");
	store_oddity(s, "odd", 2, "first");
	store_oddity(s, "odd", 3, "second");
	CU_ASSERT_EQUAL(store_run_int(s, "i", 0), -5);
	CU_ASSERT_EQUAL(store_run_int(s, "none", 8), 8);
	CU_ASSERT_EQUAL(store_run_double(s, "d", 0), 2.5);
	text = store_run_text(s, "t");
	CU_ASSERT_STRING_EQUAL(text, "x y");
	free(text);
	CU_ASSERT_EQUAL(store_value(s, "SELECT count FROM oddity WHERE example = 'first'", 0), 5);
	store_close(s);
	scratch_end(&t);
}

TEST(store, batched_rows_arrive_whole)
{
	struct scratch t;
	struct store *s;
	struct store_rows *r;
	scratch_begin(&t);
	s = store_create(t.path, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	r = store_rows_open(s, "anchor", 2, false);
	for (int i = 1; i <= 1234; i++) {
		int64_t *row = store_rows_next(r);
		row[0] = i;
		row[1] = 2 * i;
	}
	store_rows_flush(r);
	CU_ASSERT_EQUAL(store_value(s, "SELECT sum(ticks) FROM anchor", 0), 1234 * 1235 / 2);
	CU_ASSERT_EQUAL(store_value(s, "SELECT sum(monotonic_ns) FROM anchor", 0), 1234 * 1235);
	CU_ASSERT_EQUAL(store_rows_lost(r), 0);
	store_rows_close(r);
	store_close(s);
	scratch_end(&t);
}

/* In a child: a limit on file sizes is how a full disk looks to a process. */
static int fill_up(const char *path)
{
	struct store *s = store_create(path, false);
	struct store_rows *r = store_rows_open(s, "anchor", 2, false);
	struct rlimit limit = {1200000, 1200000}; /* an empty recording has half of it */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (int tick = 0; tick < 100; tick++) {
		store_begin(s);
		for (int i = 0; i < 1000; i++) {
			int64_t *row = store_rows_next(r);
			row[0] = row[1] = (int64_t)i << 40;
		}
		store_rows_flush(r);
		store_commit(s);
	}
	return store_failed(s) && store_rows_lost(r) > 0 ? 3 : 4;
}

TEST(store, keeps_what_was_committed_when_the_disk_is_full)
{
	struct scratch t;
	struct store *s;
	const char *said, *first;
	int status = 0;
	pid_t child;
	scratch_begin(&t);
	child = fork();
	if (child == 0)
		_exit(fill_up(t.path));
	waitpid(child, &status, 0);
	CU_ASSERT_EQUAL(WEXITSTATUS(status), 3);
	said = scratch_said(&t);
	first = strstr(said, "kept");
	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CU_ASSERT_PTR_NULL(strstr(first + 1, "kept"));
	s = store_open(t.path, STORE_WRITE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_TRUE(store_value(s, "SELECT count(*) FROM anchor", 0) >= 1000);
	CU_ASSERT_EQUAL(store_value(s, "SELECT count(*) % 1000 FROM anchor", 1), 0);
	store_close(s);
	scratch_end(&t);
}

TEST(store, a_wrong_query_is_told)
{
	struct scratch t;
	struct store *s;
	struct query *q;
	scratch_begin(&t);
	s = store_create(t.path, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	q = store_query(s, "SELECT a FROM nowhere");
	CU_ASSERT_PTR_NULL(q);
	CU_ASSERT_FALSE(query_step(q));
	CU_ASSERT_PTR_NULL(query_text(q, 0));
	CU_ASSERT_PTR_NOT_NULL(strstr(scratch_said(&t), "no such table"));
	store_close(s);
	scratch_end(&t);
}
