#include "profiler/finish_groups.h"

#include "profiler/store.h"

static const char use_by_family[] =
    "UPDATE lock SET use = CASE WHEN family IN ('mutex', 'rwlock', 'spin') THEN 'lock'"
    " WHEN family IN ('barrier', 'join', 'child', 'once') THEN 'phase'"
    " WHEN family IN ('timer', 'io') THEN family ELSE 'idle' END"
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

static const char leaders[] =
    "CREATE TEMP TABLE led AS SELECT l.id, min(l.id) OVER (PARTITION BY"
    " coalesce(l.name, l.id), l.place, l.family, l.use, p.path) AS leader"
    " FROM lock l JOIN process p ON p.id = l.process WHERE l.use IS NOT NULL;"
    "CREATE UNIQUE INDEX temp.led_id ON led (id);"
    "UPDATE lock SET leader = led.leader FROM led WHERE led.id = lock.id;"
    "DROP TABLE led;";

int groups_make(struct store *s)
{
	if (store_exec(s, use_by_family) != 0 || store_exec(s, use_of_semaphores) != 0)
		return -1;
	return store_exec(s, leaders);
}
