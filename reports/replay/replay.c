#include "reports/replay/replay.h"
#include "reports/replay/queues.h"
#include <math.h>
#include <stdio.h>

#define DRAWS 4

static int cores_of(const struct replay *r, const struct scenario *s)
{
	if (s->cores > 0)
		return s->cores;
	return r->history->cores > 0 ? r->history->cores : 1;
}

static const char *thread_name(const struct replay *r, const struct program *p, uint32_t thread)
{
	uint32_t t = p->thread[thread].history;
	return t < r->history->threads ? r->history->thread[t].name : "";
}

static void say_stuck(struct replay *r, const struct program *p, const struct outcome *o)
{
	static const char *const doing[OP_KIND_COUNT] = {[OP_acquire] = "a lock",
							 [OP_await] = "a signal",
							 [OP_take] = "an item",
							 [OP_barrier] = "the others at a barrier",
							 [OP_join] = "the end of a thread"};
	const char *what = o->stuck_op < p->ops ? doing[p->op[o->stuck_op].kind] : NULL;
	snprintf(r->stuck, sizeof(r->stuck), "thread '%s' waits for %s that nothing gives it",
		 thread_name(r, p, o->stuck), what ? what : "something");
}

/* Wall time; 0: stuck. A part of a run is cut off from what would have ended its last waits. */
static int64_t run(struct replay *r, const struct program *p, int cores, enum hand_over hand_over)
{
	struct machine m = {.cores = cores,
			    .hand_over = hand_over,
			    .quantum = MACHINE_QUANTUM,
			    .wakes = r->making.wakes,
			    .wake_cost = r->making.wake_cost};
	struct outcome o = {0};
	if (engine_run(p, &m, &o) == 0)
		return o.wall > 0 ? o.wall : 1;
	if (r->making.cut && o.last > 0)
		return o.last;
	say_stuck(r, p, &o);
	return 0;
}

/* A chain of edits, then the work dealt: all copies are freed but the last. */
static void change(struct program *to, const struct replay *r, const struct scenario *s,
		   const struct edit_case *c, enum deal_map map)
{
	struct program a, b;
	program_copy(&a, &r->program);
	for (size_t i = 0; i < s->edits; i++) {
		edit_apply(&b, &a, &s->edit[i], c);
		program_free(&a);
		a = b;
	}
	struct deal deal = {map, s->staff, s->staffs};
	deal_apply(to, &a, &r->crews, &deal);
	program_free(&a);
}

static bool has_levels(const struct scenario *s)
{
	for (size_t i = 0; i < s->edits; i++)
		if (edit_has_levels(&s->edit[i]))
			return true;
	return false;
}

/* What is left to chance is drawn several times: the mean. */
static int64_t wall(struct replay *r, const struct scenario *s, enum edit_level level,
		    enum hand_over hand_over, enum deal_map map)
{
	struct edit_case c = {level, cores_of(r, s), 0};
	uint64_t draws = level == EDIT_LIKELY && has_levels(s) ? DRAWS : 1;
	int64_t sum = 0;
	for (; c.seed < draws; c.seed++) {
		struct program p;
		change(&p, r, s, &c, map);
		int64_t t = run(r, &p, c.cores, hand_over);
		program_free(&p);
		if (!t)
			return 0;
		sum += t;
	}
	return sum / (int64_t)draws;
}

/* The run as it was, on cores that were not all its own. */
static int64_t run_slowed(struct replay *r, enum hand_over hand_over)
{
	static const struct scenario as_was = {0};
	struct edit_case c = {EDIT_LIKELY, cores_of(r, &as_was), 0};
	struct program p;
	if (r->making.speed >= REPLAY_ALONE)
		return r->base[hand_over][DEAL_AS_SEEN];
	change(&p, r, &as_was, &c, DEAL_AS_SEEN);
	for (size_t i = 0; i < p.ops; i++)
		if (p.op[i].kind == OP_cpu)
			p.op[i].ns = (int64_t)((double)p.op[i].ns / r->making.speed);
	int64_t t = run(r, &p, c.cores, hand_over);
	program_free(&p);
	return t;
}

static double error_of(const struct replay *r, int64_t t)
{
	return t && r->making.wall > 0 ? (double)t / (double)r->making.wall - 1 : INFINITY;
}

void replay_open(struct replay *r, const struct graph *g, const struct sites *sites, size_t limit)
{
	static const struct scenario as_was = {0};
	*r = (struct replay){.history = g->history};
	program_make(&r->program, g, limit, &r->making);
	r->queues = queues_find(&r->program, g->history, sites);
	crews_find(&r->crews, &r->program, g->history);
	for (int h = 0; h < 2; h++)
		for (int m = 0; m < DEAL_MAP_COUNT; m++)
			r->base[h][m] =
			    wall(r, &as_was, EDIT_LIKELY, (enum hand_over)h, (enum deal_map)m);
	double fifo = error_of(r, run_slowed(r, HAND_OVER_FIFO));
	double barging = error_of(r, run_slowed(r, HAND_OVER_BARGING));
	r->hand_over = fabs(fifo) < fabs(barging) ? HAND_OVER_FIFO : HAND_OVER_BARGING;
	r->error = r->hand_over == HAND_OVER_FIFO ? fifo : barging;
}

void replay_close(struct replay *r)
{
	crews_free(&r->crews);
	program_free(&r->program);
}

static void widen(struct band *b, double gain)
{
	if (gain <= 0)
		return;
	b->low = gain < b->low ? gain : b->low;
	b->high = gain > b->high ? gain : b->high;
}

/* 0: stuck, or there is nothing to compare it with. */
static double gain(struct replay *r, const struct scenario *s, enum edit_level level,
		   enum hand_over hand_over, enum deal_map map)
{
	int64_t base = r->base[hand_over][map], t = base ? wall(r, s, level, hand_over, map) : 0;
	return t ? (double)base / (double)t : 0;
}

/* What no replay knows: how times vary from run to run, in which order threads meet. Of the
 * programs of `make bench-models` nine in ten gained what was said, within a tenth of it on a log
 * scale. */
#define UNSURE 0.1
/* How readers overlap decides how long writers wait, and hangs on when they are woken. Set by one
 * program of `make bench-models`, which gained 0.3 less on that scale. */
#define UNSURE_READERS 0.3

static bool adds_readers(const struct scenario *s)
{
	for (size_t i = 0; i < s->edits; i++)
		if (s->edit[i].kind == EDIT_rwlock)
			return true;
	return false;
}

static void widen_by_what_is_unknown(struct band *b, const struct scenario *s)
{
	double factor = exp((adds_readers(s) ? UNSURE_READERS : UNSURE) * fabs(log(b->middle)));
	b->low /= factor;
	b->high *= factor;
}

int replay_run(struct replay *r, const struct scenario *s, struct band *b)
{
	enum hand_over mine = r->hand_over, other = 1 - mine;
	b->middle = isinf(r->error) ? 0 : gain(r, s, EDIT_LIKELY, mine, DEAL_AS_SEEN);
	if (b->middle <= 0)
		return -1;
	b->low = b->high = b->middle;
	widen(b, gain(r, s, EDIT_LIKELY, other, DEAL_AS_SEEN));
	for (int map = DEAL_AS_SEEN + 1; map < DEAL_MAP_COUNT; map++)
		widen(b, gain(r, s, EDIT_LIKELY, mine, (enum deal_map)map));
	if (has_levels(s)) {
		widen(b, gain(r, s, EDIT_WORST, mine, DEAL_AS_SEEN));
		widen(b, gain(r, s, EDIT_BEST, mine, DEAL_AS_SEEN));
	}
	widen_by_what_is_unknown(b, s);
	double error = fabs(r->error);
	if (error > REPLAY_TRUSTED) {
		b->low /= 1 + error;
		b->high *= 1 + error;
	}
	return 0;
}

uint32_t replay_largest_group(const struct replay *r)
{
	uint32_t best = NOBODY;
	int64_t most = 0;
	for (size_t i = 0; i < r->crews.count; i++) {
		int64_t work = 0;
		for (size_t j = 0; j < r->crews.count; j++)
			if (r->crews.crew[j].group == r->crews.crew[i].group)
				work += r->crews.crew[j].work_ns;
		if (work <= most)
			continue;
		most = work;
		best = r->crews.crew[i].group;
	}
	return best;
}
