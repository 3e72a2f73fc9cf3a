#include "profiler/finish_tasks.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <stdlib.h>

/* Those that lived when the recorder was killed. */
static const char ends[] =
    "UPDATE task SET end_ns = max(begin_ns, (SELECT value FROM run WHERE key = 'wall_ns')), "
    "ended = 'running' WHERE end_ns IS NULL";

/* For how long task k and x lived at the same time. */
#define OVERLAP(x)                                                                                 \
	"(min(coalesce(" x ".end_ns, 1 << 62), k.end_ns) - max(coalesce(" x                        \
	".begin_ns, 0), k.begin_ns))"

/* Of several with that number, the one that lived longest at the same time. */
static const char match[] =
    "CREATE INDEX IF NOT EXISTS thread_tid ON thread (tid);"
    "UPDATE task SET thread = m.thread FROM (SELECT k.id AS task, t.id AS thread, row_number() "
    "OVER "
    "(PARTITION BY k.id ORDER BY " OVERLAP("t") " DESC) AS place FROM task k JOIN thread t "
						"ON t.tid = k.tid AND " OVERLAP(
						    "t") " > 0 WHERE k.thread IS NULL) m "
							 "WHERE m.task = task.id AND m.place = 1;"
							 "DROP INDEX thread_tid";

/* All but the end in the kernel of a thread that ended before was lost. */
static const char match_ends[] =
    "CREATE INDEX IF NOT EXISTS task_thread ON task (thread);"
    "UPDATE task SET thread = m.thread FROM (SELECT k.id AS task, t.id AS thread, row_number() "
    "OVER (PARTITION BY k.id ORDER BY t.end_ns DESC) AS place "
    "  FROM task k JOIN process p ON p.pid = k.pid JOIN thread t ON t.process = p.id "
    "  AND t.tid = k.tid AND t.end_ns <= k.begin_ns WHERE k.thread IS NULL AND k.maker IS NULL "
    "  AND NOT EXISTS (SELECT 1 FROM task o WHERE o.thread = t.id)) m "
    "WHERE m.task = task.id AND m.place = 1;"
    "DROP INDEX task_thread";

/* A task that ended by exec is what lies between a fork and that: no program of its own. */
#define STRANGER "k.thread IS NULL AND k.ended <> 'exec'"
#define ENDED "CASE WHEN max(k.ended = 'running') THEN 'running' ELSE 'exit' END"

static const char processes[] =
    "INSERT INTO process (pid, origin, path, begin_ns, end_ns, ended) "
    "SELECT k.pid, 'unwatched', min(k.name), min(k.begin_ns), max(k.end_ns), " ENDED " FROM task k "
    "WHERE " STRANGER " AND NOT EXISTS (SELECT 1 FROM process p WHERE p.pid = k.pid "
    "AND " OVERLAP("p") " > 0) GROUP BY k.pid;"
			"UPDATE process SET image = id WHERE image IS NULL;"
			"UPDATE process SET end_ns = t.end_ns, ended = t.ended FROM (SELECT k.pid, "
			"max(k.end_ns) "
			"AS end_ns, " ENDED " AS ended FROM task k GROUP BY k.pid) t "
			"WHERE t.pid = process.pid AND process.origin = 'unwatched'";

static const char threads[] =
    "INSERT INTO thread (process, tid, name, begin_ns, end_ns, cpu_ns, voluntary, involuntary, "
    "ended, records, dropped, untabled) SELECT owner, tid, name, begin_ns, end_ns, on_ns, blocked, "
    "preempted, ended, 0, 0, 0 FROM (SELECT k.*, p.id AS owner, row_number() OVER "
    "(PARTITION BY k.id ORDER BY " OVERLAP("p") " DESC) AS place FROM task k JOIN process p "
						"ON p.pid = k.pid AND " OVERLAP(
						    "p") " > 0 WHERE " STRANGER ") WHERE place = 1";

static const char parents[] =
    "UPDATE process SET parent = m.process, parent_pid = m.pid FROM (SELECT k.pid AS child, "
    "t.process, "
    "m.pid, min(k.id) FROM task k JOIN task m ON m.id = k.maker JOIN thread t ON t.id = m.thread "
    "WHERE k.tid = k.pid AND m.pid <> k.pid GROUP BY k.pid) m "
    "WHERE process.origin = 'unwatched' AND process.parent IS NULL AND m.child = process.pid";

/* The log of the program that one became by exec begins later than that. */
static const char mend[] =
    "UPDATE thread SET end_ns = k.end_ns FROM (SELECT thread, max(end_ns) AS end_ns, max(ended = "
    "'exec') AS exec FROM task GROUP BY thread) k WHERE k.thread = thread.id AND k.exec "
    "AND k.end_ns < thread.end_ns AND k.end_ns > thread.begin_ns;"
    "UPDATE thread SET name = k.name FROM task k WHERE k.thread = thread.id "
    "AND coalesce(thread.name, '') = ''";

/* Of a thread that was killed the library tells nothing, the scheduler does. */
static const char cpu_of_killed[] =
    "UPDATE thread SET cpu_ns = k.ns, voluntary = k.blocked, involuntary = k.preempted "
    "FROM (SELECT thread, sum(on_ns) AS ns, sum(blocked) AS blocked, sum(preempted) AS preempted "
    "  FROM task WHERE thread IS NOT NULL AND on_ns IS NOT NULL GROUP BY thread) k "
    "WHERE k.thread = thread.id AND thread.cpu_ns IS NULL";

/* Threads of Python sample themselves, too. */
static const char sampled_twice[] = "DELETE FROM sample WHERE task IN (SELECT id FROM task "
				    "WHERE thread IN (SELECT thread FROM thread_sample))";

int tasks_match(struct store *s)
{
	if (store_exec(s, ends) || store_exec(s, match) || store_exec(s, match_ends) ||
	    store_exec(s, mend) || store_exec(s, processes) || store_exec(s, cpu_of_killed) ||
	    store_exec(s, sampled_twice))
		return -1;
	if (store_value(s, "SELECT count(*) FROM task k WHERE " STRANGER, 0) == 0)
		return 0;
	return store_exec(s, threads) || store_exec(s, match) || store_exec(s, parents) ? -1 : 0;
}

struct held {
	int64_t thread, acquired, released, object;
};
struct holds {
	struct held *held;
	size_t count, room;
};

static void add(void *data, const int64_t *v)
{
	struct holds *h = data;
	if (h->count == h->room) {
		h->room = h->room * 2 + 1024;
		h->held = memory_grow(h->held, h->room, sizeof(*h->held));
	}
	if (v[1] > 0)
		h->held[h->count++] = (struct held){v[0], v[1], v[2], v[3]};
}

static int by_acquired(const void *left, const void *right)
{
	const struct held *a = left, *b = right;
	if (a->thread != b->thread)
		return a->thread < b->thread ? -1 : 1;
	return (a->acquired > b->acquired) - (a->acquired < b->acquired);
}

#define NESTED_MAX 32 /* locks inside of each other */

/* The one acquired last, of those that a thread held at a time; 0: none. */
static int64_t held_at(const struct holds *h, int64_t thread, int64_t time)
{
	size_t low = 0, high = h->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct held *m = &h->held[middle];
		if (m->thread < thread || (m->thread == thread && m->acquired <= time))
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i-- > 0 && low - i <= NESTED_MAX && h->held[i].thread == thread;)
		if (h->held[i].released > time)
			return h->held[i].object;
	return 0;
}

/* select: the rowid, thread and time of each sample. */
static int set_held(struct store *s, const struct holds *h, const char *select, const char *update)
{
	struct query *q = store_query(s, select), *set = store_query(s, update);
	while (query_step(q)) {
		int64_t object = held_at(h, query_int(q, 1), query_int(q, 2));
		if (!object)
			continue;
		query_bind_int(set, 1, query_int(q, 0));
		query_bind_int(set, 2, object);
		query_run(set);
	}
	int result = query_failed(q) || query_failed(set) ? -1 : 0;
	query_close(q);
	query_close(set);
	return result;
}

int samples_hold(struct store *s)
{
	static const char columns[] = "thread, acquired, released, object";
	struct holds h = {0};
	if (!store_value(s, "SELECT EXISTS (SELECT 1 FROM sample_all)", 0))
		return 0;
	int result =
	    store_scan(s, columns, "release", add, &h) || store_scan(s, columns, "hold", add, &h)
		? -1
		: 0;
	if (h.count)
		qsort(h.held, h.count, sizeof(*h.held), by_acquired);
	if (!result && h.count)
		result = set_held(s, &h,
				  "SELECT s.rowid, t.thread, s.time FROM sample s JOIN task t "
				  "ON t.id = s.task WHERE t.thread IS NOT NULL",
				  "UPDATE sample SET held = ?2 WHERE rowid = ?1") ||
				 set_held(s, &h, "SELECT rowid, thread, time FROM thread_sample",
					  "UPDATE thread_sample SET held = ?2 WHERE rowid = ?1")
			     ? -1
			     : 0;
	free(h.held);
	return result;
}
