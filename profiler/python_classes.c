#include "profiler/python_classes.h"
#include "collectors/log.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct class_row {
	const char *class, *words, *kind, *use;
};
static const struct class_row classes[] = {
#define CLASS(word, words, kind, use) {#word, words, #kind, use},
#define RULE(file, function, class, rank)
#define MACHINERY(file)
#include "profiler/python_classes.def"
#undef CLASS
#undef RULE
#undef MACHINERY
};

struct rule {
	const char *file, *function, *class;
	int rank;
};
static const struct rule rules[] = {
#define CLASS(word, words, kind, use)
#define MACHINERY(file)
#define RULE(file, function, class, rank) {file, function, #class, rank},
#include "profiler/python_classes.def"
#undef CLASS
#undef RULE
#undef MACHINERY
};

static const char *const machinery[] = {
#define CLASS(word, words, kind, use)
#define RULE(file, function, class, rank)
#define MACHINERY(file) file,
#include "profiler/python_classes.def"
#undef CLASS
#undef RULE
#undef MACHINERY
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int insert_classes(struct store *store)
{
	struct query *q = store_query(store, "INSERT INTO python_class VALUES (?, ?, ?, ?)");
	int result = q ? 0 : -1;
	for (size_t i = 0; i < COUNT(classes) && !result; i++) {
		query_bind_text(q, 1, classes[i].class);
		query_bind_text(q, 2, classes[i].words);
		query_bind_text(q, 3, classes[i].kind);
		query_bind_text(q, 4, classes[i].use);
		result = query_run(q);
	}
	query_close(q);
	return result;
}

static int insert_rules(struct store *store)
{
	struct query *q = store_query(store, "INSERT INTO temp.python_rule VALUES (?, ?, ?, ?)");
	int result = q ? 0 : -1;
	for (size_t i = 0; i < COUNT(rules) && !result; i++) {
		query_bind_text(q, 1, rules[i].file);
		query_bind_text(q, 2, rules[i].function);
		query_bind_text(q, 3, rules[i].class);
		query_bind_int(q, 4, rules[i].rank);
		result = query_run(q);
	}
	query_close(q);
	return result;
}

static int insert_machinery(struct store *store)
{
	struct query *q = store_query(store, "INSERT INTO temp.python_machinery VALUES (?)");
	int result = q ? 0 : -1;
	for (size_t i = 0; i < COUNT(machinery) && !result; i++) {
		size_t length = strlen(machinery[i]);
		struct text pattern = {0};
		text_format(&pattern, "*%s%s", machinery[i],
			    machinery[i][length - 1] == '/' ? "*" : "");
		query_bind_text(q, 1, text_string(&pattern));
		result = query_run(q);
		text_free(&pattern);
	}
	query_close(q);
	return result;
}

/* What is known of a line of code, whatever stacks it is in: asked once of each. */
struct line {
	bool machinery, begin, set_up;
	int64_t rank; /* of the rule that it meets, 0: none */
};

static const char lines_sql[] =
    "INSERT INTO temp.python_line "
    "WITH p AS (SELECT c.id AS code, coalesce(l.depth, 0) AS depth, function, file, line, "
    "  replace(function, rtrim(function, replace(function, '.', '')), '') AS last "
    "  FROM code c LEFT JOIN code_line l ON l.code = c.id "
    "  WHERE c.address < -0x4000000000000000), "
    "r AS (SELECT code, depth, class, min(r.rank) AS rank, sum(class = 'set_up') > 0 AS set_up "
    "  FROM p JOIN temp.python_rule r ON r.function = p.last "
    "  AND substr(p.file, -length(r.file)) = r.file GROUP BY code, depth) "
    "SELECT p.code, p.depth, row_number() OVER () - 1, p.function, p.file, p.line, "
    "  EXISTS (SELECT 1 FROM temp.python_machinery m WHERE file GLOB m.pattern), "
    "  coalesce(last = '_bootstrap' AND file LIKE '%multiprocessing/process.py', 0), "
    "  coalesce(r.set_up, 0), r.class, coalesce(r.rank, 0) "
    "FROM p LEFT JOIN r ON r.code = p.code AND r.depth = p.depth";

enum { LINES_IN_STACK = 4096 }; /* the outermost of more are left out */

struct walk {
	struct line *line;
	size_t lines;
	struct query *add;
	int64_t stack; /* 0: none yet */
	size_t depth;
	int64_t at[LINES_IN_STACK]; /* numbers of lines, the innermost first */
};

static void read_line(void *data, const int64_t *value)
{
	struct walk *w = data;
	w->line = memory_grow(w->line, w->lines + 1, sizeof(*w->line));
	w->line[w->lines++] = (struct line){value[0] != 0, value[1] != 0, value[2] != 0, value[3]};
}

/* What lies outside of a process's begin was its parent's, before the fork. */
static size_t own_depth(const struct walk *w)
{
	for (size_t i = 0; i < w->depth; i++)
		if (w->line[w->at[i]].begin)
			return i + 1;
	return w->depth;
}

/*
 * Only frames inside the innermost one of the program itself tell what it is at; without any, all.
 * All that is called to set up a pool or a queue is there for it, also the modules of the library
 * that it imports.
 */
static void stack_end(struct walk *w)
{
	size_t depth = own_depth(w), set_up = 0, own = 0;
	int64_t met = -1;
	for (size_t i = 0; i < depth; i++)
		if (w->line[w->at[i]].set_up)
			set_up = i;
	while (own < depth && (own < set_up || w->line[w->at[own]].machinery))
		own++;
	for (size_t i = 0; i < own; i++) {
		int64_t rank = w->line[w->at[i]].rank;
		if (rank && (met < 0 || rank < w->line[met].rank))
			met = w->at[i];
	}
	query_bind_int(w->add, 1, w->stack);
	query_bind_int(w->add, 2, met);
	query_bind_int(w->add, 3, own < depth ? w->at[own] : -1);
	if (w->depth)
		query_run(w->add);
	w->depth = 0;
}

static void read_frame(void *data, const int64_t *value)
{
	struct walk *w = data;
	if (w->stack != value[0])
		stack_end(w);
	w->stack = value[0];
	if (w->depth < LINES_IN_STACK)
		w->at[w->depth++] = value[1];
}

static int insert_stacks(struct store *store)
{
	struct walk *w = memory_new(1, sizeof(*w));
	int result = store_scan(store, "machinery, begin, set_up, rank",
				"(SELECT * FROM temp.python_line ORDER BY number)", read_line, w);
	w->add = store_query(store, "INSERT INTO python_stack SELECT ?1, m.class, u.function, "
				    "u.file, u.line FROM (SELECT 1) "
				    "LEFT JOIN temp.python_line m ON m.number = ?2 "
				    "LEFT JOIN temp.python_line u ON u.number = ?3");
	if (!result)
		result = store_scan(store, "stack, number",
				    "(SELECT f.stack, l.number FROM frame f CROSS JOIN "
				    "temp.python_line l ON l.code = f.code "
				    "ORDER BY f.stack, f.position, l.depth)",
				    read_frame, w);
	if (!result)
		stack_end(w);
	query_close(w->add);
	free(w->line);
	free(w);
	return result;
}

static const char begin_sql[] =
    "DELETE FROM python_stack; DELETE FROM python_class; DROP TABLE IF EXISTS temp.python_rule; "
    "DROP TABLE IF EXISTS temp.python_machinery; DROP TABLE IF EXISTS temp.python_line; "
    "CREATE TEMP TABLE python_machinery (pattern TEXT NOT NULL) STRICT; "
    "CREATE TEMP TABLE python_rule (file TEXT, function TEXT, class TEXT, rank INTEGER) STRICT; "
    "CREATE TEMP TABLE python_line (code INTEGER, depth INTEGER, number INTEGER UNIQUE, "
    "function TEXT, file TEXT, line INTEGER, machinery INTEGER, begin INTEGER, set_up INTEGER, "
    "class TEXT, rank INTEGER, PRIMARY KEY (code, depth)) STRICT, WITHOUT ROWID";

static const char end_sql[] = "DROP TABLE temp.python_rule; DROP TABLE temp.python_machinery; "
			      "DROP TABLE temp.python_line";

int python_classes_make(struct store *store)
{
	if (!store_value(store, "SELECT EXISTS (SELECT 1 FROM lock WHERE family = 'gil')", 0))
		return 0;
	if (store_exec(store, begin_sql) || insert_classes(store) || insert_rules(store) ||
	    insert_machinery(store) || store_exec(store, lines_sql) || insert_stacks(store))
		return -1;
	return store_exec(store, end_sql);
}

/*
 * Semaphores on the stacks of threads that waited for one lock of Python are that lock. Locks
 * that a condition, a queue or a thread makes for each wait are left as they are: their addresses
 * come again for others. Who made the lock nobody saw.
 */
static const char parks_sql[] =
    "CREATE TEMP TABLE parked AS SELECT lock, address, min(lock) OVER (PARTITION BY process, "
    "address) AS into_lock FROM (SELECT o.lock, o.process, min(w.other) AS address FROM wait w "
    "  JOIN object o ON o.id = w.object LEFT JOIN python_stack p ON p.stack = w.stack "
    "  LEFT JOIN python_class c ON c.class = p.class WHERE o.family = 'semaphore' AND w.other <> 0 "
    "  GROUP BY o.lock HAVING min(w.other) = max(w.other) AND count(c.use) = 0);"
    "CREATE UNIQUE INDEX temp.parked_lock ON parked (lock);"
    "UPDATE object SET lock = p.into_lock FROM parked p WHERE p.lock = object.lock;"
    "UPDATE lock SET address = p.address, generation = NULL, destroy_generation = NULL, "
    " init_ns = NULL, destroy_ns = NULL FROM parked p WHERE p.lock = lock.id AND p.into_lock = "
    "p.lock;"
    "DELETE FROM lock WHERE id IN (SELECT lock FROM parked WHERE lock <> into_lock);"
    "DROP TABLE parked;";

static bool parks(struct store *store)
{
	return store_value(store, "SELECT max(minor) FROM python_code", 0) >= PYTHON_MINOR_PARKS;
}

int python_parks_merge(struct store *store)
{
	return parks(store) ? store_exec(store, parks_sql) : 0;
}

/* Takes without a wait are not seen of these: half of the waits by threads that wake others, too.
 */
static const char parked_uses_sql[] =
    "WITH p AS (SELECT DISTINCT o.lock FROM wait w JOIN object o ON o.id = w.object "
    "  WHERE o.family = 'semaphore' AND w.other <> 0), "
    "c AS (SELECT o.lock, sum(t.count * (h.kind = 'acquire')) AS taken, "
    "  sum(t.count * (h.kind = 'release')) AS posted FROM p JOIN object o ON o.lock = p.lock "
    "  JOIN tally t ON t.object = o.id JOIN hook h ON h.id = t.hook GROUP BY o.lock, t.thread), "
    "own AS (SELECT lock FROM c GROUP BY lock HAVING sum(min(taken, posted)) * 2 >= sum(taken) "
    "  AND sum(taken) > 0) "
    "UPDATE lock SET use = 'lock' WHERE id IN (SELECT lock FROM own)";

/* Most of the time waited decides. */
static const char uses_sql[] =
    "WITH w AS (SELECT o.lock, c.use, sum(s.wait_ns) AS ns FROM wait_sum s "
    "  JOIN object o ON o.id = s.object JOIN python_stack p ON p.stack = s.stack "
    "  JOIN python_class c ON c.class = p.class WHERE o.family = 'semaphore' AND c.use IS NOT NULL "
    "  GROUP BY o.lock, c.use), "
    "m AS (SELECT lock, use, max(ns) FROM w GROUP BY lock) "
    "UPDATE lock SET use = m.use FROM m WHERE m.lock = lock.id";

int python_uses_make(struct store *store)
{
	if (parks(store) && store_exec(store, parked_uses_sql) != 0)
		return -1;
	return store_exec(store, uses_sql);
}
