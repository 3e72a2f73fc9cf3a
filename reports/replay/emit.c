#include "reports/replay/emit.h"
#include "profiler/text.h"

static struct op *add(struct emitter *e, enum op_kind kind, uint32_t number, uint32_t stack)
{
	struct op *op = program_add_op(e->program, kind, number, 0);
	op->stack = stack;
	op->event = emit_stamp(e);
	return op;
}

uint32_t emit_stamp(const struct emitter *e)
{
	int64_t run = e->graph->history->end_ns;
	return run > 0 ? (uint32_t)((double)e->at / (double)(run + 1) * 4294967296.0) : 0;
}

static struct open *find_open(struct emitter *e, uint32_t object)
{
	for (uint32_t i = e->opened; i; i--)
		if (e->open[i - 1].object == object)
			return &e->open[i - 1];
	return NULL;
}

/* A lock that it has is not asked for again: only the outermost section counts. */
static void acquire(struct emitter *e, uint32_t object, uint8_t flags, uint32_t stack)
{
	struct open *o = find_open(e, object);
	if (o) {
		o->depth++;
		return;
	}
	if (e->opened == OPEN_MAX)
		return;
	e->open[e->opened++] = (struct open){object, 1, (uint32_t)e->program->ops};
	add(e, OP_acquire, object, stack)->flags = flags & HISTORY_SHARED ? OP_SHARED : 0;
}

/* The time at depth 0 from a mark on until the next sampled section of the thread. */
static int64_t time_to_sample(const struct emitter *e, size_t mark, int64_t at)
{
	const struct history *h = e->graph->history;
	const struct range *r = &e->marks->of_thread[e->thread];
	int64_t sum = 0;
	for (size_t i = mark + 1; i < r->first + r->count; i++) {
		const struct mark *m = &e->marks->mark[i];
		int64_t end = m->time;
		if (m->kind == MARK_WAIT)
			end = h->wait[m->index].end;
		else if (m->kind == MARK_ACQUIRE)
			end = h->hold[m->index].released;
		else
			continue;
		if (m->time > at)
			sum += m->time - at;
		if (m->kind == MARK_ACQUIRE && h->hold[m->index].weight > 1)
			return sum;
		at = end > at ? end : at;
	}
	int64_t last = e->graph->history->thread[e->thread].end;
	last = last < e->marks->to ? last : e->marks->to;
	return sum + (last > at ? last - at : 0);
}

static int64_t duration(const struct program *p, uint32_t first, uint32_t count)
{
	int64_t sum = 0;
	for (uint32_t i = first; i < first + count; i++)
		if (p->op[i].kind == OP_cpu || p->op[i].kind == OP_sleep)
			sum += p->op[i].ns;
	return sum;
}

/* The section that ends with the newest operation stands for `weight`: the others come before the
 * next sample. There may be no room for all, as the weight is only a mean. */
static void repeat(struct emitter *e, uint32_t first, uint32_t weight, size_t mark)
{
	struct repeat *r = &e->repeat[0];
	uint32_t count = (uint32_t)e->program->ops - first;
	int64_t ns = duration(e->program, first, count);
	int64_t room = time_to_sample(e, mark, e->at);
	double copies = weight - 1;
	if (ns > 0 && copies * (double)ns > (double)room)
		copies = (double)room / (double)ns;
	*r = (struct repeat){first, count, ns, e->making->merged, copies, 0, 0};
	double groups = copies / r->merged;
	r->every = (int64_t)(((double)room - copies * (double)ns) / (groups + 1));
	r->next = r->every;
}

static void release(struct emitter *e, uint32_t object, uint32_t stack, uint32_t weight,
		    size_t mark)
{
	struct open *o = find_open(e, object);
	if (!o || --o->depth)
		return;
	uint32_t begin = o->begin;
	for (struct open *next = o + 1; next < e->open + e->opened; next++)
		next[-1] = *next;
	e->opened--;
	add(e, OP_release, object, stack);
	if (weight > 1 && !e->opened)
		repeat(e, begin, weight, mark);
}

static void stay(struct emitter *e, const struct history_wait *w, int64_t from)
{
	emit_sleep(e, w->end - from, w->stack, 0);
	e->making->unexplained_ns += w->end - from;
}

static bool was_ended(const struct history_wait *w)
{
	return !(w->flags & (HISTORY_TIMED_OUT | HISTORY_CANCELLED | HISTORY_UNFINISHED));
}

static void wait_for_thread(struct emitter *e, const struct history_wait *w)
{
	const struct history *h = e->graph->history;
	if (w->other == NOBODY || w->other >= h->threads || !was_ended(w))
		stay(e, w, e->at);
	else if (h->thread[w->other].end >= e->marks->from)
		add(e, OP_join, w->other, w->stack)->ns =
		    w->waker != NOBODY && w->woken > w->begin ? w->end - w->woken : 0;
}

static void wait_for_event(struct emitter *e, const struct history_wait *w, uint32_t event)
{
	if (event == NO_EVENT)
		stay(e, w, e->at);
	else if (event != PAST_EVENT)
		add(e, OP_await, w->object, w->stack)->event = event;
}

static void wait_for_lock(struct emitter *e, const struct history_wait *w, uint32_t hold)
{
	if (!(w->flags & HISTORY_ACQUIRED))
		stay(e, w, e->at);
	else if (hold != NOTHING)
		acquire(e, w->object, w->flags, e->graph->history->hold[hold].stack);
	else
		acquire(e, w->object, w->flags, w->stack);
}

static void do_wait(struct emitter *e, uint32_t wait)
{
	const struct history *h = e->graph->history;
	const struct history_wait *w = &h->wait[wait];
	const struct history_object *o = &h->object[w->object];
	e->woke = 0; /* it went into the call */
	if ((w->flags & HISTORY_UNFINISHED) || w->end > e->marks->to) {
		e->ended = true;
		return;
	}
	if (history_is_counted_lock(o))
		wait_for_lock(e, w, e->marks->wait_hold[wait]);
	else if (o->family == HISTORY_barrier)
		add(e, OP_barrier, w->object, w->stack);
	else if (o->family == HISTORY_join || o->family == HISTORY_child)
		wait_for_thread(e, w);
	else if (o->family == HISTORY_timer || o->family == HISTORY_io)
		emit_nap(e, w->end, w->stack);
	else
		wait_for_event(e, w, e->marks->wait_event[wait]);
	if (w->end > e->at)
		e->at = w->end;
}

/* Tries that came to nothing are a wait when the thread did get the lock behind them, and no other
 * between. Its acquisition is then asked for when it first tried. */
static void do_poll(struct emitter *e, size_t mark)
{
	const struct history *h = e->graph->history;
	const struct range *r = &e->marks->of_thread[e->thread];
	const struct mark *m = &e->marks->mark[mark];
	const struct history_poll *p = &h->poll[m->index];
	int64_t step = p->count > 1 ? (p->last - p->first) / (p->count - 1) : 0;
	for (size_t i = mark + 1; i < r->first + r->count; i++) {
		const struct mark *next = &e->marks->mark[i];
		if (next->kind == MARK_ACQUIRE && h->hold[next->index].object == p->object &&
		    next->time <= p->last + 2 * step + 1000) {
			e->at = next->time;
			return;
		}
		bool naps = next->kind == MARK_WAIT &&
			    h->object[h->wait[next->index].object].use == USE_TIMER;
		if (!naps && next->kind != MARK_POLL)
			return;
	}
}

static void do_create(struct emitter *e, uint32_t thread, int64_t time)
{
	const struct history_thread *t = &e->graph->history->thread[thread];
	int64_t late = t->begin - time;
	add(e, OP_create, thread, t->stack)->ns = late > 0 ? late : 0;
	e->created[thread] = true;
}

static void do_mark(struct emitter *e, size_t mark)
{
	const struct mark *m = &e->marks->mark[mark];
	const struct history_hold *x = &e->graph->history->hold[m->index];
	switch (m->kind) {
	case MARK_ACQUIRE:
		acquire(e, x->object, x->flags, x->stack);
		break;
	case MARK_RELEASE:
		if (x->waiters)
			e->woke = e->making->wake_cost;
		release(e, x->object, x->stack, e->marks->by_wait[m->index] ? 1 : x->weight, mark);
		break;
	case MARK_GUESS:
		release(e, e->graph->history->wait[m->index].object, m->stack, 1, mark);
		break;
	case MARK_FIRE:
		add(e, OP_fire, m->index, m->stack)->event = m->event;
		e->woke = e->making->wake_cost;
		break;
	case MARK_CREATE:
		do_create(e, m->index, m->time);
		break;
	case MARK_POLL:
		do_poll(e, mark);
		break;
	case MARK_WAIT:
		do_wait(e, m->index);
		break;
	}
}

/* Acquisitions that left only a count and a sum: all through the thread's life. */
static void repeat_tallies(struct emitter *e, int64_t life)
{
	for (size_t i = 0; i < e->tallies && e->repeats < REPEATS_MAX; i++) {
		const struct history_tally *t = &e->tally[i];
		struct repeat *r = &e->repeat[e->repeats++];
		uint32_t first = (uint32_t)e->program->ops;
		*r = (struct repeat){.first = first, .count = 3, .merged = e->making->merged};
		r->left = (double)t->acquisitions;
		r->section_ns = t->acquisitions ? t->hold_ns / t->acquisitions : 0;
		r->every = (int64_t)((double)(life - t->hold_ns) / (r->left / r->merged + 1));
		r->next = r->every;
		add(e, OP_acquire, t->object, 0);
		program_add_op(e->program, OP_cpu, 0, r->section_ns);
		add(e, OP_release, t->object, 0);
	}
}

void emit_thread(struct emitter *e, uint32_t thread)
{
	const struct history_thread *t = &e->graph->history->thread[thread];
	const struct range *r = &e->marks->of_thread[thread];
	int64_t end = t->end < e->marks->to ? t->end : e->marks->to;
	e->thread = thread;
	e->at = t->begin > e->marks->from ? t->begin : e->marks->from;
	e->off = e->graph->off ? e->graph->first_off[thread] : 0;
	e->phase = 0;
	e->opened = 0;
	e->ended = false;
	e->woke = 0;
	e->repeat[0].left = 0;
	e->repeats = 1;
	repeat_tallies(e, end - e->at);
	e->first = e->program->ops;
	for (size_t i = r->first; i < r->first + r->count && !e->ended; i++) {
		const struct mark *m = &e->marks->mark[i];
		emit_time(e, m->time, m->stack);
		do_mark(e, i);
	}
	if (!e->ended)
		emit_time(e, end, 0);
	while (e->opened)
		release(e, e->open[e->opened - 1].object, 0, 1, 0);
	program_add_span(e->program, e->first);
}
