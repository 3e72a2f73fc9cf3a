#include "profiler/finish_pieces.h"
#include "profiler/binary.h"
#include "profiler/modulemap.h"
#include "profiler/store.h"
#include <stdint.h>

/* As of cache lines: the newest image of that process id that had begun by then. */
static const char place[] =
    "UPDATE piece_watch SET process = (SELECT p.id FROM process p WHERE p.pid = piece_watch.pid "
    "AND coalesce(p.begin_ns, 0) <= piece_watch.time_ns ORDER BY p.begin_ns DESC, p.id DESC "
    "LIMIT 1) WHERE process IS NULL;"
    "DROP TABLE IF EXISTS temp.used;"
    "CREATE TEMP TABLE used AS SELECT w.rowid AS word, coalesce(p.image, p.id) AS image, "
    "w.pc + 1 AS address FROM piece_word w JOIN piece_watch l ON l.id = w.watch "
    "JOIN process p ON p.id = l.process WHERE w.pc > 0;"
    "INSERT OR IGNORE INTO code (process, address) SELECT image, address FROM temp.used;"
    "UPDATE piece_word SET code = (SELECT c.id FROM temp.used t JOIN code c ON "
    "c.process = t.image AND c.address = t.address WHERE t.word = piece_word.rowid);"
    "DROP TABLE temp.used";

static bool any(struct store *s)
{
	return store_value(s, "SELECT EXISTS (SELECT 1 FROM piece_watch)", 0);
}

int pieces_place(struct store *s)
{
	return any(s) ? store_exec(s, place) : 0;
}

static const char words[] =
    "SELECT coalesce(p.image, p.id), w.address, w.rowid FROM piece_word w JOIN piece_watch l ON "
    "l.id = w.watch JOIN process p ON p.id = l.process WHERE w.name IS NULL";

static void want(struct wanted_list *list, const struct modulemap *modules, struct store *s)
{
	struct query *q = store_query(s, words);
	while (query_step(q)) {
		uint64_t address = (uint64_t)query_int(q, 1);
		const struct module *m = modulemap_find(modules, query_int(q, 0), address);
		if (m)
			wanted_add(list, m, address, query_int(q, 2));
	}
	query_close(q);
}

static void name(struct query *set, struct binary *binary, const struct wanted *w)
{
	struct text variable = {0}, declared = {0};
	if (binary_variable(binary, w->address, &variable, &declared)) {
		query_bind_text(set, 1, text_string(&variable));
		query_bind_int(set, 2, w->row);
		query_run(set);
	}
	text_free(&variable);
	text_free(&declared);
}

static void name_in_file(void *set, struct binary *binary, struct wanted *w, size_t count)
{
	for (size_t i = 0; i < count; i++)
		name(set, binary, &w[i]);
}

static void name_all(struct store *s, struct wanted_list *list)
{
	struct query *set = store_query(s, "UPDATE piece_word SET name = ?1 WHERE rowid = ?2");
	wanted_each_file(list, name_in_file, set);
	query_close(set);
}

/* Loops are known by where they begin, in the image that the process shares. */
static const char loops[] =
    "UPDATE piece_watch SET loop = (SELECT l.id FROM code_loop l JOIN process p ON "
    "l.process = coalesce(p.image, p.id) WHERE p.id = piece_watch.process "
    "AND l.header = piece_watch.header) WHERE loop IS NULL";

int pieces_name(struct store *s)
{
	struct modulemap modules;
	struct wanted_list list = {0};
	if (!any(s))
		return 0;
	if (store_exec(s, loops) != 0)
		return -1;
	modulemap_read(&modules, s);
	want(&list, &modules, s);
	name_all(s, &list);
	modulemap_free(&modules);
	return store_exec(
	    s, "UPDATE piece_watch SET loop = (SELECT l.id FROM code_loop l JOIN process p ON "
	       "l.process = coalesce(p.image, p.id) WHERE p.id = piece_watch.process AND "
	       "l.header = piece_watch.header)");
}
