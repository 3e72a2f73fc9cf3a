#include "profiler/finish_groups.h"

#include "profiler/locktype.h"
#include "profiler/python_classes.h"
#include "profiler/store.h"

static const char use_by_family[] =
    "UPDATE lock SET use = coalesce((SELECT f.use FROM family_use f WHERE f.family = lock.family),"
    " 'idle')"
    " WHERE id IN (SELECT lock FROM object);";

/* Of each thread, as many takes as it has posts are its own; nine of ten make a lock. */
static const char use_of_semaphores[] =
    "WITH call AS (SELECT o.lock, t.thread,"
    "  sum(CASE WHEN h.kind IN ('acquire', 'try') THEN t.count ELSE 0 END) AS taken,"
    "  sum(CASE WHEN h.kind = 'release' THEN t.count ELSE 0 END) AS posted"
    "  FROM object o JOIN tally t ON t.object = o.id JOIN hook h ON h.id = t.hook"
    "  WHERE o.family = 'semaphore' GROUP BY o.lock, t.thread),"
    " own AS (SELECT lock FROM call GROUP BY lock"
    "  HAVING sum(taken) > 0 AND sum(min(taken, posted)) * 10 >= 9 * sum(taken))"
    "UPDATE lock SET use = 'lock' WHERE family = 'semaphore' AND id IN (SELECT lock FROM own);";

/* What comes from another thread of the run is work or an answer, as through a queue. */
static const char use_of_messages[] =
    "UPDATE lock SET use = 'idle' WHERE family = 'io' AND id IN (SELECT o.lock FROM object o"
    "  JOIN channel c ON c.device = o.device AND o.inode IN (c.inode, c.peer)"
    "  WHERE o.lock IS NOT NULL AND c.id IN (SELECT u.channel FROM channel_use u GROUP BY u.channel"
    "   HAVING count(DISTINCT u.thread) > 1 AND count(DISTINCT u.direction) > 1));";

/* Locks that languages and programs make of futexes and conditions: of those only waits are seen.
 */
static const char inner_functions[] =
    "SELECT DISTINCT f.code, l.function FROM object o JOIN wait_sum w ON w.object = o.id"
    " JOIN frame f ON f.stack = w.stack AND f.position < 4 JOIN code_line l ON l.code = f.code"
    " WHERE o.family IN ('futex', 'condition') AND l.function IS NOT NULL";
static const char use_of_waits[] =
    "UPDATE lock SET use = 'lock' WHERE id IN (SELECT o.lock FROM object o"
    " JOIN wait_sum w ON w.object = o.id WHERE o.family IN ('futex', 'condition')"
    " GROUP BY o.lock HAVING 2 * sum(w.wait_ns * EXISTS (SELECT 1 FROM frame f"
    "  JOIN taking t ON t.code = f.code WHERE f.stack = w.stack AND f.position < 4))"
    " > sum(w.wait_ns));"
    "DROP TABLE taking";

/* Most of the time waited decides. */
static int uses_of_waits_make(struct store *s)
{
	if (store_exec(s, "CREATE TEMP TABLE taking (code INTEGER PRIMARY KEY)") != 0)
		return -1;
	struct query *q = store_query(s, inner_functions);
	struct query *add = store_query(s, "INSERT OR IGNORE INTO taking VALUES (?)");
	int failed = q && add ? 0 : -1;
	while (!failed && query_step(q))
		if (locktype_takes(query_text(q, 1))) {
			query_bind_int(add, 1, query_int(q, 0));
			failed = query_run(add);
		}
	failed = failed || query_failed(q) ? -1 : 0;
	query_close(add);
	query_close(q);
	return failed ? -1 : store_exec(s, use_of_waits);
}

static const char leaders[] =
    "CREATE TEMP TABLE led AS SELECT l.id, min(l.id) OVER (PARTITION BY"
    " coalesce(l.name, l.id), l.place, l.family, l.use, p.path,"
    " CASE WHEN l.family = 'gil' THEN l.id END) AS leader"
    " FROM lock l JOIN process p ON p.id = l.process WHERE l.use IS NOT NULL;"
    "CREATE UNIQUE INDEX temp.led_id ON led (id);"
    "UPDATE lock SET leader = led.leader FROM led WHERE led.id = lock.id;"
    "DROP TABLE led;";

int groups_make(struct store *s)
{
	if (store_exec(s, use_by_family) != 0 || store_exec(s, use_of_semaphores) != 0 ||
	    store_exec(s, use_of_messages) != 0 || uses_of_waits_make(s) != 0 ||
	    python_uses_make(s) != 0)
		return -1;
	return store_exec(s, leaders);
}
