/* Parts of graph_resolve(): the families whose waits of one object have to be seen together. */
#ifndef PARPROF_WAKERS_H
#define PARPROF_WAKERS_H

#include "profiler/order.h"
#include "reports/graph/history.h"

/* The waits for one object. */
struct waiters {
	struct history *history;
	const int64_t *released; /* of all holds */
	uint32_t object;
	struct order *by_begin, *by_end; /* indexes of history.wait */
	size_t count;
};
void resolve_semaphore(const struct waiters *);
void resolve_condition(const struct waiters *);
void resolve_barrier(const struct waiters *);

/* Nobody had to end it: it gave up, or never came back. */
static inline bool wait_was_ended(const struct history_wait *w)
{
	return !(w->flags & (HISTORY_TIMED_OUT | HISTORY_CANCELLED | HISTORY_UNFINISHED));
}

static inline void wait_woken_by(struct history_wait *w, uint32_t thread, int64_t time)
{
	w->waker = thread;
	w->woken = time < w->begin ? w->begin : time > w->end ? w->end : time;
}

/* The first of an object's holds released after a time, looked for where it should be, as releases
 * lie about evenly, when `near` is where it was last time. */
size_t hold_after(const struct history *, const struct history_object *, size_t near, int64_t time);
/* The same in an array of times of release: less memory to wait for. */
size_t release_after(const int64_t *released, size_t count, size_t near, int64_t time);

#endif
