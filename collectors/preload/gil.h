/*
 * CPython's global interpreter lock (GIL), seen through the two mutexes and two condition variables
 * it is made of (3.7 to 3.15, the same layout in all). Its takes and drops are recorded as those of
 * one lock of family `gil`, whose address is that of its condition variable; what happens to the
 * four parts themselves is not recorded.
 *
 *   take: lock(mutex); while locked: timedwait(cond); lock(switch_mutex) …; unlock(mutex)
 *   drop: lock(mutex); signal(cond); unlock(mutex)
 *         and when others asked for it: lock(switch_mutex); wait(switch_cond); unlock(switch_mutex)
 *
 * Counts, waits and holds are exact: every hold is timed. Holds that somebody waited for are
 * written as RELEASE, of the others so many as of any lock (hold.h).
 *
 * Invariants: the known GILs are few and never move; a program without any pays one compare.
 */
#ifndef PARPROF_GIL_H
#define PARPROF_GIL_H

#include "collectors/preload/clock.h"
#include "collectors/preload/family.h"
#include "collectors/preload/thread.h"

/* All parts of all known GILs lie in [low, low + span); first: of the one found first. */
struct gil_range {
	uintptr_t low, span, first;
};
extern struct gil_range gil_range;

static inline bool gil_is_near(enum family family, const void *object)
{
	return (family == FAMILY_mutex || family == FAMILY_condition) &&
	       (uintptr_t)object - gil_range.low < gil_range.span;
}

/* struct _gil_runtime_state, from the condition variable on; the same in all versions */
enum gil_offset {
	GIL_INTERVAL = -32,
	GIL_LAST_HOLDER = -24,
	GIL_LOCKED = -16,
	GIL_COND = 0,
	GIL_MUTEX = 48,
	GIL_SWITCH_COND = 88,
	GIL_SWITCH_MUTEX = 136,
	GIL_END = 176,
};

struct gil {
	uintptr_t cond;	 /* 0: free, or gone */
	uint64_t caller; /* a place in the interpreter */
	uint32_t holder; /* tid of who took it last */
};

enum gil_act { GIL_LOCK, GIL_UNLOCK, GIL_SIGNAL, GIL_WAIT };
enum gil_step { GIL_OTHER, GIL_FORWARD, GIL_AFTER }; /* OTHER: not a part of a GIL */

/* Python's objects do not change under this thread's hands. */
static inline bool gil_is_held(const struct thread *t)
{
	return t->gil.held && !t->gil.inside && !t->gil.dropped;
}

/* Before the call on an object that is near; AFTER: gil_after() is to follow it. */
enum gil_step gil_before_any(struct thread *t, const void *object, enum gil_act act);
void gil_after(struct thread *t, const void *object, enum gil_act act, int result);

/* The eight calls of a free take and a drop pass here: what they need is inline. */
static inline enum gil_step gil_before(struct thread *t, const void *object, enum gil_act act)
{
	uintptr_t part = (uintptr_t)object - gil_range.first;
	bool inside = t->gil.inside != NULL;
	if (act == GIL_UNLOCK && part == GIL_MUTEX)
		return GIL_AFTER;
	if (inside && (part == GIL_SWITCH_COND || (act == GIL_UNLOCK && part == GIL_SWITCH_MUTEX)))
		return GIL_FORWARD;
	if (inside && act == GIL_LOCK && part == GIL_SWITCH_MUTEX) {
		t->gil.took = ticks_now();
		__atomic_store_n(&t->gil.inside->holder, t->block.head.tid, __ATOMIC_RELAXED);
		return GIL_FORWARD;
	}
	if (inside && act == GIL_SIGNAL && part == GIL_COND) {
		t->gil.dropped = ticks_now();
		t->gil.waiters = waiters_condition(object);
		return GIL_FORWARD;
	}
	return gil_before_any(t, object, act);
}

/* A condition variable was initialised, or is about to be destroyed: is it a GIL's? */
void gil_look(struct thread *t, const void *object, uint64_t caller);
void gil_gone(const void *object);

/* The thread ends, holding it perhaps. */
void gil_thread_end(struct thread *t);

/* The call around which a hook forwards to the parts of a GIL. */
#define THROUGH_GIL(family, act, name, args)                                                       \
	if (unlikely(gil_is_near(FAMILY_##family, OBJECT))) {                                      \
		enum gil_step step_ = gil_before(self_, OBJECT, act);                              \
		if (step_ != GIL_OTHER) {                                                          \
			int result_ = REAL(name) args;                                             \
			if (step_ == GIL_AFTER)                                                    \
				gil_after(self_, OBJECT, act, result_);                            \
			return result_;                                                            \
		}                                                                                  \
	}

#endif
