#include "reports/advise/kept.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "reports/recording.h"
#include <time.h>
#include <unistd.h>

static int64_t now_unix_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* point: of cores, speedup, low, high. */
static int write_points(struct query *points, struct store *to, int64_t advice)
{
	struct query *write = store_query(to, "INSERT INTO advice_point VALUES (?, ?, ?, ?, ?)");
	int result = 0;
	while (!result && query_step(points)) {
		query_bind_int(write, 1, advice);
		for (int i = 0; i < 4; i++)
			query_bind_double(write, i + 2, query_double(points, i));
		result = query_run(write);
	}
	result = result || query_failed(points) ? -1 : 0;
	query_close(write);
	return result;
}

/* from: of made_unix_ns, command, wall_ns, worth, reason, sentence. */
static int write_advice(struct query *from, struct query *points, struct store *to, int64_t sweep)
{
	struct query *q = store_query(
	    to, "INSERT INTO advice (sweep, made_unix_ns, command, wall_ns, worth, reason, "
		"sentence) VALUES (nullif(?, 0), ?, ?, ?, ?, ?, ?)");
	query_bind_int(q, 1, sweep);
	query_bind_int(q, 2, query_int(from, 0));
	query_bind_text(q, 3, query_text(from, 1));
	query_bind_int(q, 4, query_int(from, 2));
	for (int i = 3; i < 6; i++)
		query_bind_text(q, i + 2, query_text(from, i));
	int result = query_run(q);
	query_close(q);
	return result ? -1 : write_points(points, to, store_last_id(to));
}

struct store *advice_note(struct store *readings)
{
	struct store *note = store_memory();
	struct query *from = store_query(
	    readings, "SELECT ?, coalesce((SELECT value FROM run_fact WHERE key = 'command'), ''), "
		      "wall_ns, worth, reason, sentence FROM reading_advice");
	struct query *points = store_query(
	    readings, "SELECT threads, speedup, low, high FROM reading_advice_estimate");
	query_bind_int(from, 1, now_unix_ns());
	if (note && query_step(from))
		write_advice(from, points, note, 0);
	query_close(from);
	query_close(points);
	return note;
}

/* The last one that is about no sweep: 1, 0 when there is none, or -1 after error(). */
static int copy_last(struct store *from, struct store *to, int64_t sweep)
{
	struct query *q = store_query(from, "SELECT made_unix_ns, command, wall_ns, worth, reason, "
					    "sentence FROM advice_last WHERE sweep IS NULL");
	struct query *points =
	    store_query(from, "SELECT cores, speedup, low, high FROM advice_point WHERE advice = "
			      "(SELECT id FROM advice_last WHERE sweep IS NULL)");
	int result = query_step(q) ? 1 : 0;
	if (result && write_advice(q, points, to, sweep) != 0)
		result = -1;
	query_close(q);
	query_close(points);
	return result;
}

void advice_keep(const char *path, struct store *note)
{
	struct store *to = note && access(path, W_OK) == 0 ? store_open(path, STORE_WRITE) : NULL;
	if (to && store_begin(to) == 0 && copy_last(note, to, 0) == 1)
		store_commit(to);
	store_close(to);
	store_close(note);
}

void advice_find(struct kept_advice *a, struct store *store, double cores)
{
	struct query *q = store_query(
	    store, "SELECT p.cores, p.speedup, p.low, p.high FROM advice_point p JOIN "
		   "advice_last a ON a.id = p.advice WHERE a.sweep IS NULL AND p.cores = ?");
	*a = (struct kept_advice){0};
	query_bind_double(q, 1, cores);
	if (query_step(q))
		*a = (struct kept_advice){query_double(q, 0), query_double(q, 1),
					  query_double(q, 2), query_double(q, 3)};
	query_close(q);
}

int advice_copy(const char *path, struct store *to, int64_t sweep)
{
	struct store *before = recording_open(path);
	if (!before)
		return -1;
	int result = copy_last(before, to, sweep);
	if (!result)
		error("%s holds no advice; 'parprof advise %s' gives one", path, path);
	store_close(before);
	return result == 1 ? 0 : -1;
}
