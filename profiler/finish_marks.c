#include "profiler/finish_marks.h"

#include "profiler/store.h"

static const char names_sql[] =
    "WITH RECURSIVE given (process, address, time, name) AS ("
    " SELECT process, address, time, name FROM lock_name_given"
    " UNION ALL SELECT p.id, g.address, g.time, g.name FROM given g JOIN process p"
    "  ON p.parent = g.process AND p.origin = 'fork' AND p.begin_ns >= g.time),"
    "named AS (SELECT o.lock, g.name, max(g.time) FROM given g"
    " JOIN object o ON o.process = g.process AND o.address = g.address JOIN lock l ON l.id = o.lock"
    " WHERE l.family NOT IN ('join', 'child', 'timer', 'io', 'gil')"
    " AND coalesce(l.init_ns <= g.time, 1) AND coalesce(l.destroy_ns >= g.time, 1) GROUP BY o.lock)"
    "UPDATE lock SET name = n.name, named_by = 'mark' FROM named n WHERE n.lock = lock.id";

int marks_name_locks(struct store *s)
{
	return store_exec(s, names_sql);
}
