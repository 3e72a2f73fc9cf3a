#include "reports/replay/crews.h"
#include "profiler/hash.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

#define RECURS_LEAST 3	    /* times in some thread, to be a place that recurs */
#define UNITS_ENOUGH 256    /* more are not needed: rather whole turns of the outer loop */
#define COVERAGE_ENOUGH 0.9 /* of what the best place covers */
#define UNEQUAL 0.02	    /* units of a thread apart from the mean of all: they were pulled */

/* A place at which threads of a crew do something while they hold no lock. */
struct place {
	uint64_t key;
	size_t count, most; /* in all threads, in one */
	double covered;	    /* time from the first to the last time, sum over threads */
	uint32_t first;	    /* operation, earliest */
};

struct look { /* at a place in one thread */
	int64_t begin, end;
	size_t count;
};

struct search {
	struct program *program;
	const struct history *history;
	const struct crew *crew;
	const uint32_t *thread;
	struct hash look; /* (place, thread) */
	struct place *place;
	size_t places, room;
	struct hash index; /* key -> index of place + 1 */
};

static bool takes_time(const struct op *op)
{
	return op->kind == OP_cpu || op->kind == OP_sleep;
}

static const struct span *code_of(const struct program *p, uint32_t thread)
{
	return &p->span[p->thread[thread].spans.first];
}

/* Whether a unit may begin with it, and its name: kind, place, and the queue it takes from. */
static uint64_t key_of(const struct op *op)
{
	uint64_t object = op->kind == OP_take ? op->number + 1ull : 0;
	if (op->kind != OP_take && op->kind != OP_acquire && op->kind != OP_sleep)
		return 0;
	return ((uint64_t)op->stack << 4 | op->kind) ^ object << 40;
}

static struct place *place_of(struct search *s, uint64_t key, uint32_t at)
{
	bool fresh;
	size_t *index = hash_put(&s->index, key, 1, &fresh);
	if (fresh) {
		if (s->places == s->room) {
			s->room = s->room * 2 + 16;
			s->place = memory_grow(s->place, s->room, sizeof(*s->place));
		}
		*index = s->places;
		s->place[s->places++] = (struct place){.key = key, .first = at};
	}
	return &s->place[*index];
}

static void look_at(struct search *s, uint32_t thread, uint32_t at, uint64_t key, int64_t time)
{
	bool fresh;
	struct place *p = place_of(s, key, at);
	struct look *l = hash_put(&s->look, key, thread + 1ull, &fresh);
	if (!l->count++)
		l->begin = time;
	p->covered += (double)(time - (l->count > 1 ? l->end : time));
	l->end = time;
	p->count++;
	if (l->count > p->most)
		p->most = l->count;
}

static void look_through(struct search *s, uint32_t thread)
{
	const struct span *code = code_of(s->program, thread);
	int64_t time = 0;
	uint32_t held = 0;
	for (uint32_t i = code->first; i < code->first + code->count; i++) {
		const struct op *op = &s->program->op[i];
		uint64_t key = held ? 0 : key_of(op);
		if (key)
			look_at(s, thread, i, key, time);
		held += op->kind == OP_acquire;
		held -= op->kind == OP_release && held;
		time += takes_time(op) ? op->ns : 1;
	}
}

/* Of two places that cover about all: with enough units the coarser one, else the finer one; at
 * equal numbers the one that comes first. */
static bool is_better(const struct place *a, const struct place *b)
{
	bool a_enough = a->count >= UNITS_ENOUGH, b_enough = b->count >= UNITS_ENOUGH;
	double more = (double)a->count / (double)b->count;
	if (more > 0.8 && more < 1.25)
		return a->first < b->first;
	if (a_enough != b_enough)
		return a_enough;
	return a_enough ? a->count < b->count : a->count > b->count;
}

static bool is_take(const struct place *p)
{
	return (p->key & 15) == OP_take;
}

/* The place where a unit begins. A queue it takes from goes before all others. */
static const struct place *choose(const struct search *s)
{
	const struct place *best = NULL;
	double covered = 0;
	bool takes = false;
	for (size_t i = 0; i < s->places; i++)
		takes |= is_take(&s->place[i]) && s->place[i].most >= RECURS_LEAST;
	for (size_t i = 0; i < s->places; i++)
		if (s->place[i].most >= RECURS_LEAST && (!takes || is_take(&s->place[i])) &&
		    s->place[i].covered > covered)
			covered = s->place[i].covered;
	for (size_t i = 0; i < s->places; i++) {
		const struct place *p = &s->place[i];
		if (p->most < RECURS_LEAST || p->covered < covered * COVERAGE_ENOUGH ||
		    (takes && !is_take(p)))
			continue;
		if (!best || is_better(p, best))
			best = p;
	}
	return best;
}

/* Where a stretch of a thread between barriers begins units: at a place, or before the time that
 * goes before it. */
struct cut {
	struct program *program;
	uint64_t key;
	bool time_first;
	size_t units;
	int64_t before, behind; /* time before the first place, behind the last operation */
};

/* Back over the time before an operation, not beyond first. */
static uint32_t before_time(const struct program *p, uint32_t at, uint32_t first)
{
	while (at > first && takes_time(&p->op[at - 1]))
		at--;
	return at;
}

static int64_t time_of(const struct program *p, uint32_t from, uint32_t to)
{
	int64_t sum = 0;
	for (; from < to; from++)
		if (takes_time(&p->op[from]))
			sum += p->op[from].ns;
	return sum;
}

/* The next place in [at, end) with no lock held; end: none. *last: behind the last operation before
 * it that was not time. */
static uint32_t next_place(const struct cut *c, uint32_t at, uint32_t end, uint32_t *last)
{
	uint32_t held = 0;
	for (; at < end; at++) {
		const struct op *op = &c->program->op[at];
		if (!held && key_of(op) == c->key)
			return at;
		held += op->kind == OP_acquire;
		held -= op->kind == OP_release && held;
		if (!takes_time(op))
			*last = at + 1;
	}
	return end;
}

static void measure(struct cut *c, uint32_t first, uint32_t end)
{
	uint32_t last = first, at = next_place(c, first, end, &last);
	if (at == end)
		return;
	c->before += time_of(c->program, before_time(c->program, at, first), at);
	while (at < end) {
		last = at + 1;
		at = next_place(c, at + 1, end, &last);
	}
	if ((c->key & 15) != OP_sleep)
		c->behind += time_of(c->program, last, end);
}

/* So many operations that are not time; the last unit has as many as the one before it. */
static uint32_t steps(const struct program *p, uint32_t from, uint32_t to)
{
	uint32_t n = 0;
	for (; from < to; from++)
		n += !takes_time(&p->op[from]);
	return n;
}

/* Where the last unit, which begins at `at`, ends. */
static uint32_t end_of_last(const struct cut *c, uint32_t at, uint32_t end, uint32_t wanted)
{
	const struct program *p = c->program;
	uint32_t i = at, done = 0, held = 0;
	if (!wanted)
		return end;
	for (; i < end && (done < wanted || held); i++) {
		done += !takes_time(&p->op[i]);
		held += p->op[i].kind == OP_acquire;
		held -= p->op[i].kind == OP_release && held;
	}
	while (!c->time_first && i < end && takes_time(&p->op[i]))
		i++;
	return i;
}

static void mark(struct cut *c, uint32_t first, uint32_t end)
{
	struct program *p = c->program;
	uint32_t last = first, at = next_place(c, first, end, &last), begin = end, wanted = 0;
	while (at < end) {
		uint32_t unit =
		    c->time_first ? before_time(p, at, begin < end ? begin : first) : at;
		p->op[unit].flags |= OP_UNIT;
		c->units++;
		if (begin < end)
			wanted = steps(p, begin, unit);
		begin = unit;
		at = next_place(c, at + 1, end, &last);
	}
	if (begin == end)
		return;
	uint32_t rest = end_of_last(c, begin, end, wanted);
	if (rest < end)
		p->op[rest].flags |= OP_REST;
}

/* For each stretch between barriers. */
static void each_stretch(struct cut *c, const struct crew *crew, const uint32_t *thread,
			 void (*act)(struct cut *, uint32_t, uint32_t))
{
	for (uint32_t t = 0; t < crew->count; t++) {
		const struct span *code = code_of(c->program, thread[t]);
		uint32_t first = code->first, end = code->first + code->count;
		for (uint32_t i = first; i <= end; i++) {
			if (i < end && c->program->op[i].kind != OP_barrier)
				continue;
			act(c, first, i);
			first = i + 1;
		}
	}
}

static size_t units_in(const struct program *p, uint32_t thread)
{
	const struct span *code = code_of(p, thread);
	size_t n = 0;
	for (uint32_t i = code->first; i < code->first + code->count; i++)
		n += (p->op[i].flags & OP_UNIT) != 0;
	return n;
}

static void mark_crew(struct crew *crew, struct program *p, const uint32_t *thread, uint64_t key)
{
	struct cut c = {.program = p, .key = key};
	each_stretch(&c, crew, thread, measure);
	c.time_first = (key & 15) != OP_sleep && c.before > c.behind;
	each_stretch(&c, crew, thread, mark);
	crew->units = c.units;
	crew->pulls = (key & 15) == OP_take;
	for (uint32_t t = 0; t < crew->count; t++) {
		double mean = (double)c.units / crew->count;
		double apart = (double)units_in(p, thread[t]) - mean;
		crew->pulls |= apart > 1 + mean * UNEQUAL || -apart > 1 + mean * UNEQUAL;
	}
}

static void find_units(struct crew *crew, struct program *p, const struct history *h,
		       const uint32_t *thread)
{
	struct search s = {.program = p, .history = h, .crew = crew, .thread = thread};
	hash_init(&s.look, sizeof(struct look));
	hash_init(&s.index, sizeof(size_t));
	for (uint32_t t = 0; t < crew->count; t++) {
		const struct span *code = code_of(p, thread[t]);
		crew->work_ns += time_of(p, code->first, code->first + code->count);
		look_through(&s, thread[t]);
	}
	const struct place *place = choose(&s);
	if (place)
		mark_crew(crew, p, thread, place->key);
	hash_free(&s.look);
	hash_free(&s.index);
	free(s.place);
}

/* Crews. */

/* The first queue a thread takes from: threads of one routine may be stages of a pipeline. */
static uint32_t first_queue(const struct program *p, uint32_t thread)
{
	const struct span *code = code_of(p, thread);
	for (uint32_t i = code->first; i < code->first + code->count; i++)
		if (p->op[i].kind == OP_take)
			return p->op[i].number;
	return NOTHING;
}

struct member {
	uint32_t thread, group, queue;
	int64_t begin, end;
};

static int by_crew(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->queue != y->queue)
		return x->queue < y->queue ? -1 : 1;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

static size_t find_members(struct member *member, const struct program *p, const struct history *h)
{
	size_t n = 0;
	for (uint32_t t = 0; t < p->threads; t++) {
		const struct history_thread *x = &h->thread[p->thread[t].history];
		if (p->thread[t].start >= 0 || p->thread[t].absent || !p->thread[t].spans.count)
			continue;
		member[n++] =
		    (struct member){t, p->thread[t].group, first_queue(p, t), x->begin, x->end};
	}
	qsort(member, n, sizeof(*member), by_crew);
	return n;
}

void crews_find(struct crews *all, struct program *p, const struct history *h)
{
	struct member *member = memory_new(p->threads + 1, sizeof(*member));
	size_t n = find_members(member, p, h);
	int64_t end = 0;
	*all = (struct crews){.crew = memory_new(n + 1, sizeof(*all->crew)),
			      .thread = memory_new(n + 1, sizeof(*all->thread))};
	for (uint32_t i = 0; i < n; i++) {
		const struct member *m = &member[i];
		bool same =
		    i && m->group == m[-1].group && m->queue == m[-1].queue && m->begin < end;
		end = same && end > m->end ? end : m->end;
		if (!same)
			all->crew[all->count++] = (struct crew){.group = m->group, .first = i};
		all->crew[all->count - 1].count++;
		all->thread[i] = m->thread;
	}
	free(member);
	for (size_t i = 0; i < all->count; i++)
		find_units(&all->crew[i], p, h, all->thread + all->crew[i].first);
}

void crews_free(struct crews *all)
{
	free(all->crew);
	free(all->thread);
	*all = (struct crews){0};
}
