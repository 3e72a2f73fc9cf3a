#include "profiler/finish_touches.h"
#include "profiler/store.h"

/* A line's time is when its process was last seen alive: the newest image that had begun by then.
 */
static const char place[] =
    "UPDATE line_seen SET process = (SELECT p.id FROM process p WHERE p.pid = line_seen.pid "
    "AND coalesce(p.begin_ns, 0) <= line_seen.time_ns ORDER BY p.begin_ns DESC, p.id DESC LIMIT 1) "
    "WHERE process IS NULL;"
    "UPDATE line_touch SET task = coalesce((SELECT t.id FROM task t JOIN line_seen l ON l.pid = "
    "t.pid "
    "WHERE l.id = line_touch.line AND t.tid = line_touch.tid ORDER BY t.begin_ns DESC LIMIT 1), 0) "
    "WHERE task = 0;"
    "UPDATE line_touch SET thread = (SELECT t.thread FROM task t WHERE t.id = line_touch.task) "
    "WHERE thread IS NULL;"
    "DROP TABLE IF EXISTS temp.touched;"
    "CREATE TEMP TABLE touched AS SELECT w.rowid AS word, coalesce(p.image, p.id) AS image, "
    "w.pc + 1 AS address FROM line_touch w JOIN line_seen l ON l.id = w.line "
    "JOIN process p ON p.id = l.process WHERE w.pc > 0;"
    "INSERT OR IGNORE INTO code (process, address) SELECT image, address FROM temp.touched;"
    "UPDATE line_touch SET code = (SELECT c.id FROM temp.touched t JOIN code c ON "
    "c.process = t.image AND c.address = t.address WHERE t.word = line_touch.rowid);"
    "DROP TABLE temp.touched";

int touches_place(struct store *s)
{
	if (!store_value(s, "SELECT EXISTS (SELECT 1 FROM line_seen)", 0))
		return 0;
	return store_exec(s, place);
}
