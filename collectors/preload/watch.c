#include "collectors/preload/watch.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/shared.h"
#include "collectors/preload/stack.h"

#define POLL_RUN 3u /* failed trylocks in a row that make a poll */

static uint16_t hook_of(uint64_t site)
{
	return (uint16_t)(site >> 48);
}

/* Guard set. The entry, with a SITE record for a new one. */
static struct entry entry_of(struct thread *t, uint64_t object, uint64_t site, enum family family,
			     bool *fresh)
{
	struct entry e = table_insert(t, object, site, fresh);
	if (!*fresh)
		return e;
	uint32_t attributes = object_attributes(family, (const void *)object);
	emit_site(t, hook_of(site), object, e.slot->generation, attributes, site & CALLER_MASK,
		  stack_here(t));
	if (attributes & OBJECT_SHARED)
		shared_emit(t, hook_of(site), object, e.slot->generation);
	return e;
}

/* The next acquisition to be timed: hold_interval away on average, never in step with a loop. */
static int32_t next_sample(struct thread *t)
{
	uint32_t interval = process.hold_interval;
	if (interval <= 1)
		return interval ? 1 : INT32_MAX;
	t->random = t->random * 1664525u + 1013904223u;
	return (int32_t)(interval / 2 + (uint32_t)(((uint64_t)t->random * interval) >> 32) + 1);
}

static void hold_push(struct thread *t, struct held held)
{
	if (t->held_count == HELD_MAX) { /* forget the oldest: a thread that never releases */
		for (uint32_t i = 1; i < HELD_MAX; i++)
			t->held[i - 1] = t->held[i];
		t->held_count--;
	}
	t->held[t->held_count++] = held;
}

/* Ends the innermost timed hold of the object; acquired is 0 when it was not timed. */
static struct held hold_pop(struct thread *t, uint64_t object, uint64_t now)
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
	uint64_t hold = now - h.acquired;
	if (!stats)
		return h;
	int bucket = 63 - __builtin_clzll(hold | 1) - 3;
	bucket = bucket < 0 ? 0 : bucket >= HOLD_BUCKETS ? HOLD_BUCKETS - 1 : bucket;
	stats->hold_bucket[bucket] += h.sampled ? process.hold_interval : 1;
	stats->hold_samples++;
	stats->hold += hold;
	if (h.contended) {
		stats->contended_holds++;
		stats->contended_hold += hold;
	}
	if (hold > stats->hold_max)
		stats->hold_max = hold;
	return h;
}

static bool is_timed(uint64_t object, const struct thread *t)
{
	for (uint32_t i = 0; i < t->held_count; i++)
		if (t->held[i].object == object)
			return true;
	return false;
}

/* Only a semaphore this thread also posts is one it can hold: else a consumer's list would fill. */
static uint64_t posted_bit(uint64_t object)
{
	return 1ull << ((object * 0x9e3779b97f4a7c15ull) >> 58);
}

static bool can_hold(const struct thread *t, uint64_t object, enum family family)
{
	if (family == FAMILY_semaphore)
		return t->posted & posted_bit(object);
	return family == FAMILY_mutex || family == FAMILY_rwlock || family == FAMILY_spin;
}

enum why { FIRST_USE, SAMPLED, CONTENDED };

static void time_hold(struct thread *t, uint64_t object, enum family family, struct slot *slot,
		      enum why why)
{
	if (process.hold_interval && can_hold(t, object, family))
		hold_push(t, (struct held){.object = object,
					   .acquired = ticks_now(),
					   .contended = why == CONTENDED,
					   .sampled = why == SAMPLED,
					   .slot = slot});
}

/*
 * A thread that releases a lock to a waiter often gets it back before the waiter runs, without
 * waiting. That hold makes others wait, so it is timed like one after a wait.
 */
static void time_next_hold(struct thread *t, uint64_t object)
{
	if (process.hold_interval <= 1)
		return;
	if (!t->handed_on)
		t->countdown_kept = t->hold_countdown;
	t->handed_on = object;
	t->hold_countdown = 1;
}

/* The countdown has run out: whether this acquisition is timed, and why. Sets the countdown. */
static bool sample_is_due(struct thread *t, uint64_t object, enum why *why)
{
	uint64_t handed_on = t->handed_on;
	t->handed_on = 0;
	*why = SAMPLED;
	if (handed_on) {
		t->hold_countdown = t->countdown_kept > 1 ? t->countdown_kept - 1 : 1;
		*why = CONTENDED;
		return handed_on == object;
	}
	t->hold_countdown = next_sample(t);
	return true;
}

void watch_hold_sample(struct thread *t, const void *object, uint64_t site, enum family family)
{
	bool fresh;
	enum why why;
	thread_guard(t);
	if (sample_is_due(t, (uint64_t)object, &why)) {
		struct entry e = table_insert(t, (uint64_t)object, site, &fresh);
		time_hold(t, (uint64_t)object, family, e.slot, why);
	}
	thread_leave(t);
}

void watch_acquired_slow(struct thread *t, const void *object, uint64_t site, enum family family)
{
	bool fresh;
	thread_guard(t);
	struct entry e = entry_of(t, (uint64_t)object, site, family, &fresh);
	if (e.counter) {
		e.counter->count++;
		enum why why = FIRST_USE;
		bool due = --t->hold_countdown <= 0 && sample_is_due(t, (uint64_t)object, &why);
		if (due || fresh)
			time_hold(t, (uint64_t)object, family, e.slot, due ? why : FIRST_USE);
	}
	thread_leave(t);
}

void watch_called_slow(struct thread *t, const void *object, uint64_t site, enum family family)
{
	bool fresh;
	thread_guard(t);
	struct entry e = entry_of(t, (uint64_t)object, site, family, &fresh);
	if (e.counter)
		e.counter->count++;
	if (family == FAMILY_semaphore)
		t->posted |= posted_bit((uint64_t)object);
	thread_leave(t);
}

void watch_poll_flush(struct thread *t)
{
	if (t->poll.count >= POLL_RUN)
		emit_poll(t);
	t->poll.count = 0;
}

void watch_failed(struct thread *t, const void *object, uint64_t site, enum family family)
{
	bool fresh;
	thread_guard(t);
	struct entry e = entry_of(t, (uint64_t)object, site, family, &fresh);
	struct stats *stats = e.slot ? table_stats(t, e.slot) : NULL;
	if (stats)
		stats->failed++;
	uint64_t now = ticks_now();
	if (t->poll.count && (t->poll.object != (uint64_t)object || t->poll.site != site))
		watch_poll_flush(t);
	if (!t->poll.count++) {
		t->poll.object = (uint64_t)object;
		t->poll.site = site;
		t->poll.generation = generation_of((uint64_t)object);
		t->poll.first = now;
	}
	t->poll.last = now;
	thread_leave(t);
}

static void prefill(struct wait *w)
{
	struct thread *t = w->thread;
	w->at = emit_reserve(t, sizeof(*w->at));
	if (!w->at)
		return;
	w->at->begin = w->begin;
	w->at->object = w->object;
	w->at->generation = w->generation;
	w->at->holder = w->holder;
	w->at->stack = w->stack;
	w->at->other = w->other;
}

/*
 * All that is dear happens here, before blocking, while somebody else holds the object anyway:
 * after the call the thread owns it, and every ns spent then is spent inside the critical section.
 */
void wait_begin(struct wait *w, struct thread *t, const void *object, uint64_t site,
		enum family family, bool acquires, uint64_t other)
{
	bool fresh;
	thread_guard(t);
	*w = (struct wait){.thread = t,
			   .object = (uint64_t)object,
			   .site = site,
			   .other = other,
			   .family = family,
			   .acquires = acquires,
			   .begin = ticks_now(),
			   .holder = object_holder(family, object)};
	if (t->poll.count)
		watch_poll_flush(t);
	w->entry = entry_of(t, w->object, site, family, &fresh);
	w->directory = t->directory;
	w->generation = generation_of(w->object);
	w->stack = stack_here(t);
	if (w->entry.slot)
		table_stats(t, w->entry.slot);
	t->block.waiting_for = w->object;
	t->block.waiting_site = site;
	__atomic_store_n(&t->block.waiting_since, w->begin, __ATOMIC_RELEASE);
	prefill(w);
	thread_leave(t);
}

/* A signal handler's hooks may have grown the table or moved the log meanwhile. */
static void count_wait(struct wait *w, uint64_t end, bool got)
{
	struct thread *t = w->thread;
	bool fresh;
	if (w->directory != t->directory)
		w->entry = table_insert(t, w->object, w->site, &fresh);
	struct stats *stats = w->entry.slot ? table_stats(t, w->entry.slot) : NULL;
	if (w->entry.counter && got)
		w->entry.counter->count++;
	if (!stats)
		return;
	uint64_t time = end - w->begin;
	stats->contended++;
	stats->failed += !got;
	stats->wait += time;
	if (time > stats->wait_max)
		stats->wait_max = time;
}

#define SHORT_WAIT_TICKS 6000u

/* How many waits the record stands for; 0: leave it out. */
static uint32_t weight_of(struct thread *t, uint64_t time)
{
	if (likely(t->wait_interval <= 1) || time > SHORT_WAIT_TICKS)
		return 1;
	if (--t->wait_countdown)
		return 0;
	t->wait_countdown = t->wait_interval;
	return t->wait_interval;
}

void wait_end(struct wait *w, int result, uint32_t flags)
{
	struct thread *t = w->thread;
	uint64_t end = ticks_now();
	bool got = !(flags & (WAIT_TIMED_OUT | WAIT_CANCELLED));
	w->ended = true;
	thread_guard(t);
	t->block.waiting_since = 0;
	count_wait(w, end, got);
	uint32_t weight = weight_of(t, end - w->begin);
	if (weight && w->at != (void *)t->log_cursor)
		prefill(w);
	if (weight && w->at) {
		w->at->end = end;
		w->at->result = result;
		w->at->flags = flags | (got && w->acquires ? WAIT_ACQUIRED : 0);
		emit_commit(t, &w->at->head, sizeof(*w->at), EVENT_WAIT, hook_of(w->site),
			    (uint16_t)weight);
	}
	if (got && w->acquires && can_hold(t, w->object, w->family))
		hold_push(t, (struct held){.object = w->object,
					   .acquired = end,
					   .contended = 1,
					   .slot = w->entry.slot});
	thread_leave(t);
}

void wait_unwound(struct wait *w)
{
	if (w->thread && !w->ended)
		wait_end(w, 0, WAIT_CANCELLED);
}

void release_begin(struct release *r, struct thread *t, const void *object, uint32_t waiters)
{
	*r = (struct release){.waiters = waiters};
	if (!waiters && !is_timed((uint64_t)object, t))
		return;
	thread_guard(t);
	r->time = ticks_now();
	r->generation = generation_of((uint64_t)object);
	struct held held = hold_pop(t, (uint64_t)object, r->time);
	r->acquired = held.acquired;
	r->acquirer = held.slot ? held.slot->site & CALLER_MASK : 0;
	thread_leave(t);
}

void release_end(const struct release *r, struct thread *t, uint64_t object, uint64_t site)
{
	if (!r->waiters)
		return;
	thread_guard(t);
	emit_release(t, hook_of(site), object, r, stack_at_release(t, r->acquirer));
	time_next_hold(t, object);
	thread_leave(t);
}

void watch_retaken(struct thread *t, uint64_t object)
{
	thread_guard(t);
	if (process.hold_interval)
		hold_push(t, (struct held){.object = object, .acquired = ticks_now()});
	thread_leave(t);
}

void watch_wake(const struct release *wake, struct thread *t, uint64_t object, uint64_t site)
{
	thread_guard(t);
	emit_wake(t, hook_of(site), object, wake, stack_here(t));
	thread_leave(t);
}

void watch_init(struct thread *t, const void *object, uint64_t site, enum family family,
		uint32_t attributes)
{
	thread_guard(t);
	uint32_t generation = generation_step((uint64_t)object);
	attributes |= object_attributes(family, object);
	emit_init(t, hook_of(site), (uint64_t)object, generation, attributes, stack_here(t));
	if (attributes & OBJECT_SHARED)
		shared_emit(t, hook_of(site), (uint64_t)object, generation);
	thread_leave(t);
}

void watch_destroyed(struct thread *t, const void *object, uint64_t site)
{
	thread_guard(t);
	emit_destroy(t, hook_of(site), (uint64_t)object, generation_of((uint64_t)object));
	generation_step((uint64_t)object);
	thread_leave(t);
}
