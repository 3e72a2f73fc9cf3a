#include "profiler/finish_counters.h"
#include "profiler/store.h"

/* The kernel counts a thread from before its first record on, so the earliest one of that tid is
 * meant when none had begun. */
#define OF_TID "FROM temp.task k WHERE k.pid = v.pid AND k.tid = v.tid "
#define THEIRS(column)                                                                             \
	"coalesce((SELECT k." column " " OF_TID "AND k.begin_ns <= v.time_ns "                     \
	"ORDER BY k.begin_ns DESC, k.thread DESC LIMIT 1), "                                       \
	"(SELECT k." column " " OF_TID "ORDER BY k.begin_ns LIMIT 1))"

static const char tasks[] =
    "DROP TABLE IF EXISTS temp.task;"
    "CREATE TEMP TABLE task AS SELECT p.pid, t.tid, coalesce(t.begin_ns, 0) AS begin_ns, "
    "t.id AS thread, coalesce(p.image, p.id) AS image FROM thread t JOIN process p ON "
    "p.id = t.process;"
    "CREATE INDEX temp.task_by_tid ON task (pid, tid, begin_ns)";

static const char threads[] = "UPDATE counter_value AS v SET thread = " THEIRS(
    "thread") " "
	      "WHERE v.thread IS NULL AND v.pid > 0;"
	      "UPDATE counter_sample AS v SET thread = " THEIRS(
		  "thread") ", "
			    "image = " THEIRS("image") " WHERE v.thread IS NULL";

/* What is left of the totals is of the only thread whose end did not tell, if there is only one:
 * the program's first, as a rule. */
static const char rest[] =
    "UPDATE counter_value SET thread = (SELECT max(thread) FROM temp.silent) "
    "WHERE pid = 0 AND (SELECT count(*) FROM (SELECT DISTINCT pid, tid FROM temp.silent)) = 1 "
    "AND NOT EXISTS (SELECT 1 FROM oddity WHERE kind = 'records of counters lost')";
static const char silent[] =
    "DROP TABLE IF EXISTS temp.silent;"
    "CREATE TEMP TABLE silent AS SELECT * FROM temp.task k WHERE NOT EXISTS "
    "(SELECT 1 FROM counter_value v WHERE v.pid = k.pid AND v.tid = k.tid)";

static const char stacks[] =
    "DROP TABLE IF EXISTS temp.place;"
    "CREATE TEMP TABLE place AS SELECT DISTINCT image, chain FROM counter_sample "
    "WHERE image IS NOT NULL;"
    "INSERT OR IGNORE INTO code (process, address) SELECT p.image, f.address FROM temp.place p "
    "JOIN counter_frame f ON f.chain = p.chain;"
    "INSERT OR IGNORE INTO stack (process, hash, depth, cut) SELECT p.image, p.chain, "
    "(SELECT count(*) FROM counter_frame f WHERE f.chain = p.chain), 0 FROM temp.place p;"
    "INSERT OR IGNORE INTO frame SELECT s.id, f.position, c.id FROM temp.place p "
    "JOIN stack s ON s.process = p.image AND s.hash = p.chain "
    "JOIN counter_frame f ON f.chain = p.chain "
    "JOIN code c ON c.process = p.image AND c.address = f.address;"
    "UPDATE counter_sample AS v SET stack = (SELECT s.id FROM stack s WHERE s.process = v.image "
    "AND s.hash = v.chain) WHERE v.stack IS NULL";

int counters_place(struct store *s)
{
	if (!store_value(s, "SELECT EXISTS (SELECT 1 FROM counter)", 0))
		return 0;
	if (store_exec(s, tasks) || store_exec(s, threads) || store_exec(s, silent) ||
	    store_exec(s, rest) || store_exec(s, stacks))
		return -1;
	return store_exec(s, "DROP TABLE temp.task; DROP TABLE temp.silent; DROP TABLE temp.place");
}
