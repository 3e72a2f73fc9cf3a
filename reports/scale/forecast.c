#include "reports/scale/forecast.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/recording.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A program whose threads are set is recorded with the fewest. One that decides itself is recorded
 * on all its cores: on one it might start one thread, which tells nothing of several. */
static const struct plan_point *recorded_point(const struct plan *p)
{
	return p->points[0].threads ? &p->points[0] : &p->points[p->count - 1];
}

/* The command becomes one of ours that records it. */
static void record_instead(struct execution *e, char *path)
{
	static const char *const before[] = {"/proc/self/exe", "record", "-q", "-f", "-o"};
	enum { BEFORE = sizeof(before) / sizeof(*before) };
	size_t count = 0;
	while (e->argv[count])
		count++;
	char **argv = memory_new(BEFORE + 2 + count + 1, sizeof(char *));
	for (size_t i = 0; i < BEFORE; i++)
		argv[i] = memory_copy(before[i]);
	argv[BEFORE] = memory_copy(path);
	argv[BEFORE + 1] = memory_copy("--");
	memcpy(argv + BEFORE + 2, e->argv, (count + 1) * sizeof(char *));
	free(e->argv);
	e->argv = argv;
}

static struct store *record(const struct plan *p, const struct plan_point *point, char *path)
{
	struct execution e = plan_execution(p, point);
	record_instead(&e, path);
	/* the recorder needs time as well: one core for both would show in the recording */
	e.pinned = e.pinned && !point->threads;
	progress("recording a run, for a prediction");
	int failure = execution_run(&e);
	plan_release(&e);
	progress_erase();
	if (!failure && !execution_told() && access(path, R_OK) != 0)
		failure = STATUS_TOOL;
	return failure || execution_told() ? NULL : recording_open(path);
}

/* What it counts itself, with the fewest and with the most cores or threads. */
static void count_progress(struct forecast *f, const struct plan *p, struct store *recording,
			   char *path)
{
	const struct plan_point *first = recorded_point(p);
	const struct plan_point *other = &p->points[first == p->points ? p->count - 1 : 0];
	if (throughput_read(&f->throughput, recording, first->n) != 0 || !f->throughput.count)
		return;
	struct store *store = record(p, other, path);
	if (store)
		throughput_read(&f->throughput, store, other->n);
	store_close(store);
}

int forecast_ask(struct forecast *f, const struct plan *p, struct store *recording,
		 forecast_curve *curve)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	f->made_unix_ns = now.tv_sec * 1000000000ll + now.tv_nsec;
	f->points = memory_new(p->count, sizeof(*f->points));
	for (size_t i = 0; i < p->count; i++)
		f->points[i] = (struct predict_point){.cores = p->points[i].cores,
						      .threads = p->points[i].threads};
	if (curve(recording, f->points, p->count, &f->error) != 0 || f->points[0].speedup <= 0) {
		forecast_free(f);
		return -1;
	}
	double first = f->points[0].speedup;
	for (size_t i = 0; i < p->count; i++) {
		f->points[i].low /= first;
		f->points[i].speedup /= first;
		f->points[i].high /= first;
	}
	return 0;
}

void forecast_make(struct forecast *f, const struct plan *p)
{
	const char *base = getenv("TMPDIR");
	char folder[256], path[300];
	*f = (struct forecast){0};
	snprintf(folder, sizeof(folder), "%.200s/parprof-scale-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(folder)) {
		warning("no prediction: cannot make a folder in %s", base ? base : "/tmp");
		return;
	}
	snprintf(path, sizeof(path), "%s/run.db", folder);
	struct store *store = record(p, recorded_point(p), path);
	if (store)
		forecast_ask(f, p, store, predict_curve);
	if (!f->points && !execution_told())
		warning("no prediction: a recorded run of '%s' could not be replayed; it is "
			"measured all the same",
			p->command[0]);
	if (store)
		count_progress(f, p, store, path);
	store_close(store);
	unlink(path);
	rmdir(folder);
}

static void bind_point(struct query *q, const struct forecast *f, const struct plan *p, size_t i)
{
	query_bind_int(q, 5, p->points[0].n);
	query_bind_int(q, 6, p->points[i].n);
	query_bind_int(q, 7, p->points[i].cores);
	query_bind_int(q, 8, p->points[i].threads);
	query_bind_double(q, 9, f->points[i].speedup);
	query_bind_double(q, 10, f->points[i].low);
	query_bind_double(q, 11, f->points[i].high);
	query_bind_double(q, 12, f->error);
}

int forecast_keep(const struct forecast *f, struct store *store, const struct plan *p,
		  const struct identity *identity, int64_t sweep)
{
	if (throughput_keep(&f->throughput, store, sweep) != 0)
		return -1;
	if (!f->points)
		return 0;
	struct query *q = store_query(store, "INSERT INTO prediction VALUES (NULL, ?, ?, ?, ?, ?, "
					     "?, ?, nullif(?, 0), ?, ?, ?, ?)");
	int result = q ? store_begin(store) : -1;
	for (size_t i = 0; i < p->count && result == 0; i++) {
		query_bind_int(q, 1, f->made_unix_ns);
		query_bind_text(q, 2, identity->command);
		query_bind_text(q, 3, identity->build);
		query_bind_int(q, 4, sweep);
		bind_point(q, f, p, i);
		result = query_run(q);
	}
	query_close(q);
	return result == 0 ? store_commit(store) : result;
}

void forecast_free(struct forecast *f)
{
	free(f->points);
	f->points = NULL;
	throughput_free(&f->throughput);
}
