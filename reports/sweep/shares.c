#include "reports/sweep/pass.h"

/* Time with n threads, n in parts of SPAN_WHOLE: between two whole numbers it is divided. */
static void profile_add(int64_t *ns, int64_t n, int64_t dt)
{
	int64_t part = n & (SPAN_WHOLE - 1);

	if (part) {
		part = (int64_t)((unsigned __int128)dt * (uint64_t)part >> SPAN_BITS);
		ns[(n >> SPAN_BITS) + 1] += part;
	}
	ns[n >> SPAN_BITS] += dt - part;
}

/* Of the lanes lost what one thread gets, of as many as weight says. */
static double take(double *lost, int64_t weight)
{
	double threads = (double)weight / SPAN_WHOLE, share;

	if (weight == 0)
		return 0;
	share = threads <= *lost ? 1 : *lost / threads;
	*lost = threads <= *lost ? *lost - threads : 0;
	return share;
}

/* One thread works while others have none, or do not exist: what that is shows later. */
static void lone_instant(struct pass *p, int64_t dt, double spare, double join, double rest)
{
	struct shares *s = &p->shares;
	double idle = spare * (double)s->weight[TIER_IDLE] / SPAN_WHOLE;

	s->sum[TIER_OUTSIDE] += spare * (double)dt;
	rest += join * (double)s->weight[TIER_JOIN] / SPAN_WHOLE;
	lone_add(p, (uint32_t)s->active_sum, dt, idle * (double)dt, rest * (double)dt);
}

static void shared_instant(struct pass *p, int64_t dt, double spare, double join, double rest)
{
	struct shares *s = &p->shares;
	double ends = rest < s->gone ? rest : s->gone;

	s->sum[TIER_IDLE] += spare * (double)dt;
	s->sum[TIER_OUTSIDE] += spare * (double)dt;
	s->sum[TIER_JOIN] += join * (double)dt;
	if (ends > 0 && s->blocked && s->lock_group != NOTHING)
		pass_lose(p, PART_lock, s->lock_group, ends * (double)dt);
	else if (ends > 0)
		pass_lose(p, PART_imbalance, s->gone_group, ends * (double)dt);
	s->few_threads += (rest - ends) * (double)dt;
	if (s->active || s->blocked)
		s->lone.open = false;
}

static void lose(struct pass *p, int64_t lost_lanes, int64_t dt)
{
	struct shares *s = &p->shares;
	double lost = (double)lost_lanes / SPAN_WHOLE, first, spare, join;
	bool lone = s->active == 1 && !s->blocked && !s->gone;

	first = take(&lost, s->weight[TIER_FIRST]);
	spare = take(&lost, s->weight[TIER_IDLE] + s->weight[TIER_OUTSIDE]);
	join = take(&lost, s->weight[TIER_JOIN]);
	s->sum[TIER_FIRST] += first * (double)dt;
	if (lone && s->at_barrier) {
		s->lone_sum += first * (double)dt;
		s->lone_ns += dt;
	}
	if (lone && !s->at_barrier)
		lone_instant(p, dt, spare, join, lost);
	else
		shared_instant(p, dt, spare, join, lost);
}

void shares_advance(struct pass *p, int64_t until)
{
	struct shares *s = &p->shares;
	int64_t dt = until - p->now, progress = shares_progress(s);
	int64_t got = progress < s->lanes ? progress : s->lanes;

	if (dt <= 0)
		return;
	profile_add(p->out->running_ns, s->running, dt);
	profile_add(p->out->progress_ns, s->running + s->outside, dt);
	if (s->running)
		s->criticality += (double)dt * SPAN_WHOLE / (double)s->running;
	s->work += (double)got / SPAN_WHOLE * (double)dt;
	if (got < s->lanes || s->active == 1)
		lose(p, s->lanes - got, dt);
	else
		s->lone.open = false;
	p->now = until;
}
