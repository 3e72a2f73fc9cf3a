#include "profiler/finish_locks.h"

#include <stdbool.h>
#include <string.h>

#include "profiler/store.h"
#include "profiler/text.h"

enum { FIND, ADD, SET, IS_CHILD, INHERIT, STATEMENTS };

static const char *const statements[STATEMENTS] = {
    [FIND] = "SELECT id, destroy_generation, family FROM lock WHERE process = ?1 AND address = ?2 "
	     "AND generation <= ?3 ORDER BY generation DESC LIMIT 1",
    [ADD] = "INSERT INTO lock (process, address, family, attributes, stack) "
	    "SELECT process, address, family, coalesce(attributes, 0), stack "
	    "FROM object WHERE id = ?1",
    [SET] = "UPDATE object SET lock = ?2 WHERE id = ?1",
    [IS_CHILD] = "SELECT 1 FROM process WHERE id = ?1 AND origin = 'fork'",
    /* A forked child goes on with its parent's locks: the init is the parent's. */
    [INHERIT] = "WITH RECURSIVE ancestor (process, until) AS ("
		" SELECT parent, begin_ns FROM process WHERE id = ?2 AND origin = 'fork'"
		" UNION SELECT p.parent, p.begin_ns FROM process p JOIN ancestor a "
		" ON p.id = a.process WHERE p.origin = 'fork' AND p.parent IS NOT NULL) "
		"UPDATE lock SET attributes = i.attributes, stack = i.stack FROM (SELECT "
		" l.attributes, l.stack FROM ancestor a JOIN lock l ON l.process = a.process "
		" WHERE l.address = ?3 AND l.family = ?5 AND l.generation <= ?4 "
		" AND l.init_ns <= a.until AND coalesce(l.destroy_ns > a.until, 1) "
		" ORDER BY l.generation DESC LIMIT 1) i WHERE lock.id = ?1",
};

/* Objects come in order of process, address, generation. */
struct making {
	struct store *store;
	struct query *statement[STATEMENTS];
	int64_t process, address, init; /* of the lock made last; init 0: before the first one */
	bool destroyed;			/* behind its destroy */
	bool child;			/* that process was forked */
	char family[16];
	int64_t lock;
};

static void bind(struct query *q, const int64_t *value, int count)
{
	for (int i = 0; i < count; i++)
		query_bind_int(q, i + 1, value[i]);
}

/* The lock that this object's init made; 0: there is none, *init and *destroyed say between
 * which ones it lies. */
static int64_t find(struct making *m, const int64_t key[3], const char *family, int64_t *init,
		    bool *destroyed)
{
	struct query *q = m->statement[FIND];
	int64_t lock = 0;

	bind(q, key, 3);
	*init = 0;
	*destroyed = false;
	if (query_step(q)) {
		*init = query_int(q, 0);
		*destroyed = !query_is_null(q, 1) && key[2] > query_int(q, 1);
		if (!*destroyed && strcmp(query_text(q, 2), family) == 0)
			lock = *init;
	}
	query_reset(q);
	return lock;
}

static bool is_child(struct making *m, int64_t process)
{
	struct query *q = m->statement[IS_CHILD];

	if (m->process == process)
		return m->child;
	query_bind_int(q, 1, process);
	m->child = query_step(q);
	query_reset(q);
	return m->child;
}

static int64_t add(struct making *m, int64_t object, const int64_t key[3], const char *family)
{
	struct query *q = m->statement[INHERIT];
	int64_t lock;

	query_bind_int(m->statement[ADD], 1, object);
	query_run(m->statement[ADD]);
	lock = store_last_id(m->store);
	if (!is_child(m, key[0]))
		return lock;
	query_bind_int(q, 1, lock);
	for (int i = 0; i < 3; i++)
		query_bind_int(q, i + 2, key[i]);
	query_bind_text(q, 5, family);
	query_run(q);
	return lock;
}

static void make_one(struct making *m, int64_t object, const int64_t key[3], const char *family)
{
	int64_t init, lock;
	bool destroyed;

	lock = find(m, key, family, &init, &destroyed);
	if (!lock && m->lock && m->process == key[0] && m->address == key[1] && m->init == init &&
	    m->destroyed == destroyed && strcmp(m->family, family) == 0)
		lock = m->lock;
	if (!lock) {
		lock = m->lock = add(m, object, key, family);
		m->process = key[0];
		m->address = key[1];
		m->init = init;
		m->destroyed = destroyed;
		strncpy(m->family, family, sizeof(m->family) - 1);
	}
	bind(m->statement[SET], (int64_t[]){object, lock}, 2);
	query_run(m->statement[SET]);
}

static int make_all(struct store *s, struct making *m)
{
	struct query *objects =
	    store_query(s, "SELECT id, process, address, generation, family FROM object "
			   "WHERE lock IS NULL ORDER BY process, address, generation");
	int result;

	while (query_step(objects)) {
		int64_t key[3] = {query_int(objects, 1), query_int(objects, 2),
				  query_int(objects, 3)};
		make_one(m, query_int(objects, 0), key, query_text(objects, 4));
	}
	result = query_failed(objects) ? -1 : 0;
	query_close(objects);
	return result;
}

/* Of the locks at one place of a file the one with an init stays, else the first. */
static const char merge_shared[] =
    "CREATE TEMP TABLE shared_lock AS SELECT o.device, o.inode, o.offset, max(o.path) AS path,"
    " coalesce(min(CASE WHEN l.generation IS NOT NULL THEN l.id END), min(l.id)) AS lock"
    " FROM object o JOIN lock l ON l.id = o.lock WHERE o.inode IS NOT NULL"
    " GROUP BY 1, 2, 3;"
    "UPDATE lock SET device = s.device, inode = s.inode, offset = s.offset, path = s.path"
    " FROM shared_lock s WHERE s.lock = lock.id;"
    "CREATE TEMP TABLE merged_lock AS SELECT DISTINCT o.lock AS lock, s.lock AS into_lock FROM"
    " object o JOIN shared_lock s ON s.inode = o.inode AND s.offset = o.offset"
    " AND s.device = o.device WHERE o.lock <> s.lock;"
    "CREATE INDEX temp.merged_lock_lock ON merged_lock (lock);"
    "UPDATE object SET lock = m.into_lock FROM merged_lock m WHERE m.lock = object.lock;"
    "DELETE FROM lock WHERE id IN (SELECT lock FROM merged_lock);"
    "DROP TABLE shared_lock; DROP TABLE merged_lock;";

int locks_make(struct store *s)
{
	struct making m = {.store = s};
	int result;

	for (int i = 0; i < STATEMENTS; i++)
		m.statement[i] = store_query(s, statements[i]);
	result = make_all(s, &m);
	for (int i = 0; i < STATEMENTS; i++)
		query_close(m.statement[i]);
	return result == 0 ? store_exec(s, merge_shared) : result;
}
