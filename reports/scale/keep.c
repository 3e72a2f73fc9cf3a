#include "reports/scale/keep.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const pin_names[] = {
    [PIN_COMPACT] = "compact", [PIN_SCATTER] = "scatter", [PIN_NONE] = "none"};

static const struct sweep_run *run_of(const struct sweep *s, size_t point, size_t round)
{
	return &s->runs[point * s->rounds + round];
}

/* Shares of the point's cores over all its runs. */
static void gather_point(struct figures_point *p, const struct sweep *s, size_t point)
{
	const struct plan_point *plan = &s->plan->points[point];
	double others = 0, used = 0, time = 0;
	p->n = plan->n;
	p->seconds = memory_new(s->rounds, sizeof(*p->seconds));
	for (size_t r = 0; r < s->rounds; r++) {
		const struct sweep_run *run = run_of(s, point, r);
		if (!run->position)
			continue;
		p->seconds[p->runs++] = (double)run->took.wall_ns / 1e9;
		others += (double)(run->took.others_ns + run->took.stolen_ns);
		used += (double)(run->took.user_ns + run->took.system_ns);
		time += (double)run->took.wall_ns * plan->cores;
	}
	p->others = time > 0 ? others / time : 0;
	p->busy = time > 0 ? (others + used) / time : 0;
}

void figures_gather(struct figures *f, const struct sweep *s, bool grows)
{
	*f = (struct figures){.grows = grows};
	f->points = memory_new(s->plan->count, sizeof(*f->points));
	for (size_t i = 0; i < s->plan->count; i++) {
		struct figures_point *p = &f->points[f->count];
		gather_point(p, s, i);
		if (p->runs)
			f->count++;
		else
			free(p->seconds);
	}
	figures_make(f);
}

static int64_t ns(double seconds)
{
	return llround(seconds * 1e9);
}

static int64_t write_sweep(struct store *store, const struct sweep *s, const struct figures *f,
			   const struct identity *i)
{
	char host[256] = "", *directory = getcwd(NULL, 0);
	gethostname(host, sizeof(host) - 1);
	struct query *q = store_query(
	    store,
	    "INSERT INTO sweep VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	    "?, nullif(?, 0), nullif(?, 0))");
	query_bind_text(q, 1, i->command);
	query_bind_text(q, 2, i->path ? i->path : "");
	query_bind_text(q, 3, i->build);
	query_bind_int(q, 4, s->began_unix_ns);
	query_bind_text(q, 5, host);
	query_bind_text(q, 6, directory ? directory : "");
	query_bind_int(q, 7, s->plan->cores.count);
	query_bind_text(q, 8, pin_names[s->plan->pin]);
	query_bind_text(q, 9, s->plan->placeholder);
	query_bind_text(q, 10, s->plan->variable);
	query_bind_int(q, 11, f->grows);
	query_bind_int(q, 12, (int64_t)s->rounds);
	query_bind_int(q, 13, (int64_t)s->warmup);
	query_bind_int(q, 14, (int64_t)s->seed);
	query_bind_text(q, 15, sweep_end_name(s->ended));
	query_bind_int(q, 16, s->status);
	query_bind_text(q, 17, f->verdict);
	query_bind_int(q, 18, f->best);
	query_bind_int(q, 19, f->knee);
	int result = q ? query_run(q) : -1;
	query_close(q);
	free(directory);
	return result == 0 ? store_last_id(store) : -1;
}

/* What of the runs is no time: medians, and the most memory. */
struct usage {
	double cpu, voluntary, involuntary, memory;
};

static struct usage usage_of(const struct sweep *s, size_t point)
{
	double *cpu = memory_new(3 * s->rounds, sizeof(*cpu));
	double *voluntary = cpu + s->rounds, *involuntary = voluntary + s->rounds;
	struct usage u = {0};
	size_t count = 0;
	for (size_t r = 0; r < s->rounds; r++) {
		const struct sweep_run *run = run_of(s, point, r);
		if (!run->position)
			continue;
		cpu[count] = (double)(run->took.user_ns + run->took.system_ns);
		voluntary[count] = (double)run->took.voluntary;
		involuntary[count++] = (double)run->took.involuntary;
		u.memory = fmax(u.memory, (double)run->took.rss_bytes);
	}
	u.cpu = median(cpu, count);
	u.voluntary = median(voluntary, count);
	u.involuntary = median(involuntary, count);
	free(cpu);
	return u;
}

static void bind_figures(struct query *q, const struct figures_point *p, bool first)
{
	bool known = p->speedup.known && !first;
	query_bind_int(q, 2, p->n);
	query_bind_int(q, 5, (int64_t)p->runs);
	query_bind_int(q, 6, ns(p->time));
	query_bind_int(q, 7, ns(p->quartile_low));
	query_bind_int(q, 8, ns(p->quartile_high));
	query_bind_double(q, 9, p->speedup.middle);
	keep_known(q, 10, known ? p->speedup.low : NAN);
	keep_known(q, 11, known ? p->speedup.high : NAN);
	query_bind_double(q, 12, p->efficiency);
	keep_known(q, 13, p->serial);
	keep_known(q, 14, p->serial_low);
	keep_known(q, 15, p->serial_high);
	query_bind_double(q, 20, p->others);
	query_bind_double(q, 21, p->busy);
}

static int write_point(struct query *q, const struct sweep *s, size_t point, int64_t sweep,
		       const struct figures_point *p)
{
	const struct plan_point *plan = &s->plan->points[point];
	struct usage u = usage_of(s, point);
	query_bind_int(q, 1, sweep);
	query_bind_int(q, 3, plan->cores);
	query_bind_int(q, 4, plan->threads);
	bind_figures(q, p, plan == s->plan->points);
	query_bind_int(q, 16, llround(u.cpu));
	query_bind_int(q, 17, llround(u.memory));
	query_bind_int(q, 18, llround(u.voluntary));
	query_bind_int(q, 19, llround(u.involuntary));
	return query_run(q);
}

static int write_runs(struct query *q, const struct sweep *s, size_t point, int64_t id)
{
	int result = 0;
	for (size_t r = 0; r < s->rounds && result == 0; r++) {
		const struct sweep_run *run = run_of(s, point, r);
		const struct execution *t = &run->took;
		const int64_t values[] = {id,		(int64_t)r + 1, run->position,
					  t->wall_ns,	t->user_ns,	t->system_ns,
					  t->rss_bytes, t->voluntary,	t->involuntary,
					  t->others_ns, t->stolen_ns,	t->status};
		for (int i = 0; i < 12; i++)
			query_bind_int(q, i + 1, values[i]);
		if (run->position)
			result = query_run(q);
	}
	return result;
}

static int write_points(struct store *store, const struct sweep *s, const struct figures *f,
			int64_t sweep)
{
	struct query *point = store_query(
	    store, "INSERT INTO scale_point VALUES (NULL, ?, ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?, "
		   "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	struct query *run =
	    store_query(store, "INSERT INTO scale_run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	const struct figures_point *p = f->points;
	int result = point && run ? 0 : -1;
	for (size_t i = 0; i < s->plan->count && result == 0; i++) {
		if (p == f->points + f->count || p->n != s->plan->points[i].n)
			continue;
		result = write_point(point, s, i, sweep, p++);
		if (result == 0)
			result = write_runs(run, s, i, store_last_id(store));
	}
	query_close(point);
	query_close(run);
	return result;
}

int64_t keep_sweep(struct store *store, const struct sweep *s, const struct figures *f,
		   const struct identity *i)
{
	if (store_begin(store) != 0)
		return -1;
	int64_t sweep = write_sweep(store, s, f, i);
	int result = sweep < 0 ? -1 : write_points(store, s, f, sweep);
	if (result == 0 && f->fitted_amdahl)
		result = keep_law(store, f, &f->amdahl, "amdahl", false, sweep);
	if (result == 0 && f->fitted_usl)
		result = keep_law(store, f, &f->usl, "usl", true, sweep);
	if (store_commit(store) != 0 || result != 0)
		return -1;
	return sweep;
}
