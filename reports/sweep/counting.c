#include "reports/sweep/counting.h"

/* Not blocked for that part of a run: it counts as one that could make progress. */
enum { ACTIVE = SPAN_WHOLE / 4 };

static void set_active(struct pass *p, struct actor *a, bool active)
{
	struct shares *s = &p->shares;

	if (a->is_active == active)
		return;
	a->is_active = active;
	s->active += active ? 1 : -1;
	s->active_sum += active ? pass_thread(p, a) : -(uint64_t)pass_thread(p, a);
}

/* Waits for a lock, or for its wake-up: nobody else is alone then. */
static bool is_blocked(const struct actor *a)
{
	if (a->state == ACTOR_WOKEN)
		return true;
	if (a->state == ACTOR_GOING)
		return false;
	return a->kind == PART_lock || a->kind == PART_spin;
}

static void count_run(struct pass *p, struct actor *a, int sign)
{
	struct shares *s = &p->shares;
	const struct span *span = &a->span;

	s->running += sign * span_running(span);
	s->weight[TIER_FIRST] += sign * span->ready;
	s->weight[TIER_OUTSIDE] += sign * span->hidden;
	set_active(p, a, sign > 0 && SPAN_WHOLE - span->hidden >= ACTIVE);
}

static void count_outside(struct pass *p, struct actor *a, int sign)
{
	struct shares *s = &p->shares;

	s->outside += sign * SPAN_WHOLE;
	if (s->outside_counts)
		set_active(p, a, sign > 0);
	else
		s->weight[TIER_OUTSIDE] += sign * SPAN_WHOLE;
}

void counting_add(struct pass *p, struct actor *a, int sign)
{
	struct shares *s = &p->shares;

	if (sign < 0)
		s->blocked -= is_blocked(a);
	if (a->state == ACTOR_GOING && a->span.state == TILE_run)
		count_run(p, a, sign);
	else if (a->state == ACTOR_GOING)
		count_outside(p, a, sign);
	else
		s->weight[a->state == ACTOR_WOKEN ? TIER_FIRST : a->tier] += sign * SPAN_WHOLE;
	if (a->state != ACTOR_GOING && a->state != ACTOR_WOKEN && pass_is_barrier(p, &a->span))
		s->at_barrier += sign;
	if (sign > 0)
		s->blocked += is_blocked(a);
}
