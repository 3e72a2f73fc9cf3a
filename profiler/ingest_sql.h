/* The statements of the ingest, prepared at first use. */
#ifndef PARPROF_INGEST_SQL_H
#define PARPROF_INGEST_SQL_H

#include <stddef.h>
#include <stdint.h>

struct ingest;
struct query;

/* Frames that one statement writes, which takes half the time of one by one: the first, from
 * position ?2 on with code ?3, and these; those without a code are ignored. */
#define FRAME_ROWS(X)                                                                              \
	X(1, 4)                                                                                    \
	X(2, 5) X(3, 6) X(4, 7) X(5, 8) X(6, 9) X(7, 10) X(8, 11) X(9, 12) X(10, 13) X(11, 14)
#define FRAME_SQL(after, parameter) ", (?1, ?2 + " #after ", ?" #parameter ")"
#define FRAME_ONE(after, parameter) +1
enum { FRAMES_AT_ONCE = 1 FRAME_ROWS(FRAME_ONE) };

#define INGEST_SQL(X)                                                                              \
	X(PROCESS_ADD, "INSERT OR IGNORE INTO process (id, pid, image, origin) "                   \
		       "VALUES (?1, ?2, ?1, 'start')")                                             \
	X(PROCESS_START, "UPDATE process SET pid = ?2, parent_pid = ?3, parent = ?4, image = ?5, " \
			 "begin_ns = ?6, origin = ?7, path = ?8, "                                 \
			 "command = (SELECT command FROM process WHERE id = ?4 AND ?7 = 'fork') "  \
			 "WHERE id = ?1")                                                          \
	X(PROCESS_COMMAND, "UPDATE process SET command = ?2 WHERE id = ?1")                        \
	X(PROCESS_END, "UPDATE process SET end_ns = coalesce(?2, end_ns), "                        \
		       "status = coalesce(?3, status), ended = coalesce(?4, ended) WHERE id = ?1") \
	X(PROCESS_REAPED, "UPDATE process SET end_ns = min(coalesce(end_ns, ?2), ?2), status = "   \
			  "?3, ended = ?4 WHERE id = ?1")                                          \
	X(PROCESS_EXECED,                                                                          \
	  "UPDATE process SET end_ns = ?2, status = NULL, ended = 'exec' WHERE id = ?1")           \
	X(PROCESS_FROM, "UPDATE process SET parent = ?2, origin = 'exec' WHERE id = ?1")           \
	X(PROCESS_GONE, "UPDATE process SET end_ns = coalesce(end_ns, ?2), "                       \
			"status = coalesce(status, ?3), ended = coalesce(ended, ?4) "              \
			"WHERE id = ?1")                                                           \
	X(PROCESS_THREADS, "UPDATE thread SET end_ns = coalesce(end_ns, ?2), ended = ?3 "          \
			   "WHERE process = ?1 AND ended IS NULL")                                 \
	X(MODULE_ADD, "INSERT INTO module (process, bias, begin, \"end\", path, build_id) "        \
		      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)")                                           \
	X(THREAD_ADD, "INSERT INTO thread (process, tid) VALUES (?1, ?2)")                         \
	X(THREAD_START, "UPDATE thread SET begin_ns = ?2, parent = ?3, routine = ?4, stack = ?5, " \
			"handle = ?6, created_ns = ?7 WHERE id = ?1")                              \
	X(THREAD_NAME, "UPDATE thread SET name = ?3, named = ?2 WHERE id = ?1 AND named <= ?2")    \
	X(THREAD_END, "UPDATE thread SET end_ns = ?2, cpu_ns = ?3, voluntary = ?4, "               \
		      "involuntary = ?5, ended = ?6, name = CASE WHEN named = 0 THEN "             \
		      "coalesce(nullif(?7, ''), name) ELSE name END "                              \
		      "WHERE id = ?1")                                                             \
	X(THREAD_GONE,                                                                             \
	  "UPDATE thread SET records = ?2, dropped = ?3, untabled = ?4 WHERE id = ?1")             \
	X(OBJECT_ADD, "INSERT OR IGNORE INTO object (process, address, generation, family) "       \
		      "VALUES (?1, ?2, ?3, ?4)")                                                   \
	X(OBJECT_FIND, "SELECT id FROM object WHERE process = ?1 AND address = ?2 AND "            \
		       "generation = ?3")                                                          \
	X(OBJECT_FAMILY, "UPDATE object SET family = ?2 WHERE id = ?1")                            \
	X(OBJECT_SITE, "UPDATE object SET attributes = ?2, code = ?3, stack = ?4, first_ns = ?5 "  \
		       "WHERE id = ?1 AND (first_ns IS NULL OR first_ns > ?5)")                    \
	X(OBJECT_SHARED, "UPDATE object SET device = ?2, inode = ?3, offset = ?4, path = ?5 "      \
			 "WHERE id = ?1")                                                          \
	X(LOCK_INIT, "INSERT INTO lock (process, address, generation, family, attributes, stack, " \
		     "init_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                               \
	X(LOCK_DESTROY, "UPDATE lock SET destroy_ns = ?4, destroy_generation = ?3 WHERE id = "     \
			"(SELECT id FROM lock WHERE process = ?1 AND address = ?2 AND "            \
			"generation <= ?3 ORDER BY generation DESC LIMIT 1)")                      \
	X(STACK_ADD, "INSERT OR IGNORE INTO stack (process, hash, depth, cut) "                    \
		     "VALUES (?1, ?2, 0, 0)")                                                      \
	X(STACK_FIND, "SELECT id, depth FROM stack WHERE process = ?1 AND hash = ?2")              \
	X(STACK_FRAMES, "UPDATE stack SET depth = ?2, cut = ?3 WHERE id = ?1")                     \
	X(FRAMES_ADD, "INSERT OR IGNORE INTO frame VALUES (?1, ?2, ?3)" FRAME_ROWS(FRAME_SQL))     \
	X(CODE_ADD, "INSERT OR IGNORE INTO code (process, address) VALUES (?1, ?2)")               \
	X(CODE_FIND, "SELECT id FROM code WHERE process = ?1 AND address = ?2")                    \
	X(PYTHON_CODE_ADD, "INSERT OR REPLACE INTO python_code VALUES (?1, ?2, ?3, ?4, ?5, ?6)")   \
	X(PYTHON_LINES_ADD, "INSERT OR REPLACE INTO python_lines VALUES (?1, ?2, ?3)")             \
	X(CHANNEL_SITE, "INSERT OR IGNORE INTO channel_site VALUES (?1, ?2, ?3)")                  \
	X(CALL_SITE, "INSERT OR IGNORE INTO call_site VALUES (?1, ?2)")                            \
	X(TALLY_ADD,                                                                               \
	  "INSERT INTO tally VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "          \
	  "?13, ?14, ?15, ?16, ?17) "                                                              \
	  "ON CONFLICT DO UPDATE SET count = count + ?5, contended = contended + ?6, "             \
	  "failed = failed + ?7, wait_ns = wait_ns + ?8, "                                         \
	  "wait_max_ns = max(wait_max_ns, ?9), hold_samples = hold_samples + ?10, "                \
	  "hold_ns = hold_ns + ?11, hold_max_ns = max(hold_max_ns, ?12), "                         \
	  "contended_holds = contended_holds + ?13, "                                              \
	  "contended_hold_ns = contended_hold_ns + ?14, hold_weight = hold_weight + ?15, "         \
	  "bytes = bytes + ?16, headers = headers + ?17")                                          \
	X(TALLY_LIVE, "INSERT INTO tally_live VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "   \
		      "?11, ?12, ?13, ?14, ?15, ?16, ?17)")                                        \
	X(TALLY_LIVE_CLEAR, "DELETE FROM tally_live")                                              \
	X(MARK_NAME, "INSERT OR REPLACE INTO mark_name VALUES (?1, ?2, ?3)")                       \
	X(MARK_ADD, "INSERT INTO mark_use VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "  \
		    "?12) ON CONFLICT DO UPDATE SET count = count + ?4, ns = ns + ?5, "            \
		    "max_ns = max(max_ns, ?6), tasks = tasks + ?7, task_ns = task_ns + ?8, "       \
		    "task_max_ns = max(task_max_ns, ?9), lock_ns = lock_ns + ?10, "                \
		    "task_squares = task_squares + ?11")                                           \
	X(MARK_LIVE, "INSERT INTO mark_live VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "     \
		     "?11, ?12)")                                                                  \
	X(MARK_LIVE_CLEAR, "DELETE FROM mark_live")                                                \
	X(WAIT_SUM, "INSERT INTO wait_sum VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "                \
		    "ON CONFLICT DO UPDATE SET count = count + ?5, wait_ns = wait_ns + ?6, "       \
		    "wait_max_ns = max(wait_max_ns, ?7), timed_out = timed_out + ?8")              \
	X(WAIT_BUCKET, "INSERT INTO wait_bucket VALUES (?1, ?2, ?3, ?4) "                          \
		       "ON CONFLICT DO UPDATE SET count = count + ?4")                             \
	X(HOLD_BUCKET, "INSERT INTO hold_bucket VALUES (?1, ?2, ?3, ?4) "                          \
		       "ON CONFLICT DO UPDATE SET count = count + ?4")                             \
	X(BLAME, "INSERT INTO blame VALUES (?1, ?2, ?7, ?3, ?4, ?5, ?6) "                          \
		 "ON CONFLICT DO UPDATE SET waits = waits + ?5, ns = ns + ?6")                     \
	X(ANCHOR, "INSERT INTO anchor VALUES (?1, ?2)")

#define SQL_NUMBER(name, sql) SQL_##name,
enum ingest_sql { INGEST_SQL(SQL_NUMBER) SQL_COUNT };

/* Binds the values, STORE_NULL as null, from parameter 1 on. */
struct query *sql_bind(struct ingest *, enum ingest_sql, const int64_t *value, size_t count);
#define SQL(in, which, ...)                                                                        \
	sql_bind(in, SQL_##which, (const int64_t[]){__VA_ARGS__},                                  \
		 sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))
#define SQL_RUN(in, which, ...) query_run(SQL(in, which, __VA_ARGS__))

int64_t sql_value(struct query *); /* first column of its first row, 0 for none; resets it */
void sql_close(struct ingest *);

#endif
