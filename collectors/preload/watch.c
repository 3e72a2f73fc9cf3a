#include "collectors/preload/watch.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/hold.h"
#include "collectors/preload/shared.h"
#include "collectors/preload/stack.h"
#include "collectors/preload/usage.h"

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

struct entry watch_entry(struct thread *t, const void *object, uint64_t site, enum family family)
{
	bool fresh;
	return entry_of(t, (uint64_t)object, site, family, &fresh);
}

static void time_hold(struct thread *t, uint64_t object, uint64_t site, enum family family,
		      struct slot *slot, struct hold_choice choice)
{
	if (hold_can(t, object, family))
		hold_begin(t, object, site, slot, choice, ticks_now());
}

void watch_hold_look(struct thread *t, const void *object, uint64_t site, enum family family)
{
	bool fresh;
	thread_guard(t);
	struct hold_choice choice = hold_choose(t, (uint64_t)object);
	if (choice.weight) {
		struct entry e = table_insert(t, (uint64_t)object, site, &fresh);
		time_hold(t, (uint64_t)object, site, family, e.slot, choice);
	}
	thread_leave(t);
}

/* The first hold of its kind is timed, so that something is known of each: not written unless it
 * was due. */
void watch_acquired_slow(struct thread *t, const void *object, uint64_t site, enum family family)
{
	bool fresh;
	struct hold_choice choice = {0, false};
	thread_guard(t);
	struct entry e = entry_of(t, (uint64_t)object, site, family, &fresh);
	if (e.counter)
		e.counter->count++;
	if (--t->hold_countdown <= 0)
		choice = hold_choose(t, (uint64_t)object);
	if (choice.weight || (fresh && process.hold_interval))
		time_hold(t, (uint64_t)object, site, family, e.slot, choice);
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
		hold_posts(t, (uint64_t)object);
	thread_leave(t);
}

void watch_poll_flush(struct thread *t)
{
	if (t->poll.count >= POLL_RUN)
		emit_poll(t);
	t->poll.count = 0;
}

void watch_poll_got(struct thread *t, const void *object)
{
	thread_guard(t);
	if (t->poll.object == (uint64_t)object)
		t->poll.last = ticks_now();
	watch_poll_flush(t);
	thread_leave(t);
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
	hold_look(t, w->begin);
	usage_mark(t, w->begin);
	if (t->poll.count && family != FAMILY_timer) /* naps between tries are part of the run */
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

void wait_correct(struct wait *w, uint64_t begin, uint32_t holder)
{
	w->begin = begin;
	w->holder = holder;
	w->thread->block.waiting_since = begin;
	if (!w->at || w->at != (void *)w->thread->log_cursor)
		return;
	w->at->begin = begin;
	w->at->holder = holder;
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

void wait_late(struct wait *w, struct thread *t, uint64_t object, uint64_t site, enum family family,
	       uint64_t begin)
{
	bool fresh;
	*w = (struct wait){
	    .thread = t, .object = object, .site = site, .family = family, .begin = begin};
	hold_look(t, begin);
	w->entry = entry_of(t, object, site, family, &fresh);
	w->directory = t->directory;
	w->generation = generation_of(object);
	w->stack = stack_here(t);
}

/* In a long wait. The kernel was asked after input and output, not before. */
static bool gives_up_core(enum family family)
{
	return family != FAMILY_spin && family != FAMILY_io;
}

void wait_ended(struct wait *w, uint64_t end, int result, uint32_t flags)
{
	struct thread *t = w->thread;
	bool got = !(flags & (WAIT_TIMED_OUT | WAIT_CANCELLED));
	w->ended = true;
	count_wait(w, end, got);
	if (end - w->begin >= process.io_long && gives_up_core(w->family))
		usage_explain(t, end - w->begin);
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
	w->weight = (uint16_t)weight;
	if (got && w->acquires && hold_can(t, w->object, w->family))
		hold_begin(t, w->object, w->site, w->entry.slot,
			   (struct hold_choice){w->weight, true}, end);
}

void wait_end(struct wait *w, int result, uint32_t flags)
{
	uint64_t end = ticks_now();
	thread_guard(w->thread);
	w->thread->block.waiting_since = 0;
	wait_ended(w, end, result, flags);
	thread_leave(w->thread);
}

void wait_unwound(struct wait *w)
{
	if (w->thread && !w->ended)
		wait_end(w, 0, WAIT_CANCELLED);
}

void release_begin(struct release *r, struct thread *t, const void *object, uint32_t waiters)
{
	*r = (struct release){.waiters = waiters};
	if (!waiters && !hold_is_timed(t, (uint64_t)object))
		return;
	thread_guard(t);
	r->time = ticks_now();
	r->generation = generation_of((uint64_t)object);
	struct held held = hold_end(t, (uint64_t)object, r->time);
	r->acquired = held.acquired;
	r->acquirer = held.slot ? held.slot->site & CALLER_MASK : 0;
	r->weight = process.hold_interval ? held.weight : 0;
	r->flags = held.flags;
	thread_leave(t);
}

void release_end(const struct release *r, struct thread *t, uint64_t object, uint64_t site)
{
	if (!r->waiters && !r->weight)
		return;
	thread_guard(t);
	uint64_t stack = stack_at_release(t, r->acquirer);
	if (r->waiters) {
		emit_release(t, hook_of(site), object, r, stack);
		hold_handed_on(t, object);
	} else {
		emit_hold(t, hook_of(site), object, r, stack);
	}
	thread_leave(t);
}

void watch_retaken(const struct wait *w, uint64_t mutex)
{
	struct thread *t = w->thread;
	thread_guard(t);
	if (process.hold_interval)
		hold_begin(t, mutex, 0, NULL, (struct hold_choice){w->weight, true}, ticks_now());
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
