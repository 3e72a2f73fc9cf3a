#include "profiler/deadlock.h"
#include "profiler/ingest.h"
#include "profiler/store.h"
#include "profiler/target_state.h"

static const char add_deadlock[] =
    "INSERT INTO deadlock (kind, certain, process, found_ns, formed_ns, behind, owner_tid, "
    "owner_elsewhere) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

static const char add_code[] =
    "INSERT OR IGNORE INTO code (process, address) SELECT coalesce(image, id), ?2 FROM process "
    "WHERE id = ?1";

/* Threads, objects and stacks are rows already: their records came before the wait's. */
static const char add_member[] =
    "INSERT INTO deadlock_member VALUES (?1, ?2, "
    "(SELECT id FROM thread WHERE process = ?3 AND tid = ?4 ORDER BY id DESC LIMIT 1), "
    "(SELECT id FROM object WHERE process = ?3 AND address = ?5 "
    " ORDER BY generation = ?6 DESC, generation DESC LIMIT 1), ?7, "
    "coalesce((SELECT id FROM stack WHERE hash = ?8 AND process = "
    " (SELECT coalesce(image, id) FROM process WHERE id = ?3)), 0), ?9, "
    "(SELECT object FROM deadlock_member WHERE deadlock = ?1 AND position = ?10), "
    "(SELECT id FROM code WHERE address = ?11 AND process = "
    " (SELECT coalesce(image, id) FROM process WHERE id = ?3)))";

/* The first member holds what the last one waits for, which has its row only now. */
static const char close_cycle[] =
    "UPDATE deadlock_member SET held = (SELECT object FROM deadlock_member WHERE deadlock = ?1 "
    "ORDER BY position DESC LIMIT 1) WHERE deadlock = ?1 AND position = 0";

static void bind(struct query *q, const int64_t *value, int count)
{
	for (int i = 0; i < count; i++)
		query_bind_int(q, i + 1, value[i]);
}

static void run(struct store *store, const char *sql, const int64_t *value, int count)
{
	struct query *q = store_query(store, sql);

	bind(q, value, count);
	query_run(q);
	query_close(q);
}

/* Its own end, where a name is read as a rule, may never come. */
static void keep_name(const struct deadlock_member *m, struct store *store)
{
	char name[TASK_NAME];
	struct query *q;

	if (m->foreign || !task_given_name(m->pid, m->tid, name))
		return;
	q = store_query(store, "UPDATE thread SET name = ?3 WHERE name IS NULL AND id = (SELECT "
			       "max(id) FROM thread WHERE process = ?1 AND tid = ?2)");
	bind(q, (int64_t[]){m->process, m->tid}, 2);
	query_bind_text(q, 3, name);
	query_run(q);
	query_close(q);
}

/* What that member waits for is something the next one holds. */
static bool holds_for(const struct deadlock *d, uint32_t i)
{
	enum hook_family family = d->member[i].hook->family;

	return (d->kind == DEADLOCK_CYCLE || d->kind == DEADLOCK_SELF) && family != FAMILY_join &&
	       family != FAMILY_child;
}

static void store_member(const struct deadlock *d, uint32_t i, int64_t id, struct store *store,
			 struct ingest *ingest)
{
	const struct deadlock_member *m = &d->member[i];
	bool holds = i > 0 && holds_for(d, i - 1);
	int64_t site = m->sites == 1 ? (int64_t)m->site[0] : 0;

	keep_name(m, store);
	if (site)
		run(store, add_code, (int64_t[]){m->process, site}, 2);
	run(store, add_member,
	    (int64_t[]){id, i, m->process, m->tid, (int64_t)m->object, m->wait.generation,
			m->wait.head.hook, (int64_t)m->wait.stack,
			ingest_time(ingest, m->wait.begin), holds ? (int64_t)i - 1 : -1, site},
	    11);
}

void deadlock_store(const struct deadlock *d, struct store *store, struct ingest *ingest,
		    uint64_t ticks_now)
{
	struct query *q = store_query(store, add_deadlock);

	bind(q,
	     (int64_t[]){0, d->certain, d->member[0].process, ingest_time(ingest, ticks_now),
			 ingest_time(ingest, d->formed), d->behind, d->owner, d->owner_elsewhere},
	     8);
	query_bind_text(q, 1, deadlock_kind_names[d->kind]);
	query_run(q);
	query_close(q);
	int64_t id = store_last_id(store);
	for (uint32_t i = 0; i < d->count; i++)
		store_member(d, i, id, store, ingest);
	if (holds_for(d, d->count - 1))
		run(store, close_cycle, &id, 1);
}
