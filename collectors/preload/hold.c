#include "collectors/preload/hold.h"
#include "collectors/preload/clock.h"

#define PERIOD_US 250u /* a record each, in the long run: 4,000 a second */
#define LOOK_PERIODS 80u
#define CREDIT_START 32
#define CREDIT_GRANT 8 /* what a doubled interval begins with */
#define CREDIT_MAX 1024
#define CREDIT_HALVE 512 /* from here on the interval is halved */
#define CREDIT_NESTED 128
#define INTERVAL_MAX 32768u
#define NESTED_MAX 32 /* timed inside one outermost hold: it may never end */

static const bool hook_is_shared[HOOK_LIMIT] = {
#define MODE_shared true
#define MODE_exclusive false
#define MODE_none false
#define MODE_receive false
#define MODE_send false
#define HOOK(kind, family, mode, name) [HOOK_##name] = MODE_##mode,
#include "collectors/preload/hooks.def"
#undef HOOK
};

static bool gives_up(uint64_t site)
{
	switch (site >> 48) {
	case HOOK_pthread_mutex_trylock:
	case HOOK_pthread_mutex_timedlock:
	case HOOK_pthread_mutex_clocklock:
	case HOOK_mtx_trylock:
	case HOOK_mtx_timedlock:
	case HOOK_pthread_rwlock_tryrdlock:
	case HOOK_pthread_rwlock_trywrlock:
	case HOOK_pthread_rwlock_timedrdlock:
	case HOOK_pthread_rwlock_timedwrlock:
	case HOOK_pthread_rwlock_clockrdlock:
	case HOOK_pthread_rwlock_clockwrlock:
	case HOOK_pthread_spin_trylock:
	case HOOK_sem_trywait:
	case HOOK_sem_timedwait:
	case HOOK_sem_clockwait:
		return true;
	default:
		return false;
	}
}

static uint64_t period(void) /* ticks */
{
	return (uint64_t)process.ticks_per_us * PERIOD_US;
}

void hold_start(struct thread *t, uint64_t now)
{
	t->sampling = (struct sampling){.interval = 1,
					.left = 1,
					.drawn = 1,
					.credit = CREDIT_START,
					.credited = now,
					.looked = now};
	t->hold_countdown = 1;
}

/* -ln(u / 2^32) of a random u. The polynomial is log2(1 + x) to 1.2e-4. */
static double exponential(struct thread *t)
{
	t->random = t->random * 1664525u + 1013904223u;
	uint32_t u = t->random | 1;
	int zeros = __builtin_clz(u);
	double x = (double)(u << zeros) / 2147483648.0 - 1;
	double log2 = x * (1.438638 + x * (-0.677743 + x * (0.32188 - x * 0.0828607)));
	return (zeros + 1 - log2) * 0.69314718;
}

/*
 * How many acquisitions until the next sample, geometric with mean `interval`: an acquisition's
 * chance does not depend on those before it, so the countdown may be drawn anew at any time.
 */
static void draw(struct thread *t)
{
	struct sampling *s = &t->sampling;
	double k = s->interval;
	s->passed += (uint64_t)(s->drawn - s->left);
	/* -1 / ln(1 - 1/k), by its series */
	s->left = s->interval < 2
		      ? 1
		      : 1 + (int32_t)(exponential(t) * (k - 0.5 - 1 / (12 * k) - 1 / (24 * k * k)));
	s->drawn = s->left;
}

/* Sets the hot path's countdown: to the next sample, or to the next acquisition when that is to be
 * looked at for another reason. */
static void arm(struct thread *t)
{
	struct sampling *s = &t->sampling;
	bool nested =
	    t->held_count && s->nested_left && s->interval > 1 && s->credit > CREDIT_NESTED;
	s->forced = s->handed_on || nested;
	t->hold_countdown = s->forced ? 1 : s->left;
}

/* Before anything changes: `left` is right again. */
static void disarm(struct thread *t)
{
	if (!t->sampling.forced)
		t->sampling.left = t->hold_countdown;
}

static void set_interval(struct thread *t, uint64_t interval)
{
	t->sampling.interval = (uint32_t)(interval > INTERVAL_MAX ? INTERVAL_MAX
					  : interval		  ? interval
								  : 1);
	draw(t);
}

/* For a record. */
static void pay(struct thread *t, uint64_t now)
{
	struct sampling *s = &t->sampling;
	uint64_t earned = now > s->credited ? (now - s->credited) / period() : 0;
	s->credited += earned * period();
	s->credit = earned > CREDIT_MAX ? CREDIT_MAX : s->credit + (int32_t)earned;
	if (s->credit > CREDIT_MAX)
		s->credit = CREDIT_MAX;
	if (--s->credit <= 0) {
		set_interval(t, s->interval * 2);
		s->credit = CREDIT_GRANT;
	} else if (s->interval > 1 && s->credit >= CREDIT_HALVE) {
		set_interval(t, s->interval / 2);
		s->credit = CREDIT_HALVE / 2;
	}
}

void hold_look(struct thread *t, uint64_t now)
{
	struct sampling *s = &t->sampling;
	if (likely(s->interval <= 1 || now < s->looked + LOOK_PERIODS * period()))
		return;
	uint64_t passed, interval, time = now - s->looked;
	disarm(t);
	passed = s->passed + (uint64_t)(s->drawn - s->left);
	interval = passed * period() / time;
	if (interval < s->interval)
		set_interval(t, interval);
	s->passed = 0;
	s->drawn = s->left;
	s->looked = now;
	arm(t);
}

struct hold_choice hold_choose(struct thread *t, uint64_t object)
{
	struct sampling *s = &t->sampling;
	struct hold_choice choice = {0, false};
	if (process.hold_interval == HOLDS_NONE) {
		t->hold_countdown = INT32_MAX;
		return choice;
	}
	disarm(t);
	if (s->forced && s->handed_on == object) {
		choice = (struct hold_choice){1, true};
	} else if (s->forced && t->held_count && s->nested_left && s->credit > CREDIT_NESTED) {
		s->nested_left--;
		choice.weight = 1;
	} else if (s->forced ? --s->left <= 0 : true) {
		choice.weight = (uint16_t)s->interval;
		s->left = 0;
		draw(t);
	}
	s->handed_on = 0;
	arm(t);
	return choice;
}

static void push(struct thread *t, struct held held)
{
	if (t->held_count == HELD_MAX) { /* forget the oldest: a thread that never releases */
		for (uint32_t i = 1; i < HELD_MAX; i++)
			t->held[i - 1] = t->held[i];
		t->held_count--;
	}
	if (!t->held_count)
		t->sampling.nested_left = NESTED_MAX;
	t->held[t->held_count++] = held;
}

void hold_begin(struct thread *t, uint64_t object, uint64_t site, struct slot *slot,
		struct hold_choice choice, uint64_t now)
{
	disarm(t);
	push(t, (struct held){.object = object,
			      .acquired = now,
			      .slot = slot,
			      .weight = choice.weight,
			      .contended = choice.contended,
			      .flags = (hook_is_shared[site >> 48] ? HOLD_SHARED : 0) |
				       (gives_up(site) ? HOLD_GIVES_UP : 0)});
	if (choice.weight && !choice.contended && process.hold_interval > HOLDS_ALL)
		pay(t, now);
	arm(t);
}

void hold_pay(struct thread *t, uint64_t now)
{
	if (process.hold_interval <= HOLDS_ALL)
		return;
	disarm(t);
	pay(t, now);
	arm(t);
}

bool hold_is_timed(const struct thread *t, uint64_t object)
{
	for (uint32_t i = 0; i < t->held_count; i++)
		if (t->held[i].object == object)
			return true;
	return false;
}

void hold_count(struct stats *stats, const struct held *h, uint64_t time)
{
	uint32_t weight = h->contended || !h->weight ? 1 : h->weight;
	int bucket = 63 - __builtin_clzll(time | 1) - 3;
	bucket = bucket < 0 ? 0 : bucket >= HOLD_BUCKETS ? HOLD_BUCKETS - 1 : bucket;
	stats->hold_bucket[bucket] += weight;
	stats->hold_samples++;
	stats->hold_weight += weight;
	stats->hold += time * weight;
	if (h->contended) {
		stats->contended_holds++;
		stats->contended_hold += time;
	}
	if (time > stats->hold_max)
		stats->hold_max = time;
}

struct held hold_end(struct thread *t, uint64_t object, uint64_t now)
{
	uint32_t i = t->held_count;
	while (i && t->held[i - 1].object != object)
		i--;
	if (!i)
		return (struct held){.acquired = 0};
	struct held h = t->held[i - 1];
	for (t->held_count--; i <= t->held_count; i++)
		t->held[i - 1] = t->held[i];
	struct stats *stats = h.slot ? table_stats(t, h.slot) : NULL;
	if (stats)
		hold_count(stats, &h, now - h.acquired);
	return h;
}

/*
 * A thread that releases a lock to a waiter often gets it back before the waiter runs, without
 * waiting. That hold makes others wait, so it is timed like one after a wait.
 */
void hold_handed_on(struct thread *t, uint64_t object)
{
	if (process.hold_interval <= HOLDS_ALL)
		return;
	disarm(t);
	t->sampling.handed_on = object;
	arm(t);
}

static uint64_t posted_bit(uint64_t object)
{
	return 1ull << ((object * 0x9e3779b97f4a7c15ull) >> 58);
}

void hold_posts(struct thread *t, uint64_t object)
{
	t->posted |= posted_bit(object);
}

bool hold_can(const struct thread *t, uint64_t object, enum family family)
{
	if (family == FAMILY_semaphore)
		return t->posted & posted_bit(object);
	return family == FAMILY_mutex || family == FAMILY_rwlock || family == FAMILY_spin;
}
