/*
 * What is recorded around a call, whatever the function: the verbs behind the wrapper shapes of
 * kinds.h. The inline parts are the hot path: two table words and a countdown per acquisition.
 *
 * None may be called with the guard set. All keep errno.
 */
#ifndef PARPROF_WATCH_H
#define PARPROF_WATCH_H

#include "collectors/preload/clock.h"
#include "collectors/preload/family.h"
#include "collectors/preload/python.h"
#include "collectors/preload/table.h"

/* The object was got without waiting. */
void watch_acquired_slow(struct thread *t, const void *object, uint64_t site, enum family family);
void watch_hold_look(struct thread *t, const void *object, uint64_t site, enum family family);

static inline void watch_acquired(struct thread *t, const void *object, uint64_t site,
				  enum family family)
{
	struct counter *c = table_hit(t, (uint64_t)object, site);
	if (unlikely(!c)) {
		watch_acquired_slow(t, object, site, family);
		return;
	}
	c->count++;
	if (unlikely(--t->hold_countdown <= 0))
		watch_hold_look(t, object, site, family);
}

/* A trylock got it: the end of a run of failures. */
void watch_poll_got(struct thread *t, const void *object);
static inline void watch_tried(struct thread *t, const void *object, uint64_t site,
			       enum family family)
{
	if (unlikely(t->poll.count))
		watch_poll_got(t, object);
	watch_acquired(t, object, site, family);
}

/* A trylock did not get it. */
void watch_failed(struct thread *t, const void *object, uint64_t site, enum family family);

/* Guard set: writes the run of failures going on, if it is long enough to be polling. */
void watch_poll_flush(struct thread *t);

/* A call that only counts: a signal nobody waited for, a join that was ready. */
void watch_called_slow(struct thread *t, const void *object, uint64_t site, enum family family);
static inline void watch_called(struct thread *t, const void *object, uint64_t site,
				enum family family)
{
	struct counter *c = table_hit(t, (uint64_t)object, site);
	if (likely(c))
		c->count++;
	else
		watch_called_slow(t, object, site, family);
}

/* Guard set. The entry, with a SITE record for a new one; nothing is counted. */
struct entry watch_entry(struct thread *t, const void *object, uint64_t site, enum family family);

/* Around a call that blocks. wait_end must run on every way out: see WAIT_CLEANUP. */
struct wait {
	struct thread *thread;
	struct entry entry;
	struct directory *directory; /* the table entry belongs to */
	struct log_wait *at;	     /* prefilled record, not committed; NULL: none */
	uint64_t object, site, begin, stack, other;
	uint32_t generation, holder;
	enum family family;
	uint16_t weight; /* of its record, 0: it got none; set at the end */
	bool acquires;	 /* success means holding the object */
	bool ended;
};
/* What a semaphore stands for, where its own address tells nothing; else 0. */
static inline uint64_t wait_behind(const struct thread *t, enum family family, const void *object,
				   uint64_t site)
{
	if (family != FAMILY_semaphore || likely(python.minor < PYTHON_MINOR_PARKS))
		return 0;
	return python_parked(t, object, site & CALLER_MASK);
}
void wait_begin(struct wait *w, struct thread *t, const void *object, uint64_t site,
		enum family family, bool acquires, uint64_t other);
/* It began earlier, and somebody else held the object than it told itself. */
void wait_correct(struct wait *w, uint64_t begin, uint32_t holder);
void wait_end(struct wait *w, int result, uint32_t flags);
/* Both with the guard set: a wait that began at that time and is over, and its end. */
void wait_late(struct wait *w, struct thread *t, uint64_t object, uint64_t site, enum family family,
	       uint64_t begin);
void wait_ended(struct wait *w, uint64_t end, int result, uint32_t flags);
/* Cleanup when the thread is cancelled inside the call. */
void wait_unwound(struct wait *w);
#define WAIT_CLEANUP __attribute__((cleanup(wait_unwound)))

/* Around a release. plain: nothing to record, the caller just forwards. */
static inline bool watch_release_is_plain(const struct thread *t, uint32_t waiters)
{
	return !waiters && !t->held_count;
}
struct release {
	uint64_t time;	   /* ticks, 0: not taken */
	uint64_t acquired; /* ticks, 0: not timed */
	uint64_t acquirer; /* return address of the call that acquired it, 0: not known */
	uint32_t waiters;
	uint16_t weight;     /* of the record of a hold that nobody waited for, 0: none */
	uint16_t flags;	     /* HOLD_* */
	uint32_t generation; /* of the object then: later it may be another */
};
#define RELEASE_NOW(object, count)                                                                 \
	{                                                                                          \
		.time = ticks_now(), .waiters = (count),                                           \
		.generation = generation_of((uint64_t)(object)),                                   \
	}
/* Before the call: ends the hold, which is the last look at the object. */
void release_begin(struct release *r, struct thread *t, const void *object, uint32_t waiters);
/* After it. */
void release_end(const struct release *r, struct thread *t, uint64_t object, uint64_t site);

/* A condition variable's mutex is held again, after that wait: timed from here on. */
void watch_retaken(const struct wait *w, uint64_t mutex);

/* wake: as it was before the call. */
void watch_wake(const struct release *wake, struct thread *t, uint64_t object, uint64_t site);
void watch_init(struct thread *t, const void *object, uint64_t site, enum family family,
		uint32_t attributes);
void watch_destroyed(struct thread *t, const void *object, uint64_t site);

#endif
