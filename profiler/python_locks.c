#include "profiler/python_locks.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <string.h>

/* Of each lock the frame of the library next to the program's own: whose class the program named.
 */
static const char makers_sql[] =
    "WITH l AS (SELECT id, stack, place FROM lock WHERE stack IS NOT NULL AND named_by IN ('init', "
    "'caller') AND process IN (SELECT process FROM python_process)), "
    "f AS (SELECT l.id, l.place AS place, f.position * 100 + coalesce(f.depth, 0) AS at, "
    "f.function, "
    "  f.file, f.runtime FROM l JOIN stack_line f ON f.stack = l.stack AND f.module = 'python'), "
    "u AS (SELECT id, min(at) AS at FROM f WHERE NOT runtime GROUP BY id) "
    "SELECT f.id, f.function, f.file, f.place, max(f.at) FROM f JOIN u ON u.id = f.id "
    "WHERE f.at < u.at AND f.place IS NOT NULL GROUP BY f.id";

/* "multiprocessing/queues.py" of "/usr/lib/python3.11/multiprocessing/queues.py"; NULL: no library.
 */
static const char *in_library(const char *file)
{
	const char *at = strstr(file, "/python3.");
	at = at ? strchr(at + 1, '/') : NULL;
	return at && strncmp(at, "/site-packages/", 15) && strncmp(at, "/dist-packages/", 15)
		   ? at + 1
		   : NULL;
}

/* "multiprocessing.queues.Queue"; before 3.11 functions do not tell their class. What a context of
 * multiprocessing made goes by the name that the program called: "multiprocessing.Lock". */
static void add_maker(struct text *out, const char *file, const char *function)
{
	const char *dot = strrchr(function, '.'), *end = strstr(file, ".py");
	size_t length = end ? (size_t)(end - file) : strlen(file);
	if (!strcmp(file, "multiprocessing/context.py")) {
		text_format(out, "multiprocessing.%s", dot ? dot + 1 : function);
		return;
	}
	if (length > 9 && !strncmp(file + length - 9, "/__init__", 9))
		length -= 9;
	for (size_t i = 0; i < length; i++)
		text_add_char(out, file[i] == '/' ? '.' : file[i]);
	if (dot && !strstr(function, "<locals>"))
		text_format(out, ".%.*s", (int)(dot - function), function);
}

static const char *base_of(const char *place)
{
	const char *slash = strrchr(place, '/');
	return slash ? slash + 1 : place;
}

/* Told apart where there are several: the first one of a process is that of its main interpreter.
 */
static const char gils_sql[] =
    "UPDATE lock SET name = 'GIL' || CASE WHEN (SELECT count(DISTINCT "
    "process) FROM lock WHERE family = "
    "'gil') > 1 THEN ' of ' || (SELECT pid FROM process p WHERE p.id = "
    "lock.process) ELSE '' END || "
    "CASE WHEN id <> (SELECT o.lock FROM object o WHERE o.family = 'gil' AND o.process = "
    "lock.process ORDER BY o.first_ns LIMIT 1) THEN ' (sub-interpreter)' ELSE '' END "
    "WHERE family = 'gil'";

int python_locks_name(struct store *store)
{
	struct query *q = store_query(store, makers_sql);
	struct query *set = store_query(store, "UPDATE lock SET name = ?2 WHERE id = ?1");
	struct text name = {0};
	while (query_step(q)) {
		const char *file = in_library(query_text(q, 2)), *function = query_text(q, 1);
		if (!file || !function)
			continue;
		text_cut(&name, 0);
		add_maker(&name, file, function);
		text_format(&name, " (%s)", base_of(query_text(q, 3)));
		query_bind_int(set, 1, query_int(q, 0));
		query_bind_text(set, 2, text_string(&name));
		query_run(set);
	}
	int result = query_failed(q) || query_failed(set) || store_exec(store, gils_sql) ? -1 : 0;
	query_close(q);
	query_close(set);
	text_free(&name);
	return result;
}
