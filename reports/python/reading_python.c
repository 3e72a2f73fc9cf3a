#include "profiler/embedded.h"
#include "profiler/store.h"
#include "reports/python/python.h"
#include "reports/readings.h"
#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define WORKER_SHARE 20	    /* of the thread with most work: less is a helper */
#define PAGES_OF_FORK 512.0 /* a fork of a process that uses memory writes to */
#define FORK_NS 2000000	    /* that, where it was not measured */
/* As many of those forks: imports and a pool's own threads, pipes and locks; a process of Python,
 * in the parent; and in itself until it is at work, and to end. Measured with CPython 3.13, on one
 * virtual machine. */
#define POOL_FORKS 5.0
#define PARENT_FORKS 0.7
#define CHILD_FORKS 2.0

static const char workers_sql[] =
    "UPDATE reading_python_thread SET worker = 1 WHERE work_ns + input_ns - serial_ns > 0 AND "
    "(work_ns + input_ns - serial_ns) * ?1 >= "
    "(SELECT max(work_ns + input_ns - serial_ns) FROM reading_python_thread)";

static double sum(struct store *store, const char *sql)
{
	return (double)store_value(store, sql, 0);
}

#define THREADS "FROM reading_python_thread"
#define COMPUTING                                                                                  \
	"FROM reading_python_thread WHERE worker AND (work_ns - serial_ns) * 5 >= "                \
	"(SELECT max(work_ns - serial_ns) FROM reading_python_thread)"
#define COMPUTING_GIL                                                                              \
	"FROM (SELECT g.hold_ns, g.wait_ns, t.work_ns, t.cost_ns FROM gil_thread g JOIN "          \
	"(SELECT * " COMPUTING ") t USING (thread))"
/* A worker that messages keep busy: at least a twentieth of what the busiest thread works. */
#define BUSY                                                                                       \
	"(in_worker AND cost_ns * 20 >= (SELECT max(work_ns + input_ns - serial_ns) " THREADS "))"
/* A header is a call of its own when the message is large. */
#define SENT "FROM channel_part WHERE direction = 'send' AND python"
/* Of the process whose GIL was held longest. */
#define GIL                                                                                        \
	"FROM (SELECT sum(g.hold_ns) AS wall, sum(min(g.hold_ns, t.work_ns + t.cost_ns)) AS ns "   \
	"FROM gil_thread g JOIN reading_python_thread t USING (thread) GROUP BY g.lock)"

/* Of its one row, 0 without one; closes it. */
static double only_value(struct query *q)
{
	double value = query_step(q) ? query_double(q, 0) : 0;
	query_close(q);
	return value;
}

static double price(struct store *store, const char *key)
{
	return store_keyed(store, "median FROM machine_price", key, 0);
}

/* Of each thread no more than it worked. */
static double doubt_of(struct store *store, double page)
{
	struct query *q = store_query(
	    store, "SELECT sum(min(work_ns, faults * ? + doubt_ns)) FROM reading_python_thread");
	query_bind_double(q, 1, page);
	return only_value(q);
}

static void add_starts(struct store *store, struct python_sums *s)
{
	double fork = price(store, "fork_used"), plain = price(store, "fork_wait");
	s->doubt = doubt_of(store, fmax(fork - plain, 0) / PAGES_OF_FORK);
	if (!(fork > 0))
		fork = FORK_NS;
	s->start_pool = fork * POOL_FORKS;
	s->start_parent = fork * PARENT_FORKS;
	s->start_child = fork * CHILD_FORKS;
	s->started = sum(store, "SELECT sum(start_ns) " THREADS " WHERE NOT in_worker");
	s->started_workers = sum(store, "SELECT sum(start_ns) " THREADS " WHERE in_worker");
}

static struct python_sums sums_of(struct store *store)
{
	struct python_sums s = {
	    .wall = sum(store, "SELECT max(end_ns) - min(begin_ns) FROM thread_life "
			       "JOIN python_process USING (process)"),
	    .serial = sum(store, "SELECT sum(serial_ns) " THREADS),
	    .alone = sum(store, "SELECT sum(ns) FROM reading_serial "
				"WHERE thread IN (SELECT thread " THREADS ")"),
	    .work = sum(store, "SELECT sum(work_ns) " THREADS),
	    .input = sum(store, "SELECT sum(input_ns) " THREADS),
	    .cost = sum(store, "SELECT sum(cost_ns) " THREADS),
	    .longest = sum(store, "SELECT max(work_ns + input_ns - serial_ns) " THREADS),
	    .held = sum(store, "SELECT max(ns) " GIL),
	    .held_wall = sum(store, "SELECT max(wall) " GIL),
	    .waited = sum(store, "SELECT sum(wait_ns) FROM gil_thread"),
	    .cores = (int)store_run_int(store, "cores", 1),
	    .virtual_cores = sum(store, "SELECT count(*) FROM machine_fact WHERE key = "
					"'virtual_machine'") > 0,
	    .workers = (int)sum(store, "SELECT count(*) " THREADS " WHERE worker"),
	    .computing = (int)sum(store, "SELECT count(*) " COMPUTING),
	    .computing_work = sum(store, "SELECT sum(work_ns + cost_ns) " COMPUTING),
	    .computing_held =
		sum(store, "SELECT sum(min(hold_ns, work_ns + cost_ns)) " COMPUTING_GIL),
	    .computing_waited = sum(store, "SELECT sum(wait_ns) " COMPUTING_GIL),
	    .processes =
		(int)sum(store, "SELECT count(DISTINCT process) " THREADS " WHERE worker OR " BUSY),
	    .messages = sum(store, "SELECT sum(calls - headers) " SENT),
	    .message_bytes = sum(store, "SELECT sum(bytes) " SENT),
	    .nobody = sum(store, "SELECT sum(progress_ns) FROM reading_profile WHERE threads = 0"),
	    .serial_first = sum(store, "SELECT sum(serial_ns) " THREADS " WHERE first"),
	    .woken = sum(store, "SELECT sum(calls - headers) " SENT) * price(store, "wake_up"),
	};
	add_starts(store, &s);
	return s;
}

static struct python_convoy convoy_row(struct query *q)
{
	return (struct python_convoy){
	    .life = query_double(q, 1),
	    .waited = query_double(q, 2),
	    .waits = query_double(q, 3),
	    .held = query_double(q, 4),
	    .takes = query_double(q, 5),
	    .requests = query_double(q, 6),
	    .others_held = query_double(q, 7),
	};
}

/* The first thread that is one's victim, of those that wait most. */
static struct python_convoy find_convoy(struct store *store, int64_t *victim, int64_t *hog)
{
	struct python_convoy found = {0};
	struct query *q = store_query(
	    store, "WITH all_of AS MATERIALIZED (SELECT * FROM gil_thread) "
		   "SELECT g.thread, t.end_ns - t.begin_ns, g.wait_ns, g.waits, g.hold_ns, "
		   "g.takes, g.requests, "
		   "coalesce((SELECT max(o.hold_ns) FROM all_of o WHERE o.lock = g.lock AND "
		   "o.thread <> g.thread), 0), "
		   "(SELECT o.thread FROM all_of o WHERE o.lock = g.lock AND o.thread <> "
		   "g.thread ORDER BY o.hold_ns DESC LIMIT 1) "
		   "FROM all_of g JOIN thread_life t USING (thread) ORDER BY g.wait_ns DESC");
	while (!found.waits && query_step(q)) {
		struct python_convoy c = convoy_row(q);
		if (!python_is_convoy(&c))
			continue;
		found = c;
		*victim = query_int(q, 0);
		*hog = query_int(q, 8);
	}
	query_close(q);
	return found;
}

static void bind_figure(struct query *q, int at, const struct python_figure *f)
{
	query_bind_double(q, at, f->value);
	query_bind_double(q, at + 1, f->low);
	query_bind_double(q, at + 2, f->high);
}

static void bind_id(struct query *q, int at, int64_t id)
{
	if (id)
		query_bind_int(q, at, id);
	else
		query_bind_null(q, at);
}

static int write_row(struct store *store, const struct python_sums *s, enum python_kind kind,
		     int64_t victim, int64_t hog)
{
	struct python_figures f = python_figures_of(s);
	const struct python_figure *figures[] = {&f.now, &f.threads, &f.processes, &f.free_threaded,
						 &f.even};
	const double times[] = {s->wall,      s->alone,	 s->serial,
				s->work,      s->input,	 s->cost,
				s->held_wall, s->waited, s->started + s->started_workers,
				s->doubt};
	const int counts[] = {s->processes, s->workers, s->computing};
	int at = 4;
	struct query *q = store_query(
	    store,
	    "INSERT INTO reading_python VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	if (!q)
		return -1;
	query_bind_text(q, 1, python_kind_word(kind));
	bind_id(q, 2, victim);
	bind_id(q, 3, hog);
	for (size_t i = 0; i < COUNT(counts); i++)
		query_bind_int(q, at++, counts[i]);
	for (size_t i = 0; i < COUNT(times); i++)
		query_bind_int(q, at++, (int64_t)times[i]);
	for (size_t i = 0; i < COUNT(figures); i++, at += 3)
		bind_figure(q, at, figures[i]);
	int result = query_run(q);
	query_close(q);
	return result;
}

static int mark_workers(struct store *store)
{
	struct query *q = store_query(store, workers_sql);
	query_bind_int(q, 1, WORKER_SHARE);
	int result = q ? query_run(q) : -1;
	query_close(q);
	return result;
}

int reading_python(struct reading_input *in)
{
	struct store *store = in->store;
	int64_t victim = 0, hog = 0;
	if (!store_value(store, "SELECT EXISTS (SELECT 1 FROM python_process)", 0))
		return 0;
	if (store_exec(store, embedded_text("reports/python_threads.sql")) || mark_workers(store))
		return -1;
	struct python_sums sums = sums_of(store);
	struct python_convoy convoy = find_convoy(store, &victim, &hog);
	enum python_kind kind = python_kind_of(&sums, &convoy);
	if (kind != PYTHON_convoy)
		victim = hog = 0;
	return write_row(store, &sums, kind, victim, hog);
}
