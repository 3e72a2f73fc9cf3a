#include "collectors/preload/gil.h"
#include "collectors/preload/clock.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/gil_find.h"
#include "collectors/preload/hold.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/stack.h"
#include "collectors/preload/watch.h"

#define FORCED_CPU_NS 100000u /* a thread that wants the GIL back at once uses less until then */

static __thread struct wait gil_wait; /* the one going on */

static uint64_t site_of(const struct gil *g, uint64_t hook)
{
	return SITE(g->caller, hook);
}

static bool ask_usage(uint64_t *switches, uint64_t *cpu)
{
	struct rusage usage = {0};
	struct timespec used = {0, 0};
	if (process.sandboxed || kernel_ask(SYS_getrusage, RUSAGE_THREAD, &usage) != 0 ||
	    kernel_ask(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &used) != 0)
		return false;
	*switches = (uint64_t)usage.ru_nvcsw;
	*cpu = (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
	return true;
}

/*
 * Since when the thread that is about to lock the mutex has wanted the GIL, 0: not known to be
 * earlier. One that was made to drop it wants it back from then on, though it may lose its core
 * before it says so; one that dropped it for a call that blocks, while somebody asked for it, does
 * not.
 */
static uint64_t wanted_since(struct thread *t)
{
	uint64_t switches, cpu, since = t->gil.forced;
	t->gil.forced = 0;
	if (since && ask_usage(&switches, &cpu) && switches == t->gil.forced_switches &&
	    cpu - t->gil.forced_cpu < FORCED_CPU_NS)
		return since;
	return 0;
}

static void begin_wait(struct thread *t, struct gil *g)
{
	uint64_t since = t->gil.entered;
	wait_begin(&gil_wait, t, (const void *)g->cond, site_of(g, HOOK_gil_take), FAMILY_gil, true,
		   0);
	wait_correct(&gil_wait, since ? since : gil_wait.begin,
		     __atomic_load_n(&g->holder, __ATOMIC_RELAXED));
	t->gil.waiting = true;
	t->gil.timeouts = 0;
}

static void end_wait(struct thread *t, uint64_t end, uint32_t flags)
{
	struct wait *w = &gil_wait;
	t->gil.waiting = false;
	w->other = t->gil.timeouts;
	w->at = NULL; /* filled in before that was known */
	thread_guard(t);
	t->block.waiting_since = 0;
	wait_ended(w, end, 0, flags);
	thread_leave(t);
}

/* It was free again when a thread that had been made to drop it came back for it. */
static void late_wait(struct thread *t, struct gil *g, uint64_t since)
{
	thread_guard(t);
	wait_late(&gil_wait, t, g->cond, site_of(g, HOOK_gil_take), FAMILY_gil, since);
	gil_wait.acquires = true;
	wait_ended(&gil_wait, t->gil.took, 0, 0);
	thread_leave(t);
}

/* Whether there are counts: looks them up when the table or the GIL is another one. */
static bool counts_of(struct thread *t, struct gil *g)
{
	struct gil_state *s = &t->gil;
	if (likely(s->counted == g && s->directory == t->directory))
		return true;
	thread_guard(t);
	struct entry e =
	    watch_entry(t, (const void *)g->cond, site_of(g, HOOK_gil_take), FAMILY_gil);
	s->counter = e.counter;
	s->stats = e.slot ? table_stats(t, e.slot) : NULL;
	s->directory = t->directory;
	s->counted = s->stats ? g : NULL;
	thread_leave(t);
	return s->counted;
}

static void taken(struct thread *t, struct gil *g)
{
	if (t->gil.waiting)
		end_wait(t, t->gil.took, 0);
	else if (t->gil.entered)
		late_wait(t, g, t->gil.entered);
	else if (counts_of(t, g))
		t->gil.counter->count++;
	t->python_thread = *(const void *const volatile *)(g->cond + GIL_LAST_HOLDER);
	t->gil.held = g;
	t->gil.taken = t->gil.took;
	t->gil.weight = 0;
	if (unlikely(--t->hold_countdown <= 0)) {
		thread_guard(t);
		t->gil.weight = process.hold_interval ? hold_choose(t, g->cond).weight : 0;
		if (t->gil.weight)
			hold_pay(t, t->gil.took);
		thread_leave(t);
	}
}

static void count_hold(struct thread *t, struct gil *g, uint64_t end, bool contended)
{
	struct held h = {.weight = 1, .contended = contended};
	if (counts_of(t, g))
		hold_count(t->gil.stats, &h, end - t->gil.taken);
}

static void write_drop(struct thread *t, struct gil *g, bool timed)
{
	struct release r = {.time = t->gil.dropped,
			    .acquired = timed ? t->gil.taken : 0,
			    .waiters = t->gil.waiters,
			    .weight = t->gil.weight,
			    .generation = generation_of(g->cond)};
	thread_guard(t);
	if (r.waiters) {
		emit_release(t, HOOK_gil_drop, g->cond, &r, stack_here(t));
		hold_handed_on(t, g->cond);
	} else {
		emit_hold(t, HOOK_gil_drop, g->cond, &r, stack_here(t));
	}
	thread_leave(t);
}

static void dropped(struct thread *t, struct gil *g)
{
	bool timed = t->gil.held == g;
	if (timed)
		count_hold(t, g, t->gil.dropped, t->gil.waiters);
	if (t->gil.waiters || (timed && t->gil.weight))
		write_drop(t, g, timed);
	t->gil.held = NULL;
}

static enum gil_step before_mutex(struct thread *t, struct gil *g, enum gil_act act)
{
	if (act != GIL_LOCK)
		return GIL_AFTER;
	t->gil.inside = g;
	t->gil.took = t->gil.dropped = t->gil.entered = 0;
	if (unlikely(t->gil.forced))
		t->gil.entered = wanted_since(t);
	if (!t->gil.entered &&
	    unlikely(((const pthread_mutex_t *)(g->cond + GIL_MUTEX))->__data.__lock))
		t->gil.entered = ticks_now();
	return GIL_FORWARD;
}

/* One locked where this thread was not watched tells nothing. */
static void left_mutex(struct thread *t, struct gil *g)
{
	if (t->gil.inside != g)
		return;
	t->gil.inside = NULL;
	if (t->gil.took) {
		taken(t, g);
	} else if (t->gil.dropped) {
		dropped(t, g);
	} else if (t->gil.waiting) { /* the interpreter is ending: this thread gets it no more */
		end_wait(t, ticks_now(), WAIT_CANCELLED);
	}
}

/* Inside the mutex this is part of a take, outside of a drop that others had asked for. */
static enum gil_step before_switch_mutex(struct thread *t, struct gil *g, enum gil_act act)
{
	if (t->gil.inside == g) {
		if (act == GIL_LOCK) {
			t->gil.took = ticks_now();
			__atomic_store_n(&g->holder, t->block.head.tid, __ATOMIC_RELAXED);
		}
		return GIL_FORWARD;
	}
	if (act == GIL_UNLOCK)
		return GIL_AFTER;
	t->gil.forced = t->gil.dropped;
	watch_called(t, (const void *)g->cond, site_of(g, HOOK_gil_forced), FAMILY_gil);
	return GIL_FORWARD;
}

static enum gil_step before_condition(struct thread *t, struct gil *g, enum gil_act act)
{
	if (act == GIL_WAIT) {
		if (!t->gil.waiting)
			begin_wait(t, g);
		return GIL_AFTER;
	}
	if (t->gil.inside == g) {
		t->gil.dropped = ticks_now();
		t->gil.waiters = waiters_condition((const void *)g->cond);
	}
	return GIL_FORWARD;
}

enum gil_step gil_before_any(struct thread *t, const void *object, enum gil_act act)
{
	enum gil_offset offset;
	struct gil *g = gil_of(object, &offset);
	if (!g)
		return GIL_OTHER;
	switch (offset) {
	case GIL_MUTEX:
		return before_mutex(t, g, act);
	case GIL_SWITCH_MUTEX:
		return before_switch_mutex(t, g, act);
	case GIL_COND:
		return before_condition(t, g, act);
	default:
		return GIL_FORWARD;
	}
}

void gil_after(struct thread *t, const void *object, enum gil_act act, int result)
{
	enum gil_offset offset = GIL_MUTEX;
	struct gil *g = act == GIL_UNLOCK ? t->gil.inside : NULL;
	if (unlikely(!g) && !(g = gil_of(object, &offset)))
		return;
	if (act == GIL_WAIT)
		t->gil.timeouts += result == ETIMEDOUT;
	else if (offset == GIL_MUTEX)
		left_mutex(t, g);
	else if (!ask_usage(&t->gil.forced_switches, &t->gil.forced_cpu))
		t->gil.forced = 0;
}

void gil_thread_end(struct thread *t)
{
	if (!t->gil.held)
		return;
	count_hold(t, t->gil.held, ticks_now(), false);
	t->gil.held = NULL;
}
