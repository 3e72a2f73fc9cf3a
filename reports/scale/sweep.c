#include "reports/scale/sweep.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include "reports/fit/random.h"
#include <stdlib.h>
#include <time.h>

/* The state of a sweep that runs. */
struct measuring {
	struct sweep *sweep;
	int done, all; /* runs, with those that only warm up */
	int64_t spent_ns;
	int first_status; /* of the first run: all others must end like it */
};

static void show_progress(const struct measuring *m, const struct plan_point *p)
{
	struct text left = {0};
	if (m->done) {
		text_add(&left, ", about ");
		text_add_ns(&left, m->spent_ns / m->done * (m->all - m->done));
		text_add(&left, " left");
	}
	progress("run %d of %d, %d %s%s", m->done + 1, m->all, p->n,
		 p->threads ? "threads" : "cores", text_string(&left));
	text_free(&left);
}

/* False: it ended otherwise than the first did. */
static bool ended_like_first(struct measuring *m, const struct execution *t,
			     const struct plan_point *p)
{
	if (!m->done) {
		m->first_status = t->status;
		if (t->status)
			warning("'%s' ends with status %d%s", t->argv[0], t->status,
				m->sweep->show_output ? "" : "; --show-output shows what it says");
		return true;
	}
	if (t->status == m->first_status)
		return true;
	error("'%s' ended with status %d with %d %s, but with %d before; the sweep ends here",
	      t->argv[0], t->status, p->n, p->threads ? "threads" : "cores", m->first_status);
	return false;
}

/* One run of a point; false ends the sweep. What it took is in *t. */
static bool run_once(struct measuring *m, const struct plan_point *p, struct execution *t)
{
	struct sweep *s = m->sweep;
	*t = plan_execution(s->plan, p);
	t->show_output = s->show_output;
	show_progress(m, p);
	int failure = execution_told() ? 0 : execution_run(t);
	bool fine = !failure && !execution_told();
	if (failure) {
		s->ended = SWEEP_FAILED;
		s->status = failure;
	} else if (execution_told()) {
		s->ended = SWEEP_INTERRUPTED;
		s->status = 128 + execution_told();
	} else if (!ended_like_first(m, t, p)) {
		s->ended = SWEEP_FAILED;
		s->status = t->status;
		fine = false;
	} else {
		s->status = t->status;
	}
	plan_release(t);
	t->argv = NULL;
	t->value = NULL;
	m->done++;
	m->spent_ns += t->wall_ns;
	return fine;
}

/* Fisher and Yates. */
static void shuffle(size_t *order, size_t count, struct random *r)
{
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; i > 1; i--) {
		size_t k = random_below(r, i), other = order[i - 1];
		order[i - 1] = order[k];
		order[k] = other;
	}
}

static bool round_measure(struct measuring *m, size_t round, struct random *r)
{
	struct sweep *s = m->sweep;
	size_t count = s->plan->count;
	size_t *order = memory_new(count, sizeof(*order));
	bool fine = true;
	shuffle(order, count, r);
	for (size_t i = 0; i < count && fine; i++) {
		struct sweep_run *run = &s->runs[order[i] * s->rounds + round];
		fine = run_once(m, &s->plan->points[order[i]], &run->took);
		run->position = fine ? (int)(round * count + i) + 1 : 0;
	}
	free(order);
	return fine;
}

/* The point with the most cores is the fastest one, as a rule: there warming up costs least. */
static bool warm_up(struct measuring *m)
{
	struct execution t;
	for (size_t i = 0; i < m->sweep->warmup; i++)
		if (!run_once(m, &m->sweep->plan->points[m->sweep->plan->count - 1], &t))
			return false;
	return true;
}

void sweep_measure(struct sweep *s)
{
	struct timespec now;
	struct random r = random_seed(s->seed);
	struct measuring m = {.sweep = s, .all = (int)(s->warmup + s->rounds * s->plan->count)};
	clock_gettime(CLOCK_REALTIME, &now);
	s->began_unix_ns = now.tv_sec * 1000000000ll + now.tv_nsec;
	s->runs = memory_new(s->rounds * s->plan->count, sizeof(*s->runs));
	s->ended = SWEEP_COMPLETE;
	bool fine = warm_up(&m);
	for (size_t round = 0; round < s->rounds && fine; round++)
		fine = round_measure(&m, round, &r);
	progress_erase();
}

void sweep_free(struct sweep *s)
{
	free(s->runs);
}

const char *sweep_end_name(enum sweep_end end)
{
	static const char *const names[] = {
	    [SWEEP_COMPLETE] = "complete",
	    [SWEEP_INTERRUPTED] = "interrupted",
	    [SWEEP_FAILED] = "failed",
	};
	return names[end];
}
