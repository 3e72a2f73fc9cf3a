#include "reports/sweep/turn.h"
#include "reports/sweep/balance.h"
#include "reports/sweep/blame_rows.h"
#include "reports/sweep/counting.h"
#include "reports/sweep/knot.h"
#include "reports/sweep/source.h"

/* Held by one that will release it. */
static bool is_held(const struct pass *p, const struct span *s)
{
	enum history_family f = pass_family(p, s);

	return s->state == TILE_spin || history_is_held(f);
}

/* What a thread loses that waits for the object of a span, and when it is its turn to lose. */
static enum account_part_kind kind_of(const struct pass *p, const struct span *s)
{
	enum history_use use = p->history->object[s->object].use;

	if (use == USE_LOCK || pass_family(p, s) == HISTORY_once)
		return PART_lock;
	return use == USE_PHASE ? PART_imbalance : PART_starvation;
}

static enum tier tier_of(const struct pass *p, const struct span *s, enum account_part_kind kind)
{
	if (kind == PART_starvation)
		return TIER_IDLE;
	return kind == PART_imbalance && pass_is_join(p, s) ? TIER_JOIN : TIER_FIRST;
}

static void begin_account(struct pass *p, struct actor *a, enum tier tier)
{
	a->since = p->now;
	a->share_since = p->shares.sum[tier];
}

/* A run: its parts in which it was ready, or blocked unseen; or input, output, sleep. */
static void end_going(struct pass *p, struct actor *a)
{
	const struct shares *s = &p->shares;
	const struct span *span = &a->span;
	double outside = s->sum[TIER_OUTSIDE] - a->outside_since;

	if (span->state == TILE_run) {
		p->out->criticality_ns[pass_thread(p, a)] +=
		    (s->criticality - a->criticality_since) * span_running(span) / SPAN_WHOLE;
		if (!(span->ready | span->hidden))
			return;
		pass_lose(p, PART_no_core, NOTHING,
			  (s->sum[TIER_FIRST] - a->share_since) * span->ready / SPAN_WHOLE);
		pass_lose(p, PART_hidden, NOTHING, outside * span->hidden / SPAN_WHOLE);
	} else if (!s->outside_counts) {
		pass_lose(p, span->state == TILE_io ? PART_io : PART_timer, NOTHING, outside);
	}
}

static void begin_going(struct pass *p, struct actor *a)
{
	a->state = ACTOR_GOING;
	begin_account(p, a, TIER_FIRST);
	a->outside_since = p->shares.sum[TIER_OUTSIDE];
	a->criticality_since = p->shares.criticality;
}

static struct source *source_of_other(struct pass *p, const struct span *s, uint32_t thread)
{
	enum account_part_kind kind = kind_of(p, s);

	return source_of_thread(p, thread, pass_group(p, s->object), kind, tier_of(p, s, kind));
}

/* The source of a wait for what is held. It hangs on the object when that is known to be released
 * during the wait, or held at its begin by one that releases it later; else on whom it saw. */
static struct source *source_of_held(struct pass *p, const struct span *s, uint32_t thread)
{
	const struct history_hold *h = source_next_hold(p, s->object);
	enum account_part_kind kind = kind_of(p, s);
	uint32_t holder = s->waker;

	if (h && (h->released <= s->end || (h->acquired && h->acquired <= p->now)))
		return source_of_object(p, s->object, kind, tier_of(p, s, kind));
	if (holder == NOBODY && s->wait != NOTHING)
		holder = p->history->wait[s->wait].holder;
	return holder == NOBODY || holder == thread ? NULL : source_of_other(p, s, holder);
}

static struct source *source_of(struct pass *p, const struct actor *a)
{
	const struct span *s = &a->span;

	if (is_held(p, s))
		return source_of_held(p, s, pass_thread(p, a));
	return s->waker == NOBODY ? NULL : source_of_other(p, s, s->waker);
}

/* Until when it hangs. Who gave up, or was never let in, was not woken. */
static int64_t hangs_until(const struct pass *p, const struct span *s)
{
	enum { GAVE_UP = HISTORY_TIMED_OUT | HISTORY_CANCELLED | HISTORY_UNFINISHED };

	if (s->wait != NOTHING && p->history->wait[s->wait].flags & GAVE_UP)
		return s->end;
	return s->woken;
}

static void note_wait(struct pass *p, struct actor *a)
{
	struct shares *s = &p->shares;

	if (a->kind == PART_starvation)
		s->idle_group = pass_group(p, a->span.object);
	else if (a->kind == PART_lock)
		s->lock_group = pass_group(p, a->span.object);
	if (s->lone.thread == pass_thread(p, a) && a->kind != PART_lock && a->kind != PART_spin)
		s->lone.waited = true;
	if (pass_is_barrier(p, &a->span))
		balance_arrive(p, a);
	else if (pass_is_join(p, &a->span))
		balance_joins(p, a);
}

static void begin_wait(struct pass *p, struct actor *a)
{
	const struct span *s = &a->span;
	struct source *source;

	a->kind = s->state == TILE_spin ? PART_spin : kind_of(p, s);
	a->tier = tier_of(p, s, a->kind);
	a->weight = s->wait == NOTHING ? 1 : p->history->wait[s->wait].weight;
	a->state = ACTOR_ALONE;
	a->lone_since = p->shares.lone_sum;
	begin_account(p, a, a->tier);
	note_wait(p, a);
	source = source_of(p, a);
	if (!source)
		return;
	a->state = ACTOR_HANGS;
	source_hang(p, a, source, a->kind == PART_spin);
}

/* A wait, or the part of it that is over, in which it hung on nobody. */
static void end_alone(struct pass *p, const struct actor *a, enum account_cause cause,
		      enum account_part_kind kind, enum tier tier)
{
	uint32_t group = pass_group(p, a->span.object);

	rows_add_alone(p, group, cause, (p->now - a->since) * a->weight);
	pass_lose(p, kind, group, p->shares.sum[tier] - a->share_since);
}

/* Time that was set ended it; or it is not known what did. */
static enum account_cause alone_cause(const struct pass *p, const struct span *s)
{
	if (s->state == TILE_idle && s->wait != NOTHING &&
	    p->history->wait[s->wait].flags & HISTORY_TIMED_OUT)
		return ROOT_timer;
	return ROOT_unknown;
}

static void stop_hanging(struct pass *p, struct actor *a)
{
	const struct source *s = a->at;
	uint32_t thread = pass_thread(p, a);
	int64_t ns = (p->now - a->since) * a->weight;

	if (s->object != NOTHING)
		knot_edge_to_object(p, thread, s->group, ns);
	else
		knot_edge_to_thread(p, thread, s->thread, ns);
	if (a->kind == PART_spin)
		pass_lose(p, PART_spin, pass_group(p, a->span.object),
			  p->shares.sum[TIER_FIRST] - a->share_since);
	source_leave(p, a, a->kind == PART_spin);
}

static void end_wait_for_others(struct pass *p, struct actor *a)
{
	if (pass_is_barrier(p, &a->span))
		balance_left(p, a);
	else if (pass_is_join(p, &a->span))
		balance_joined(p, a);
}

/* It no longer waits for what it waited for; it may not run yet. */
static void stop_waiting(struct pass *p, struct actor *a)
{
	if (a->state == ACTOR_HANGS)
		stop_hanging(p, a);
	else
		end_alone(p, a, alone_cause(p, &a->span), a->kind, a->tier);
	end_wait_for_others(p, a);
}

static void note_longest(struct pass *p, struct actor *a)
{
	a->longest_stack = pass_longest(p, a);
	if (p->now - a->span.begin > a->longest_ns)
		a->longest_ns = p->now - a->span.begin;
}

static void leave(struct pass *p, struct actor *a)
{
	counting_add(p, a, -1);
	if (a->state == ACTOR_GOING) {
		note_longest(p, a);
		end_going(p, a);
	}
	if (a->state == ACTOR_WOKEN)
		end_alone(p, a, ROOT_wake_up, PART_wake_up, TIER_FIRST);
	else if (a->state != ACTOR_GOING)
		stop_waiting(p, a);
	if (a->span.state == TILE_phase) {
		balance_waited(p, a);
		a->synced = p->now;
		a->longest_ns = 0;
	}
}

static void end_life(struct pass *p, struct actor *a)
{
	a->state = ACTOR_GONE;
	tournament_set(&p->next, pass_thread(p, a), TOURNAMENT_NEVER);
	if (p->shares.lone.thread == pass_thread(p, a) && p->shares.lone.open)
		p->shares.lone.waited = true;
	balance_gone(p, a);
}

static void enter(struct pass *p, struct actor *a)
{
	const struct span *s = &a->span;
	bool waits = s->state != TILE_run && s->state != TILE_io && s->state != TILE_timer;
	int64_t until = s->end;

	if (waits) {
		begin_wait(p, a);
		if (a->state == ACTOR_HANGS)
			until = hangs_until(p, s);
	} else {
		begin_going(p, a);
	}
	counting_add(p, a, 1);
	tournament_set(&p->next, pass_thread(p, a), until);
}

/* From now on the thread is on its way back. */
static void wake(struct pass *p, struct actor *a)
{
	counting_add(p, a, -1);
	stop_waiting(p, a);
	a->state = ACTOR_WOKEN;
	begin_account(p, a, TIER_FIRST);
	counting_add(p, a, 1);
	tournament_set(&p->next, pass_thread(p, a), a->span.end);
}

static bool is_born(const struct actor *a)
{
	return a->state != ACTOR_UNBORN && a->state != ACTOR_MADE;
}

/* Made, or born. */
static void come_into_being(struct pass *p, struct actor *a)
{
	int64_t begin = p->history->thread[pass_thread(p, a)].begin;

	a->state = ACTOR_MADE;
	a->synced = begin;
	if (p->now < begin)
		tournament_set(&p->next, pass_thread(p, a), begin);
	else
		balance_born(p, a);
}

void turn(struct pass *p, struct actor *a)
{
	source_flush_behind(p, a);
	if (a->state == ACTOR_HANGS && a->span.end > p->now) {
		wake(p, a);
		return;
	}
	if (is_born(a))
		leave(p, a);
	else
		come_into_being(p, a);
	if (p->now < p->history->thread[pass_thread(p, a)].begin)
		return;
	if (span_next(&a->walk, &a->span))
		enter(p, a);
	else
		end_life(p, a);
}
