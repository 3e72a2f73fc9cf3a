#include "profiler/finish_unseen.h"

#include "profiler/store.h"

struct reason {
	unsigned code;
	const char *text; /* NULL ends the list */
};

/* What the new image was given: see PRELOAD_* of log.h. */
static const struct reason preload_reasons[] = {
    {PRELOAD_STATIC, "statically linked programs run unwatched"},
    {PRELOAD_OTHER_LIBC, "programs with another C library than glibc run unwatched"},
    {PRELOAD_PRIVILEGED, "set-uid, set-gid or privileged programs run unwatched"},
    {PRELOAD_UNREACHABLE,
     "programs that cannot open the preload library or the recording run unwatched"},
    {PRELOAD_SANITIZER, "programs built with AddressSanitizer run unwatched"},
    {0, NULL}};

static const struct reason note_reasons[] = {
    {NOTE_TABLE_FULL, "threads used more locks than their table holds; calls were not counted"},
    {NOTE_OLD_CONDITION, "calls of condition variables from before 2003 are not watched"},
    {NOTE_MEMORY_LOCKED,
     "after mlockall or a limit of address space no more memory is taken: records may be missing"},
    {NOTE_PYTHON_UNKNOWN, "Python programs whose stacks are only those of the interpreter"},
    {NOTE_SIGNAL_TAKEN,
     "the program took the signal that samples come by; from then on there are none"},
    {0, NULL}};

static int unseen_rows(struct store *s, const char *sql, const struct reason *r)
{
	struct query *q;

	for (; r->text; r++) {
		q = store_query(s, sql);
		query_bind_int(q, 1, r->code);
		query_bind_text(q, 2, r->text);
		while (query_step(q))
			store_unseen(s, query_text(q, 1), query_text(q, 0), query_int(q, 2));
		if (query_failed(q)) {
			query_close(q);
			return -1;
		}
		query_close(q);
	}
	return 0;
}

#define PROCESS_NAME "coalesce(p.command, p.path, 'process ' || p.pid)"

static const char unseen_execs[] =
    "SELECT e.path, ?2, count(*) FROM exec e WHERE e.preload = ?1 AND e.failed = 0 GROUP BY e.path";
static const char unseen_spawns[] =
    "SELECT 'started by ' || " PROCESS_NAME ", ?2, count(*) FROM fork f "
    "JOIN process p ON p.id = f.process WHERE f.preload = ?1 AND f.child > 0 GROUP BY 1";
static const char unseen_notes[] =
    "SELECT coalesce(nullif(n.text, ''), " PROCESS_NAME "), ?2, "
    "CASE WHEN ?1 = 3 THEN sum(n.value) ELSE count(*) END FROM note n "
    "JOIN process p ON p.id = n.process WHERE n.code = ?1 GROUP BY 1";
/* A child by vfork has its exec in its parent's log: those that were dropped are told above. */
static const char unseen_children[] =
    "SELECT 'started by ' || " PROCESS_NAME ", ?2, max(0, count(*) - "
    " (SELECT count(*) FROM exec e WHERE e.process = f.process AND e.preload " PRELOAD_DROPPED
    "  AND e.failed = 0)) AS n FROM fork f JOIN process p ON p.id = f.process "
    "WHERE f.child > ?1 AND NOT f.preload " PRELOAD_DROPPED
    " AND f.child NOT IN (SELECT pid FROM process) GROUP BY f.process HAVING n > 0";

_Static_assert(NOTE_OLD_CONDITION == 3, "the number in the query");

static const struct reason child_reasons[] = {
    {0, "child processes never reported: they ended early, or dropped the preload library"},
    {0, NULL}};

#define SAMPLES_EXPECTED_LEAST 100

/* A thread that is made begins with a whole period, and while one waits for the other the kernel
 * may exchange what is left of theirs: those that come and go faster than samples have none. */
static void unseen_samples(struct store *s)
{
	int64_t taken = store_value(s, "SELECT count(*) FROM sample", 0);
	int64_t expected = store_value(
	    s,
	    "SELECT sum(on_ns) / 1000000000.0 * (SELECT value FROM run WHERE key = 'sample_hertz') "
	    "FROM task WHERE pid NOT IN (SELECT p.pid FROM thread_sample o "
	    "JOIN thread t ON t.id = o.thread JOIN process p ON p.id = t.process)",
	    0);
	if (expected >= SAMPLES_EXPECTED_LEAST && taken < expected / 2)
		store_unseen(s,
			     "CPU time without samples: of threads that live shorter than from one "
			     "sample to the next, and of those that make them",
			     "", expected - taken);
}

static int unseen_counters(struct store *s)
{
	int64_t threads = store_run_int(s, "threads_unseen", 0);
	int64_t guarded = store_run_int(s, "events_guarded", 0);
	int64_t missed = store_run_int(s, "samples_missed", 0);
	int64_t untabled = store_value(s, "SELECT sum(untabled) FROM thread", 0);

	if (threads)
		store_unseen(s, "threads ran unwatched: the recording's memory was full", "",
			     threads);
	if (guarded)
		store_unseen(s, "calls in signal handlers that interrupted the profiler itself", "",
			     guarded);
	if (missed)
		store_unseen(s, "samples that interrupted the profiler itself", "", missed);
	if (untabled)
		store_unseen(s, "calls were not counted: a thread's table was full", "", untabled);
	unseen_samples(s);
	return 0;
}

int unseen_make(struct store *s)
{
	if (unseen_rows(s, unseen_execs, preload_reasons) != 0 ||
	    unseen_rows(s, unseen_spawns, preload_reasons) != 0 ||
	    unseen_rows(s, unseen_notes, note_reasons) != 0 ||
	    unseen_rows(s, unseen_children, child_reasons) != 0)
		return -1;
	return unseen_counters(s);
}
