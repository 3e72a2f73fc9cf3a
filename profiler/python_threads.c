#include "profiler/python_threads.h"
#include "profiler/store.h"

/* Those that go by the name of their process, and those that Python only numbered. */
static const char names_sql[] =
    "CREATE TEMP TABLE python_name AS "
    "WITH t AS (SELECT t.id AS thread, t.process, t.named FROM thread t "
    "  JOIN process p ON p.id = t.process JOIN thread m ON m.process = p.id AND m.tid = p.pid "
    "  WHERE t.tid <> p.pid AND t.process IN (SELECT process FROM python_process) AND "
    "  CASE WHEN t.named THEN t.name GLOB 'Thread-[0-9]*' AND t.name NOT GLOB '* (*)' "
    "  ELSE t.name = m.name END), "
    "s AS (SELECT thread, stack FROM wait_sum UNION SELECT thread, stack FROM sample_all), "
    "f AS (SELECT t.thread, t.process, t.named, l.function, max(l.position) "
    "  FROM t JOIN s ON s.thread = t.thread "
    "  JOIN stack_line l ON l.stack = s.stack AND l.module = 'python' "
    "  WHERE l.file NOT LIKE '%/threading.py' AND l.file NOT LIKE '<frozen%' GROUP BY t.thread) "
    "SELECT thread, named, function, row_number() OVER same AS number, count(*) OVER (PARTITION BY "
    "process, named, function) AS count "
    "FROM f WINDOW same AS (PARTITION BY process, named, function ORDER BY thread)";

static const char rename_sql[] =
    "UPDATE thread SET name = CASE WHEN n.named THEN name || ' (' || n.function || ')' "
    "ELSE n.function || CASE WHEN n.count > 1 THEN ' ' || n.number ELSE '' END END "
    "FROM temp.python_name n WHERE n.thread = thread.id; DROP TABLE temp.python_name";

int python_threads_name(struct store *store)
{
	return store_exec(store, "DROP TABLE IF EXISTS temp.python_name") ||
		       store_exec(store, names_sql) || store_exec(store, rename_sql)
		   ? -1
		   : 0;
}
