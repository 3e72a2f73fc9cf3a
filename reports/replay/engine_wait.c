/* What threads wait for: locks, events, barriers, tokens, ends. */
#include "reports/replay/engine_state.h"

static uint32_t number_of(const struct engine *e, const struct runner *r)
{
	return (uint32_t)(r - e->runner);
}

static uint32_t object_of(const struct engine *e, const struct runner *r, const struct op *op)
{
	if (op->flags & OP_SHARDED)
		return op->number + number_of(e, r) % op->event;
	return op->number;
}

static void block(struct engine *e, struct runner *r, struct line *l)
{
	line_add(e, l, number_of(e, r));
	r->state = RUNNER_BLOCKED;
	r->blocked = e->now;
	engine_leave_core(e, r);
}

/* Counts what it waited for the object of the operation it is in. */
static void count_wait(struct engine *e, const struct runner *r, uint32_t object)
{
	if (e->outcome->wait)
		e->outcome->wait[object] += e->now - r->blocked;
}

/* From the release to the waiter's return. */
static int64_t wake_delay(struct engine *e)
{
	if (!e->machine->wakes)
		return e->machine->wake;
	e->dice = e->dice * 6364136223846793005u + 1442695040888963407u;
	return e->machine->wakes[(e->dice >> 33) % WAKES];
}

/* Ends the wait of one that is in no line any more. */
static void wake(struct engine *e, uint32_t number, bool done)
{
	struct runner *r = &e->runner[number];
	r->at += done;
	r->tries_again = !done;
	engine_pause(e, number, wake_delay(e));
}

/* Locks. */

static bool is_free(const struct engine *e, uint32_t object, bool shared)
{
	const struct place *p = &e->place[object];
	int64_t capacity = e->program->object[object].tokens;
	if (shared)
		return !p->held;
	return !p->readers && p->held < (capacity > 1 ? capacity : 1);
}

static void hold(struct place *p, bool shared)
{
	if (shared)
		p->readers++;
	else
		p->held++;
	p->shared |= shared;
}

static bool wants_shared(const struct engine *e, uint32_t r)
{
	return e->program->op[e->runner[r].at].flags & OP_SHARED;
}

static bool spins_on(const struct engine *e, uint32_t object)
{
	return e->machine->spin > 0 || e->program->object[object].kind == OBJECT_SPIN;
}

static void spin(struct engine *e, struct runner *r, uint32_t object)
{
	bool forever = e->program->object[object].kind == OBJECT_SPIN;
	line_add(e, &e->place[object].waiters, number_of(e, r));
	r->blocked = e->now;
	r->spin_end = forever ? INT64_MAX : e->now + e->machine->spin;
	r->left = 0;
	int64_t end = r->spin_end;
	if (e->ready.head != NOBODY && r->slice_end < end)
		end = r->slice_end > e->now ? r->slice_end : e->now;
	engine_schedule(e, number_of(e, r), end);
}

bool engine_acquire(struct engine *e, struct runner *r, const struct op *op)
{
	uint32_t object = object_of(e, r, op);
	struct place *p = &e->place[object];
	bool shared = op->flags & OP_SHARED;
	bool in_turn =
	    shared || e->machine->hand_over == HAND_OVER_BARGING || p->waiters.head == NOBODY;
	bool waited = r->tries_again;
	if (waited) {
		r->tries_again = false;
		p->woken--;
	}
	if (in_turn && is_free(e, object, shared)) {
		hold(p, shared);
		p->marked |= waited;
		return true;
	}
	p->marked = true;
	if (spins_on(e, object))
		spin(e, r, object);
	else
		block(e, r, &p->waiters);
	return false;
}

/* Takes the first out of the line that spins on a core and may have the lock; NOBODY: none. */
static uint32_t take_spinner(struct engine *e, uint32_t object)
{
	struct line *l = &e->place[object].waiters;
	uint32_t before = NOBODY;
	for (uint32_t i = l->head; i != NOBODY; before = i, i = e->runner[i].next) {
		if (!e->runner[i].spin_end || !is_free(e, object, wants_shared(e, i)))
			continue;
		*(before == NOBODY ? &l->head : &e->runner[before].next) = e->runner[i].next;
		if (l->tail == i)
			l->tail = before;
		return i;
	}
	return NOBODY;
}

static bool give_to_spinner(struct engine *e, uint32_t object)
{
	uint32_t i = take_spinner(e, object);
	if (i == NOBODY)
		return false;
	struct runner *r = &e->runner[i];
	hold(&e->place[object], wants_shared(e, i));
	count_wait(e, r, object);
	e->outcome->cpu += e->now - r->blocked;
	r->spin_end = 0;
	r->at++;
	engine_schedule(e, i, e->now);
	return true;
}

static void give(struct engine *e, uint32_t object, uint32_t i)
{
	e->place[object].marked = true;
	hold(&e->place[object], wants_shared(e, i));
	count_wait(e, &e->runner[i], object);
	wake(e, i, true);
}

static void hand_over(struct engine *e, uint32_t object)
{
	struct line *l = &e->place[object].waiters;
	while (l->head != NOBODY && is_free(e, object, wants_shared(e, l->head)))
		give(e, object, line_take(e, l));
}

/* To all readers that wait, after a writer. false: there are none. */
static bool give_to_readers(struct engine *e, uint32_t object)
{
	struct line *l = &e->place[object].waiters, rest = {NOBODY, NOBODY};
	uint32_t i;
	bool some = false;
	while ((i = line_take(e, l)) != NOBODY)
		if (wants_shared(e, i) && !e->runner[i].spin_end) {
			give(e, object, i);
			some = true;
		} else {
			line_add(e, &rest, i);
		}
	*l = rest;
	return some;
}

/* As many as could have it now. They try again; until then it is anybody's. */
static void let_try(struct engine *e, uint32_t object)
{
	struct place *p = &e->place[object];
	int64_t capacity = e->program->object[object].tokens;
	while (p->waiters.head != NOBODY && is_free(e, object, wants_shared(e, p->waiters.head))) {
		bool shared = wants_shared(e, p->waiters.head);
		if (!shared && p->woken + p->held >= (capacity > 1 ? capacity : 1))
			return;
		uint32_t i = line_take(e, &p->waiters);
		p->woken++;
		count_wait(e, &e->runner[i], object);
		wake(e, i, false);
	}
}

bool engine_release(struct engine *e, struct runner *r, const struct op *op)
{
	uint32_t object = object_of(e, r, op);
	struct place *p = &e->place[object];
	bool reader = !p->held;
	if (p->held)
		p->held--;
	else if (p->readers)
		p->readers--;
	while (p->waiters.head != NOBODY && give_to_spinner(e, object))
		;
	if (p->marked && !p->readers && e->program->object[object].kind != OBJECT_SPIN)
		r->owes += e->machine->wake_cost;
	p->marked = false;
	if (p->waiters.head == NOBODY || p->readers)
		return true;
	if (!reader && p->shared && is_free(e, object, true) && give_to_readers(e, object))
		return true;
	if (reader || e->machine->hand_over == HAND_OVER_FIFO)
		hand_over(e, object);
	else
		let_try(e, object);
	return true;
}

void engine_stop_spinning(struct engine *e, struct runner *r)
{
	uint32_t object = object_of(e, r, &e->program->op[r->at]), i = number_of(e, r);
	struct line *l = &e->place[object].waiters;
	uint32_t before = NOBODY, at = l->head;
	bool blocks = e->now >= r->spin_end;
	e->outcome->cpu += e->now - r->blocked;
	r->spin_end = 0;
	if (blocks) { /* it stays in line */
		r->state = RUNNER_BLOCKED;
		engine_leave_core(e, r);
		return;
	}
	for (; at != i; at = e->runner[at].next)
		before = at;
	*(before == NOBODY ? &l->head : &e->runner[before].next) = r->next;
	if (l->tail == i)
		l->tail = before;
	count_wait(e, r, object);
}

/* Events, barriers, tokens, ends. */

bool engine_await(struct engine *e, struct runner *r, const struct op *op)
{
	struct line *l = &e->event[op->event];
	if (l->tail == FIRED)
		return true;
	block(e, r, l);
	return false;
}

bool engine_fire(struct engine *e, struct runner *r, const struct op *op)
{
	struct line *l = &e->event[op->event];
	uint32_t i;
	if (l->tail == FIRED)
		return true;
	if (l->head != NOBODY)
		r->owes += e->machine->wake_cost;
	while ((i = line_take(e, l)) != NOBODY) {
		count_wait(e, &e->runner[i], op->number);
		wake(e, i, true);
	}
	l->tail = FIRED;
	return true;
}

bool engine_barrier(struct engine *e, struct runner *r, const struct op *op)
{
	struct place *p = &e->place[op->number];
	uint32_t i;
	if (++p->arrived < e->program->object[op->number].parties) {
		block(e, r, &p->waiters);
		return false;
	}
	p->arrived = 0;
	while ((i = line_take(e, &p->waiters)) != NOBODY) {
		count_wait(e, &e->runner[i], op->number);
		wake(e, i, true);
	}
	return true;
}

bool engine_take(struct engine *e, struct runner *r, const struct op *op)
{
	struct place *p = &e->place[op->number];
	if (p->tokens > 0) {
		p->tokens--;
		return true;
	}
	block(e, r, &p->waiters);
	return false;
}

bool engine_post(struct engine *e, struct runner *r, const struct op *op)
{
	struct place *p = &e->place[op->number];
	uint32_t i = line_take(e, &p->waiters);
	if (i == NOBODY) {
		p->tokens++;
		return true;
	}
	r->owes += e->machine->wake_cost;
	count_wait(e, &e->runner[i], op->number);
	wake(e, i, true);
	return true;
}

bool engine_join(struct engine *e, struct runner *r, const struct op *op)
{
	const struct program *p = e->program;
	r->tries_again = false;
	for (uint32_t t = op->number; t != NOBODY; t = p->thread[t].twin)
		if (e->runner[t].state != RUNNER_ENDED && !p->thread[t].absent) {
			block(e, r, &e->runner[t].joiners);
			return false;
		}
	return true;
}

void engine_ended(struct engine *e, struct runner *r)
{
	uint32_t i;
	while ((i = line_take(e, &r->joiners)) != NOBODY) {
		const struct op *op = &e->program->op[e->runner[i].at];
		e->runner[i].tries_again = true;
		engine_pause(e, i, op->ns > 0 ? op->ns : wake_delay(e));
	}
}
