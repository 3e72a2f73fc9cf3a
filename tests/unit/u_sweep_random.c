/*
 * The sweep of random histories: what must be true of any, and the same answers as by the rules of
 * account.h applied to every interval by itself, without anything kept from one to the next.
 */
#include "profiler/text.h"
#include "tests/unit/history_random.h"
#include "tests/unit/swept.h"
#include "tests/unit/unit.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORIES = 40000, COMPARED = 10000, CAUSES = ROOT_COUNT };

static struct dice dice;

static uint32_t random_below(uint32_t n)
{
	return dice_roll(&dice, n);
}

static int64_t between(int64_t low, int64_t high)
{
	return high > low ? low + random_below((uint32_t)(high - low + 1)) : low;
}

static void add_waits(struct history *h, uint32_t t)
{
	int64_t at = between(h->thread[t].begin, h->thread[t].end);

	while (at < h->thread[t].end) {
		struct history_wait *w = history_add_wait(h);
		w->thread = t;
		w->object = random_below((uint32_t)h->objects);
		w->begin = at;
		w->end = at = between(at, h->thread[t].end < at + 60 ? h->thread[t].end : at + 60);
		w->stack = random_below(4);
		w->weight = random_below(8) ? 1 : (uint16_t)(1 + random_below(5));
		w->flags = random_below(6) ? 0 : (uint8_t)(1u << random_below(4));
		if (random_below(2))
			w->holder = random_below((uint32_t)h->threads);
		w->other = h->object[w->object].family == HISTORY_condition
			       ? random_below((uint32_t)h->objects)
			       : random_below((uint32_t)h->threads);
		at += random_below(3) ? random_below(30) : 0;
	}
}

static void add_holds(struct history *h, uint32_t object)
{
	int64_t at = random_below(30);

	while (at < h->end_ns) {
		struct history_hold *r = history_add_hold(h);
		r->object = object;
		r->thread = random_below((uint32_t)h->threads);
		r->acquired = random_below(5) ? at : 0;
		r->released = at = between(at, at + 40);
		r->stack = random_below(4);
		r->waiters = (uint16_t)random_below(3);
		at += random_below(2) ? random_below(20) : 0;
	}
}

static void add_others(struct history *h, bool usages)
{
	for (uint32_t i = random_below(20); i > 0; i--) {
		struct history_wake *w = history_add_wake(h);
		w->time = between(0, h->end_ns);
		w->thread = random_below((uint32_t)h->threads);
		w->object = random_below((uint32_t)h->objects);
		w->count = random_below(3) ? 1 : UINT32_MAX;
	}
	for (uint32_t i = random_below(4); i > 0; i--) {
		struct history_poll *p = history_add_poll(h);
		p->thread = random_below((uint32_t)h->threads);
		p->object = random_below((uint32_t)h->objects);
		p->first = between(0, h->end_ns);
		p->last = between(p->first, h->end_ns);
		p->count = 2 + random_below(9);
	}
	for (uint32_t i = usages ? random_below(9) : 0; i > 0; i--) {
		struct history_usage *u = history_add_usage(h);
		u->thread = random_below((uint32_t)h->threads);
		u->time = between(0, h->end_ns);
		u->cpu_ns = random_below((uint32_t)u->time + 1);
		u->voluntary = random_below(9);
		u->involuntary = random_below(9);
	}
}

/* Lives of some hundred ns; with usages, lives of some hundred µs: shorter ones are no usage. */
static void random_history(struct history *h, bool usages)
{
	uint32_t threads = 1 + random_below(7), objects = 1 + random_below(6);

	*h = (struct history){.end_ns = between(50, 400), .cores = 1 + (int)random_below(6)};
	for (uint32_t i = 0; i < threads; i++) {
		char name[] = {'t', (char)('0' + i), 0};
		struct history_thread *t = history_add_thread(h, name);
		t->begin = random_below(2) ? 0 : between(0, h->end_ns);
		t->end = random_below(2) ? h->end_ns : between(t->begin, h->end_ns);
		/* Without a parent nobody's end is anybody's affair: see answer_interval(). */
		t->parent = usages && i && random_below(3) ? random_below(i) : NOBODY;
	}
	for (uint32_t i = 0; i < objects; i++) {
		char name[] = {'o', (char)('0' + i), 0};
		struct history_object *o =
		    history_add_object(h, random_below(HISTORY_FAMILY_COUNT), name);
		o->group = random_below(3) ? i : random_below(i + 1);
		o->group = h->object[o->group].group == o->group ? o->group : i;
		o->use = random_below(4) ? o->use : random_below(HISTORY_USE_COUNT);
	}
	for (uint32_t i = 0; i < threads; i++)
		add_waits(h, i);
	for (uint32_t i = 0; i < objects; i++)
		add_holds(h, i);
	add_others(h, usages);
	history_sort(h);
	if (!usages)
		return;
	for (size_t i = 0; i < h->threads; i++)
		if (random_below(2)) {
			h->thread[i].cpu_ns = between(0, h->thread[i].end - h->thread[i].begin);
			h->thread[i].voluntary = random_below(20);
			h->thread[i].involuntary = random_below(20);
		}
}

/* Of programs, damaged ones, and ones without any sense: all wait for all. */
enum source { PROGRAM, DAMAGED, SENSELESS, SENSELESS_USED, SOURCES };

static void swept_random(struct swept *s, enum source source, uint64_t seed)
{
	*s = (struct swept){0};
	dice = dice_of(seed);
	if (source == PROGRAM)
		history_random(&s->history, seed, NULL);
	else if (source == DAMAGED)
		history_damaged(&s->history, seed);
	else
		random_history(&s->history, source == SENSELESS_USED);
	history_sort(&s->history);
	graph_make(&s->graph, &s->history);
	account_make(&s->account, &s->graph, 0);
}

static void fail(struct swept *s, uint64_t seed, const char *what)
{
	printf("seed %ju: %s\n", (uintmax_t)seed, what);
	history_print(&s->history);
	CU_FAIL_FATAL(what);
}

TEST(sweep_random, every_history_is_divided_without_a_rest)
{
	for (uint64_t i = 1; i <= HISTORIES; i++) {
		struct swept s;
		const char *broken;
		swept_random(&s, i % SOURCES, i);
		broken = swept_broken(&s);
		if (broken)
			fail(&s, i, broken);
		swept_free(&s);
	}
}

/* What the sweep finds, as tables: [object group][cause][culprit], objects and threads counted from
 * 1, 0: none. */
enum { OBJECTS = 8, THREADS = 9 };
struct answer {
	int64_t blame[OBJECTS][CAUSES][THREADS][2]; /* direct */
	double lock[OBJECTS], spin[OBJECTS], io, timer, wake_up, work;
};

/* One interval (from, to] in which nothing changes. */
struct moment {
	const struct swept *s;
	struct answer *answer;
	int64_t from, to;
	struct tile tile[THREADS];
	bool alive[THREADS];
};

static bool held_family(const struct history *h, const struct tile *t)
{
	enum history_family f = h->object[t->object].family;
	return t->state == TILE_spin || f == HISTORY_mutex || f == HISTORY_rwlock ||
	       f == HISTORY_spin || f == HISTORY_once || f == HISTORY_gil;
}

static bool is_lock(const struct history *h, uint32_t object)
{
	return h->object[object].use == USE_LOCK || h->object[object].family == HISTORY_once;
}

static bool waits(const struct tile *t)
{
	return tile_is_wait(t->state) || t->state == TILE_spin;
}

static const struct history_hold *next_hold(const struct history *h, uint32_t object, int64_t time)
{
	struct range r = h->object[object].holds;
	for (uint32_t i = r.first; i < r.first + r.count; i++)
		if (h->hold[i].released > time)
			return &h->hold[i];
	return NULL;
}

/* What a waiting tile hangs on: an object, a thread, or neither. */
struct link {
	bool object, woken;
	uint32_t thread;
};

static struct link link_of(const struct moment *m, uint32_t thread)
{
	const struct history *h = &m->s->history;
	const struct tile *t = &m->tile[thread];
	const struct history_wait *w = t->wait == NOTHING ? NULL : &h->wait[t->wait];
	bool gave_up = w && w->flags & (HISTORY_TIMED_OUT | HISTORY_CANCELLED | HISTORY_UNFINISHED);
	struct link l = {false, false, t->waker};

	if (held_family(h, t)) {
		const struct history_hold *r = next_hold(h, t->object, t->begin);
		l.object = r && (r->released <= t->end || (r->acquired && r->acquired <= t->begin));
		if (!l.object && l.thread == NOBODY && w && w->holder != thread)
			l.thread = w->holder;
	}
	l.woken = (l.object || l.thread != NOBODY) && !gave_up && t->woken <= m->from &&
		  t->woken < t->end;
	return l;
}

struct end {
	enum account_cause cause;
	uint32_t culprit, lock;
	bool direct;
};

static enum account_cause cause_of(const struct moment *m, uint32_t thread)
{
	const struct history_thread *t = &m->s->history.thread[thread];
	if (!m->alive[thread])
		return m->from < t->begin && t->created > 0 && t->created <= m->from ? ROOT_ready
										     : ROOT_unknown;
	if (m->tile[thread].state == TILE_io || m->tile[thread].state == TILE_timer)
		return m->tile[thread].state == TILE_io ? ROOT_io : ROOT_timer;
	return ROOT_run;
}

/* Follows the chain of a thread that is not woken yet. */
static struct end end_of(const struct moment *m, uint32_t thread)
{
	const struct history *h = &m->s->history;
	struct end e = {ROOT_unknown, NOBODY, NOTHING, true};

	for (int depth = 0; depth < 10; depth++) {
		const struct tile *t = &m->tile[thread];
		struct link l = link_of(m, thread);
		uint32_t next = l.thread;
		e.direct = depth == 0;
		if (is_lock(h, t->object) && (l.object || next != NOBODY))
			e.lock = h->object[t->object].group;
		if (l.object) {
			const struct history_hold *r = next_hold(h, t->object, m->from);
			bool is_free = r && r->acquired > m->from;
			if (!r || is_free) {
				e.cause = is_free && m->tile[thread].state != TILE_spin
					      ? ROOT_wake_up
					      : ROOT_unknown;
				return e;
			}
			next = r->thread;
		}
		if (next == NOBODY) { /* the last one waits alone: it is the root */
			e.culprit = depth ? thread : NOBODY;
			return e;
		}
		if (!m->alive[next] || !waits(&m->tile[next])) {
			e.cause = cause_of(m, next);
			e.culprit = next;
			return e;
		}
		l = link_of(m, next);
		if (l.woken || (!l.object && l.thread == NOBODY)) {
			e.cause = l.woken ? ROOT_wake_up : ROOT_unknown;
			e.culprit = next;
			e.direct = depth == 0;
			return e;
		}
		thread = next;
	}
	e.culprit = NOBODY;
	return e;
}

static struct end alone_or_end(const struct moment *m, uint32_t thread)
{
	const struct history *h = &m->s->history;
	const struct tile *t = &m->tile[thread];
	struct link l = link_of(m, thread);
	struct end e = {ROOT_unknown, NOBODY, NOTHING, true};

	if (l.woken)
		e.cause = ROOT_wake_up;
	else if (l.object || l.thread != NOBODY)
		return end_of(m, thread);
	else if (t->wait != NOTHING && h->wait[t->wait].flags & HISTORY_TIMED_OUT &&
		 t->state == TILE_idle)
		e.cause = ROOT_timer;
	if (!l.woken && is_lock(h, t->object))
		e.lock = h->object[t->object].group;
	return e;
}

static int tier_of(const struct history *h, const struct tile *t)
{
	enum history_family f = h->object[t->object].family;
	if (t->state == TILE_spin || is_lock(h, t->object))
		return 0;
	if (h->object[t->object].use != USE_PHASE)
		return 1;
	return f == HISTORY_join || f == HISTORY_child ? 2 : 0;
}

static void answer_interval(struct moment *m)
{
	const struct history *h = &m->s->history;
	double weight[3] = {0, 0, 0}, share[3], progress = 0, lanes = m->s->account.lanes, lost;
	bool outside = m->s->account.waits_progress;
	double dt = (double)(m->to - m->from);
	int tier[THREADS];

	for (uint32_t t = 0; t < h->threads; t++) {
		enum tile_state state = m->tile[t].state;
		tier[t] = -1;
		if (!m->alive[t])
			continue;
		if (state == TILE_run || (outside && (state == TILE_io || state == TILE_timer)))
			progress++;
		else
			tier[t] = !waits(&m->tile[t]) ? 1 : tier_of(h, &m->tile[t]);
		if (tier[t] >= 0 && waits(&m->tile[t]) && link_of(m, t).woken)
			tier[t] = 0;
		if (tier[t] >= 0)
			weight[tier[t]]++;
	}
	lost = progress < lanes ? lanes - progress : 0;
	m->answer->work += (lanes - lost) * dt;
	for (int i = 0; i < 3; i++) {
		share[i] = weight[i] > 0 ? fmin(1, lost / weight[i]) : 0;
		lost -= share[i] * weight[i];
	}
	for (uint32_t t = 0; t < h->threads; t++) {
		const struct tile *tile = &m->tile[t];
		double loss = tier[t] < 0 ? 0 : share[tier[t]] * dt;
		if (tier[t] < 0)
			continue;
		if (!waits(tile)) {
			*(tile->state == TILE_io ? &m->answer->io : &m->answer->timer) += loss;
			continue;
		}
		struct end e = alone_or_end(m, t);
		uint32_t group = h->object[tile->object].group;
		int64_t many = tile->wait == NOTHING ? 1 : h->wait[tile->wait].weight;
		m->answer->blame[group + 1][e.cause][e.culprit == NOBODY ? 0 : e.culprit + 1]
				[e.direct] += many * (m->to - m->from);
		if (link_of(m, t).woken)
			m->answer->wake_up += loss;
		else if (tile->state == TILE_spin)
			m->answer->spin[group + 1] += loss;
		else if (e.lock != NOTHING)
			m->answer->lock[e.lock + 1] += loss;
	}
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static size_t changes(const struct history *h, int64_t *time)
{
	size_t n = 0;
	for (size_t i = 0; i < h->threads; i++) {
		time[n++] = h->thread[i].begin;
		time[n++] = h->thread[i].end;
		time[n++] = h->thread[i].created;
	}
	for (size_t i = 0; i < h->waits; i++) {
		time[n++] = h->wait[i].begin;
		time[n++] = h->wait[i].woken;
		time[n++] = h->wait[i].end;
	}
	for (size_t i = 0; i < h->holds; i++) {
		time[n++] = h->hold[i].acquired;
		time[n++] = h->hold[i].released;
	}
	for (size_t i = 0; i < h->polls; i++) {
		time[n++] = h->poll[i].first;
		time[n++] = h->poll[i].woken;
		time[n++] = h->poll[i].last;
	}
	time[n++] = 0;
	time[n++] = h->end_ns;
	qsort(time, n, sizeof(*time), by_time);
	return n;
}

static void answer_plainly(const struct swept *s, struct answer *a)
{
	const struct history *h = &s->history;
	int64_t *time = memory_new(3 * (h->threads + h->waits + h->holds + h->polls) + 9, 8);
	size_t n = changes(h, time);
	struct moment m = {.s = s, .answer = a};

	for (size_t i = 0; i + 1 < n; i++) {
		m.from = time[i];
		m.to = time[i + 1];
		if (m.from == m.to)
			continue;
		for (uint32_t t = 0; t < h->threads; t++)
			m.alive[t] = tile_before(&s->graph, t, m.to, &m.tile[t]);
		answer_interval(&m);
	}
	free(time);
}

static void answer_of_sweep(const struct swept *s, struct answer *a)
{
	for (size_t i = 0; i < s->account.blames; i++) {
		const struct account_blame *b = &s->account.blame[i];
		a->blame[b->object + 1][b->cause][b->culprit == NOBODY ? 0 : b->culprit + 1]
			[b->direct] += b->ns;
	}
	for (size_t i = 0; i < s->account.parts; i++) {
		const struct account_part *p = &s->account.part[i];
		double *sum = p->kind == PART_work	? &a->work
			      : p->kind == PART_io	? &a->io
			      : p->kind == PART_timer	? &a->timer
			      : p->kind == PART_wake_up ? &a->wake_up
			      : p->kind == PART_lock	? &a->lock[p->object + 1]
			      : p->kind == PART_spin	? &a->spin[p->object + 1]
							: NULL;
		if (sum)
			*sum += p->ns;
	}
}

static bool differs(double a, double b)
{
	return fabs(a - b) > 0.01;
}

static const char *compare_blame(const struct answer *a, const struct answer *b)
{
	static char text[128];

	for (int o = 0; o < OBJECTS; o++)
		for (int i = 0; i < CAUSES * THREADS * 2; i++) {
			int64_t x = (&a->blame[o][0][0][0])[i], y = (&b->blame[o][0][0][0])[i];
			if (x == y)
				continue;
			snprintf(text, sizeof(text), "blame for o%d on t%d: %s%s: %jd, not %jd",
				 o - 1, i / 2 % THREADS - 1, account_cause_words[i / 2 / THREADS],
				 i % 2 ? ", direct" : "", (intmax_t)y, (intmax_t)x);
			return text;
		}
	return NULL;
}

static const char *compare(const struct answer *a, const struct answer *b)
{
	const char *what = compare_blame(a, b);

	if (what)
		return what;
	for (int i = 0; i < OBJECTS; i++)
		if (differs(a->lock[i], b->lock[i]) || differs(a->spin[i], b->spin[i]))
			return "locks";
	if (differs(a->io, b->io) || differs(a->timer, b->timer))
		return "outside";
	if (differs(a->wake_up, b->wake_up))
		return "wake-up";
	return differs(a->work, b->work) ? "work" : NULL;
}

TEST(sweep_random, the_answers_are_those_of_every_interval_by_itself)
{
	for (uint64_t i = 1; i <= COMPARED; i++) {
		struct answer plain = {0}, swept = {0};
		struct swept s;
		const char *what;
		swept_random(&s, SENSELESS, i);
		answer_plainly(&s, &plain);
		answer_of_sweep(&s, &swept);
		what = compare(&plain, &swept);
		if (what)
			fail(&s, i, what);
		swept_free(&s);
	}
}
