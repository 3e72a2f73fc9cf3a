#include "tests/unit/simulate.h"

static bool is_free_for(const struct lock *l, bool shared)
{
	return !l->holders || (shared && l->shared);
}

static void acquire(struct machine *m, uint32_t t, uint32_t lock, bool shared, bool contended)
{
	struct actor *a = &m->actor[t];
	struct lock *l = &m->lock[lock];

	l->holders++;
	l->shared = shared;
	l->owner = t;
	a->held[a->holds++] = (struct held){lock, m->now, shared, contended};
}

/* Let the next ones try: all readers, when the first one is a reader. */
static void let_in(struct machine *m, uint32_t lock)
{
	struct actor *a = first_waiting(m, lock);

	if (!a)
		return;
	wake(m, a);
	if (!(a->wait.flags & HISTORY_SHARED))
		return;
	while ((a = first_waiting(m, lock)) && a->wait.flags & HISTORY_SHARED)
		wake(m, a);
}

void release(struct machine *m, uint32_t t, int index)
{
	struct actor *a = &m->actor[t];
	struct held held = a->held[index];
	struct lock *l = &m->lock[held.lock];
	int waiters = waiting(m, held.lock);

	for (int i = index + 1; i < a->holds; i++)
		a->held[i - 1] = a->held[i];
	a->holds--;
	l->holders--;
	if (!l->holders) {
		l->last[held.shared] = t;
		l->last_time[held.shared] = m->now;
	}
	if (waiters || held.contended || !roll(m, 3)) {
		struct history_hold *r = history_add_hold(m->h);
		r->acquired = held.acquired;
		r->released = m->now;
		r->thread = t;
		r->object = held.lock;
		r->stack = 1 + roll(m, RANDOM_STACKS - 1);
		r->waiters = (uint16_t)waiters;
		r->flags = held.shared ? HISTORY_SHARED : 0;
		r->weight = waiters || held.contended ? 1 : 3;
	}
	if (!l->holders)
		let_in(m, held.lock);
}

void take_lock(struct machine *m, uint32_t t)
{
	struct actor *a = &m->actor[t];
	uint32_t lowest = a->holds ? a->held[a->holds - 1].lock + 1 : 0, lock;
	bool shared;

	if (a->holds == HELD || lowest >= LOCKS)
		return;
	lock = lowest + roll(m, LOCKS - lowest);
	shared = lock >= MUTEXES && lock < MUTEXES + RWLOCKS && roll(m, 3);
	if (is_free_for(&m->lock[lock], shared) && (m->barging || !waiting(m, lock))) {
		acquire(m, t, lock, shared, false);
		return;
	}
	begin_wait(m, t, lock);
	a->wait.flags = shared ? HISTORY_SHARED : 0;
	if (m->lock[lock].holders && !m->lock[lock].shared)
		a->wait.holder = m->lock[lock].owner;
	if (is_free_for(&m->lock[lock], shared)) /* behind others that are just being let in */
		wake(m, a);
}

/* Who gets a lock was let in by its last release; a reader by that of the last writer. */
static void let_in_by(struct machine *m, struct actor *a, uint32_t t)
{
	const struct lock *l = &m->lock[a->waits_for];
	int reader = !(a->wait.flags & HISTORY_SHARED) && l->last_time[1] > l->last_time[0];

	if (l->last_time[reader] > a->wait.begin && l->last_time[reader] > a->truth.woken &&
	    l->last[reader] != t)
		woken_by(a, l->last[reader], l->last_time[reader]);
	else if (a->truth.waker == NOBODY)
		a->truth.certain = false; /* the lock was free, and never released meanwhile */
}

/* A woken thread tries again. */
void try_lock(struct machine *m, uint32_t t)
{
	struct actor *a = &m->actor[t];
	bool shared = a->wait.flags & HISTORY_SHARED;

	if (!is_free_for(&m->lock[a->waits_for], shared)) {
		a->doing = BLOCKED;
		a->voluntary++;
		return;
	}
	let_in_by(m, a, t);
	acquire(m, t, a->waits_for, shared, true);
	end_wait(m, t);
	run_on(m, a);
}

/* Tokens are used up first in, first out. */
static void take_token(struct machine *m, uint32_t t, bool waited)
{
	struct lock *s = &m->lock[SEMAPHORE];
	struct actor *a = &m->actor[t];

	if (waited && s->token_by[0] != t)
		woken_by(a, s->token_by[0], s->token_time[0]);
	for (int i = 1; i < s->tokens; i++) {
		s->token_by[i - 1] = s->token_by[i];
		s->token_time[i - 1] = s->token_time[i];
	}
	s->tokens--;
}

void wait_for_token(struct machine *m, uint32_t t)
{
	struct lock *s = &m->lock[SEMAPHORE];

	if (!s->tokens) {
		begin_wait(m, t, SEMAPHORE);
		return;
	}
	if (waiting(m, SEMAPHORE))
		s->stolen = true;
	take_token(m, t, false);
}

void post(struct machine *m, uint32_t t)
{
	struct lock *s = &m->lock[SEMAPHORE];
	struct actor *a = first_waiting(m, SEMAPHORE);
	struct history_hold *r;
	int waiters = waiting(m, SEMAPHORE);

	if (s->tokens == 64)
		return;
	s->token_by[s->tokens] = t;
	s->token_time[s->tokens++] = m->now;
	if (a)
		wake(m, a);
	if (!waiters)
		return;
	r = history_add_hold(m->h);
	r->released = m->now;
	r->thread = t;
	r->object = SEMAPHORE;
	r->waiters = (uint16_t)waiters;
	r->stack = 1 + roll(m, RANDOM_STACKS - 1);
}

void try_token(struct machine *m, uint32_t t)
{
	struct lock *s = &m->lock[SEMAPHORE];
	struct actor *a = &m->actor[t];

	if (!s->tokens) {
		a->doing = BLOCKED;
		return;
	}
	take_token(m, t, true);
	a->truth.certain = !s->stolen;
	end_wait(m, t);
	run_on(m, a);
}

/* Gives up its only lock, a mutex, and waits. */
void wait_for_signal(struct machine *m, uint32_t t)
{
	struct actor *a = &m->actor[t];
	uint32_t mutex = a->holds == 1 ? a->held[0].lock : LOCKS;

	if (mutex) /* the condition's mutex is the first one */
		return;
	release(m, t, 0);
	m->now++;
	begin_wait(m, t, CONDITION);
	a->wait.other = mutex;
}

static void wake_first(struct machine *m, uint32_t t, uint32_t object)
{
	struct actor *a = first_waiting(m, object);

	for (int i = 0; i < m->threads; i++) /* it may be overtaken on its way back */
		if (m->actor[i].wait.object == object && m->actor[i].doing == WOKEN)
			m->lock[object].unordered = true;
	woken_by(a, t, m->now);
	wake(m, a);
	if (object == CONDITION) /* on its way to the mutex */
		a->waits_for = a->wait.other;
}

void signal_some(struct machine *m, uint32_t t, uint32_t object)
{
	struct history_wake *w;
	int there = 0, woken = 0;
	bool all = !roll(m, 3);

	for (int i = 0; i < m->threads; i++)
		there += m->actor[i].doing == BLOCKED && m->actor[i].waits_for == object;
	if (!there)
		return;
	for (; first_waiting(m, object) && (all || !woken); woken++)
		wake_first(m, t, object);
	w = history_add_wake(m->h);
	w->time = m->now;
	w->thread = t;
	w->object = object;
	w->count = object == FUTEX ? (uint32_t)woken : all ? UINT32_MAX : 1;
	w->stack = 1 + roll(m, RANDOM_STACKS - 1);
}

void arrive(struct machine *m, uint32_t t)
{
	struct lock *b = &m->lock[BARRIER];
	struct actor *a = &m->actor[t];

	if (!b->back && b->gone)
		b->unordered = true; /* before anybody of the last generation came back */
	begin_wait(m, t, BARRIER);
	if (waiting(m, BARRIER) < m->parties)
		return;
	for (int i = 0; i < m->threads; i++)
		if (m->actor[i].doing == BLOCKED && m->actor[i].waits_for == BARRIER) {
			if (&m->actor[i] != a)
				woken_by(&m->actor[i], t, m->now);
			m->actor[i].waits_for = OBJECTS;
			wake(m, &m->actor[i]);
		}
	b->gone = m->now;
	b->back = false;
}
