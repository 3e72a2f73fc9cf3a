#include "tests/unit/simulate.h"
#include "profiler/text.h"
#include "tests/unit/history_text.h"
#include <stdio.h>
#include <stdlib.h>

uint32_t roll(struct machine *m, uint32_t sides)
{
	return dice_roll(&m->dice, sides);
}

/* Some time of computing; on a busy machine some of it on no core. */
void run_on(struct machine *m, struct actor *a)
{
	int64_t cpu = 1 + roll(m, roll(m, 4) ? SOON : LONG), off = 0;

	if (m->off_core && !roll(m, 4)) {
		off = 1 + roll(m, LONG);
		if (roll(m, 3))
			a->involuntary++;
		else
			a->voluntary++;
	}
	a->cpu += cpu;
	a->off += off;
	a->doing = RUNS;
	a->at = m->now + cpu + off;
}

static void use(struct machine *m, uint32_t t)
{
	struct history_usage *u = history_add_usage(m->h);
	const struct actor *a = &m->actor[t];

	*u = (struct history_usage){.time = m->now,
				    .cpu_ns = a->cpu,
				    .ready_ns = -1,
				    .voluntary = a->voluntary,
				    .involuntary = a->involuntary,
				    .thread = t};
}

/* The object a thread would find on a wait record. */
void begin_wait(struct machine *m, uint32_t t, uint32_t object)
{
	struct actor *a = &m->actor[t];

	a->wait = (struct history_wait){.begin = m->now,
					.thread = t,
					.object = object,
					.stack = 1 + roll(m, RANDOM_STACKS - 1),
					.waker = NOBODY,
					.holder = NOBODY,
					.other = NOTHING,
					.weight = 1};
	a->truth = (struct truth){t, NOBODY, 0, true};
	a->waits_for = object;
	a->came = m->now;
	a->doing = BLOCKED;
	a->voluntary++;
	if (!roll(m, 3))
		use(m, t);
}

void end_wait(struct machine *m, uint32_t t)
{
	struct actor *a = &m->actor[t];

	a->wait.end = m->now;
	*history_add_wait(m->h) = a->wait;
	if (m->truths == m->truth_room) {
		m->truth_room = m->truth_room ? 2 * m->truth_room : 64;
		m->truth = memory_grow(m->truth, m->truth_room, sizeof(*m->truth));
	}
	if (a->truth.waker == NOBODY)
		a->truth.woken = m->now;
	m->truth[m->truths++] = a->truth;
}

void woken_by(struct actor *a, uint32_t waker, int64_t time)
{
	a->truth.waker = waker;
	a->truth.woken = time;
}

void wake(struct machine *m, struct actor *a)
{
	a->doing = WOKEN;
	a->at = m->now + 1 + roll(m, roll(m, 8) ? 50 : SOON);
}

/* The one that waits longest for an object, NULL. */
struct actor *first_waiting(struct machine *m, uint32_t object)
{
	struct actor *first = NULL;

	for (int i = 0; i < m->threads; i++) {
		struct actor *a = &m->actor[i];
		if (a->doing == BLOCKED && a->waits_for == object &&
		    (!first || a->came < first->came))
			first = a;
	}
	return first;
}

int waiting(const struct machine *m, uint32_t object)
{
	int count = 0;

	for (int i = 0; i < m->threads; i++)
		count += (m->actor[i].doing == BLOCKED || m->actor[i].doing == WOKEN) &&
			 m->actor[i].waits_for == object;
	return count;
}
static void create(struct machine *m, uint32_t t)
{
	struct history_thread *child;
	struct actor *a;
	char name[16];

	if (m->threads == m->most_threads)
		return;
	snprintf(name, sizeof(name), "t%d", m->threads);
	child = history_add_thread(m->h, name);
	child->id = m->threads + 1;
	child->created = m->now;
	child->parent = t;
	child->process = 1;
	child->group = 1;
	child->stack = 1;
	m->join[m->threads] = NOTHING;
	a = &m->actor[m->threads++];
	*a = (struct actor){.doing = UNBORN, .at = m->now + 1 + roll(m, SOON)};
}

static uint32_t join_object(struct machine *m, uint32_t t)
{
	if (m->join[t] == NOTHING) {
		struct history_object *o = history_add_object(m->h, HISTORY_join, "join");
		m->join[t] = (uint32_t)m->h->objects - 1;
		o->lock = o->leader = (int64_t)m->h->objects;
	}
	return m->join[t];
}

static void join(struct machine *m, uint32_t t)
{
	struct actor *a = &m->actor[t];
	uint32_t other = roll(m, (uint32_t)m->threads);

	if (other <= t) /* so that nobody waits for himself */
		return;
	begin_wait(m, t, join_object(m, other));
	a->wait.other = other;
	if (m->actor[other].doing == OVER)
		wake(m, a);
}

static void block_alone(struct machine *m, uint32_t t, uint32_t object)
{
	struct actor *a = &m->actor[t];

	begin_wait(m, t, object);
	a->doing = WOKEN;
	a->at = m->now + 1 + roll(m, LONG);
}

/* Tries again and again, until the lock is free. */
static void poll(struct machine *m, uint32_t t)
{
	struct actor *a = &m->actor[t];
	struct history_poll *p;

	if (!m->lock[0].holders)
		return; /* nothing to fail at */
	p = history_add_poll(m->h);
	p->thread = t;
	p->object = 0;
	p->first = m->now;
	p->count = 3 + roll(m, 50);
	p->last = m->now + p->count * (1 + roll(m, 200));
	p->stack = 1 + roll(m, RANDOM_STACKS - 1);
	a->cpu += p->last - p->first;
	a->doing = RUNS;
	a->at = p->last + 1;
}

static void finish(struct machine *m, uint32_t t)
{
	struct actor *a = &m->actor[t];
	struct history_thread *thread = &m->h->thread[t];

	while (a->holds)
		release(m, t, a->holds - 1);
	thread->end = m->now;
	thread->cpu_ns = a->cpu;
	thread->voluntary = a->voluntary;
	thread->involuntary = a->involuntary;
	a->doing = OVER;
	use(m, t);
	for (int i = 0; i < m->threads; i++) {
		struct actor *other = &m->actor[i];
		if (other->doing != BLOCKED || m->join[t] == NOTHING ||
		    other->waits_for != m->join[t])
			continue;
		woken_by(other, t, m->now);
		wake(m, other);
	}
}

static void act_alone(struct machine *m, uint32_t t)
{
	switch (roll(m, 8)) {
	case 0:
	case 1:
		arrive(m, t);
		break;
	case 2:
		join(m, t);
		break;
	case 3:
		begin_wait(m, t, FUTEX);
		break;
	case 4:
		block_alone(m, t, roll(m, 2) ? SLEEP : INPUT);
		break;
	case 5:
		poll(m, t);
		break;
	default:
		wait_for_token(m, t);
	}
}

static void act(struct machine *m, uint32_t t)
{
	struct actor *a = &m->actor[t];
	uint32_t what = roll(m, 16);

	if (m->events-- <= 0 || !roll(m, 80))
		finish(m, t);
	else if (m->threads < m->most_threads && roll(m, 2))
		create(m, t);
	else if (what < 5)
		take_lock(m, t);
	else if (what < 8 && a->holds)
		release(m, t, (int)roll(m, (uint32_t)a->holds));
	else if (what < 10)
		signal_some(m, t, roll(m, 2) ? CONDITION : FUTEX);
	else if (what < 12)
		post(m, t);
	else if (a->holds)
		wait_for_signal(m, t);
	else
		act_alone(m, t);
	if (a->doing == RUNS && a->at <= m->now)
		run_on(m, a);
}

/* Came back from the kernel. */
static void awake(struct machine *m, uint32_t t)
{
	struct actor *a = &m->actor[t];

	if (a->waits_for < LOCKS) {
		if (a->wait.object == CONDITION && m->lock[CONDITION].unordered)
			a->truth.certain = false;
		try_lock(m, t);
		return;
	}
	if (a->waits_for == SEMAPHORE) {
		try_token(m, t);
		return;
	}
	if (a->wait.object == BARRIER)
		m->lock[BARRIER].back = true;
	if ((a->wait.object == BARRIER || a->wait.object == FUTEX) &&
	    m->lock[a->wait.object].unordered)
		a->truth.certain = false;
	end_wait(m, t);
	run_on(m, a);
}

static void step(struct machine *m, uint32_t t)
{
	struct actor *a = &m->actor[t];

	m->now = a->at > m->now ? a->at : m->now + 1;
	if (a->doing == UNBORN) {
		m->h->thread[t].begin = m->now;
		run_on(m, a);
	} else if (a->doing == WOKEN) {
		awake(m, t);
	} else {
		act(m, t);
	}
}

static int next_actor(const struct machine *m)
{
	int next = -1;

	for (int i = 0; i < m->threads; i++) {
		const struct actor *a = &m->actor[i];
		if (a->doing != BLOCKED && a->doing != OVER &&
		    (next < 0 || a->at < m->actor[next].at))
			next = i;
	}
	return next;
}

static void add_objects(struct machine *m)
{
	static const struct {
		enum history_family family;
		const char *name;
	} objects[OBJECTS] = {
	    {HISTORY_mutex, "m0"},	  {HISTORY_mutex, "m1"},      {HISTORY_rwlock, "rw"},
	    {HISTORY_spin, "spin"},	  {HISTORY_semaphore, "sem"}, {HISTORY_condition, "cond"},
	    {HISTORY_barrier, "barrier"}, {HISTORY_futex, "futex"},   {HISTORY_timer, "timer"},
	    {HISTORY_io, "io"},		  {HISTORY_join, "join"}};

	for (uint32_t i = 0; i < OBJECTS; i++) {
		struct history_object *o =
		    history_add_object(m->h, objects[i].family, objects[i].name);
		o->lock = i == SLEEP || i == INPUT ? 0 : i + 1;
		o->leader = o->lock;
	}
}

/* Those that nobody will wake any more: the recording ends with them waiting. */
static void end_all(struct machine *m)
{
	m->now++;
	for (uint32_t t = 0; t < (uint32_t)m->threads; t++) {
		struct actor *a = &m->actor[t];
		if (a->doing != BLOCKED)
			continue;
		a->wait.flags |= HISTORY_UNFINISHED;
		a->truth.waker = NOBODY;
		end_wait(m, t);
		m->h->thread[t].end = m->now;
	}
	m->h->end_ns = m->now;
}

/* As history_sort() will have them: waits of a thread stay in their order. */
static struct truth *group_truth(const struct machine *m)
{
	struct truth *sorted = memory_new(m->truths + 1, sizeof(*sorted));
	size_t count = 0;

	for (uint32_t t = 0; t < (uint32_t)m->threads; t++)
		for (size_t i = 0; i < m->truths; i++)
			if (m->truth[i].thread == t)
				sorted[count++] = m->truth[i];
	return sorted;
}

void history_random(struct history *h, uint64_t seed, struct truth **truth)
{
	struct machine m = {.h = h, .dice = dice_of(seed), .now = 1};
	int next;

	*h = (struct history){.cores = 1 + (int)roll(&m, 8)};
	m.most_threads = roll(&m, 8) ? 2 + (int)roll(&m, RANDOM_THREADS - 1) : 1;
	m.events = (int)roll(&m, roll(&m, 4) ? 60 : 300);
	m.parties = 1 + (int)roll(&m, 1 + (uint32_t)m.most_threads / 2);
	m.barging = roll(&m, 2);
	m.off_core = !roll(&m, 3);
	add_objects(&m);
	history_add_thread(h, "main")->id = 1;
	h->thread[0].process = 1;
	m.threads = 1;
	m.join[0] = NOTHING;
	run_on(&m, &m.actor[0]);
	h->thread[0].begin = 1;
	while ((next = next_actor(&m)) >= 0)
		step(&m, (uint32_t)next);
	end_all(&m);
	history_sort(h);
	history_count(h);
	if (truth)
		*truth = group_truth(&m);
	free(m.truth);
}
