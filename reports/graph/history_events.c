/*
 * The event tables, whole. Waits, which are most of it, are read by this thread; the rest by
 * another one over a connection of its own, into a history of its own, as both take about as long.
 */
#include "profiler/text.h"
#include "reports/graph/history_read.h"
#include <pthread.h>
#include <stdlib.h>

enum {
	WAIT_FLAGS = HISTORY_TIMED_OUT | HISTORY_ACQUIRED | HISTORY_CANCELLED | HISTORY_UNFINISHED,
	HOLD_FLAGS = HISTORY_SHARED | HISTORY_GIVES_UP,
};

static const struct hook_fact *hook_of(const struct reader *r, int64_t hook)
{
	static const struct hook_fact unknown = {.family = HISTORY_other};

	return hook >= 0 && hook < r->hooks ? &r->hook[hook] : &unknown;
}

static int close_query(struct query *q)
{
	int result = query_failed(q) ? -1 : 0;

	query_close(q);
	return result;
}

/* What `other` says depends on what was waited for. */
static uint32_t other_of(const struct reader *r, enum history_family family, int64_t process,
			 int64_t other, int64_t end)
{
	const uint32_t *mutex;

	switch (family) {
	case HISTORY_condition:
		mutex = other | process ? hash_get(&r->mutex, (uint64_t)other, (uint64_t)process)
					: NULL;
		return mutex ? *mutex : NOTHING;
	case HISTORY_join:
		return reader_find_handle(r, process, other, end);
	case HISTORY_child:
		return other > 0 ? reader_find_process(r, other, end) : NOBODY;
	default:
		return NOTHING;
	}
}

/* A thread may wait after its end was written: in destructors of its own data. */
static void extend_life(struct history_thread *t, int64_t end)
{
	if (t->end < end)
		t->end = end;
}

static void add_wait(struct reader *r, struct query *q)
{
	struct history *h = r->history;
	uint32_t thread = index_of(&r->thread, query_int(q, 0));
	uint32_t object = index_of(&r->object, query_int(q, 1));
	const struct hook_fact *hook;
	struct history_wait *w;

	if (thread == NOBODY || object == NOTHING) {
		h->mended++;
		return;
	}
	w = history_add_wait(h);
	w->thread = thread;
	w->object = object;
	w->begin = query_int(q, 2);
	w->end = query_int(q, 3);
	w->holder = index_of(&r->thread, query_int(q, 4));
	w->stack = (uint32_t)query_int(q, 5);
	hook = hook_of(r, query_int(q, 8));
	w->flags = (uint8_t)((query_int(q, 6) & WAIT_FLAGS) | hook->flags);
	w->weight = (uint16_t)query_int(q, 7);
	if (hook->has_other)
		w->other = other_of(r, hook->family, query_int(q, 9), query_int(q, 10), w->end);
	extend_life(&h->thread[thread], w->end);
}

static int read_waits(struct reader *r)
{
	struct query *q =
	    store_query(r->store, "SELECT thread, object, begin_ns, end_ns, holder, stack, "
				  "flags, weight, hook, process, other FROM graph_wait");

	while (query_step(q))
		add_wait(r, q);
	return close_query(q);
}

static bool find_both(const struct reader *r, struct history *h, struct query *q, uint32_t *thread,
		      uint32_t *object)
{
	*thread = index_of(&r->thread, query_int(q, 0));
	*object = index_of(&r->object, query_int(q, 1));
	if (*thread != NOBODY && *object != NOTHING)
		return true;
	h->mended++;
	return false;
}

static int read_holds(const struct reader *r, struct history *h, struct store *store)
{
	struct query *q =
	    store_query(store, "SELECT thread, object, acquired_ns, released_ns, stack, weight, "
			       "flags, waiters FROM graph_hold");
	uint32_t thread, object;

	while (query_step(q)) {
		struct history_hold *hold;
		if (!find_both(r, h, q, &thread, &object))
			continue;
		hold = history_add_hold(h);
		hold->thread = thread;
		hold->object = object;
		hold->acquired = query_int(q, 2);
		hold->released = query_int(q, 3);
		hold->stack = (uint32_t)query_int(q, 4);
		hold->weight = (uint16_t)query_int(q, 5);
		hold->flags = (uint8_t)(query_int(q, 6) & HOLD_FLAGS);
		hold->waiters = (uint16_t)(query_int(q, 7) & UINT16_MAX);
	}
	return close_query(q);
}

static int read_wakes(const struct reader *r, struct history *h, struct store *store)
{
	struct query *q = store_query(
	    store, "SELECT thread, object, time_ns, stack, waiters, hook FROM graph_wake");
	uint32_t thread, object;

	while (query_step(q)) {
		const struct hook_fact *hook = hook_of(r, query_int(q, 5));
		struct history_wake *w;
		if (!find_both(r, h, q, &thread, &object))
			continue;
		w = history_add_wake(h);
		w->thread = thread;
		w->object = object;
		w->time = query_int(q, 2);
		w->stack = (uint32_t)query_int(q, 3);
		if (hook->broadcast)
			w->count = UINT32_MAX;
		else if (hook->family == HISTORY_futex)
			w->count = (uint32_t)query_int(q, 4);
	}
	return close_query(q);
}

static int read_polls(const struct reader *r, struct history *h, struct store *store)
{
	struct query *q = store_query(
	    store, "SELECT thread, object, first_ns, last_ns, stack, count FROM graph_poll");
	uint32_t thread, object;

	while (query_step(q)) {
		struct history_poll *p;
		if (!find_both(r, h, q, &thread, &object))
			continue;
		p = history_add_poll(h);
		p->thread = thread;
		p->object = object;
		p->first = query_int(q, 2);
		p->last = query_int(q, 3);
		p->stack = (uint32_t)query_int(q, 4);
		p->count = (uint32_t)query_int(q, 5);
	}
	return close_query(q);
}

static int read_usages(const struct reader *r, struct history *h, struct store *store)
{
	struct query *q = store_query(
	    store, "SELECT thread, time_ns, cpu_ns, voluntary, involuntary FROM graph_usage");

	while (query_step(q)) {
		uint32_t thread = index_of(&r->thread, query_int(q, 0));
		if (thread == NOBODY) {
			h->mended++;
			continue;
		}
		*history_add_usage(h) = (struct history_usage){query_int(q, 1), query_int(q, 2),
							       (uint32_t)query_int(q, 3),
							       (uint32_t)query_int(q, 4), thread};
	}
	return close_query(q);
}

/* All but waits. */
struct rest {
	const struct reader *reader;
	struct history history;
	int result;
};

static void *read_rest(void *data)
{
	struct rest *rest = data;
	const struct reader *r = rest->reader;
	struct history *h = &rest->history;
	struct store *store = store_open(store_path(r->store), STORE_READ);

	rest->result = -1;
	if (!store)
		return NULL;
	rest->result = read_holds(r, h, store);
	if (!rest->result)
		rest->result = read_wakes(r, h, store);
	if (!rest->result)
		rest->result = read_polls(r, h, store);
	if (!rest->result)
		rest->result = read_usages(r, h, store);
	if (store_close(store) != 0)
		rest->result = -1;
	return NULL;
}

/* Also when it failed: it is the history's to free. */
static void move_rest(struct history *h, const struct history *from)
{
	h->hold = from->hold;
	h->holds = from->holds;
	h->hold_room = from->hold_room;
	h->wake = from->wake;
	h->wakes = from->wakes;
	h->wake_room = from->wake_room;
	h->poll = from->poll;
	h->polls = from->polls;
	h->poll_room = from->poll_room;
	h->usage = from->usage;
	h->usages = from->usages;
	h->usage_room = from->usage_room;
	h->mended += from->mended;
}

int read_events(struct reader *r)
{
	struct rest rest = {.reader = r};
	pthread_t thread;
	bool apart = pthread_create(&thread, NULL, read_rest, &rest) == 0;
	int result = read_waits(r);

	if (apart)
		pthread_join(thread, NULL);
	else
		read_rest(&rest);
	move_rest(r->history, &rest.history);
	return result ? result : rest.result;
}
