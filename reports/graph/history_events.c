/*
 * The event tables, whole. Waits, which are most of it, are read by this thread; the rest by
 * another one over a connection of its own, into a history of its own, as both take about as long.
 */
#include "profiler/text.h"
#include "reports/graph/history_read.h"
#include "reports/graph/regroup.h"
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

static void add_wait(void *data, const int64_t *v)
{
	struct reader *r = data;
	struct history *h = r->history;
	uint32_t thread = index_of(&r->thread, v[0]), object = index_of(&r->object, v[1]);
	const struct hook_fact *hook = hook_of(r, v[8]);
	struct history_wait *w;

	if (thread == NOBODY || object == NOTHING) {
		h->mended++;
		return;
	}
	w = history_add_wait(h);
	w->thread = thread;
	w->object = object;
	w->begin = v[2];
	w->end = v[3];
	w->holder = index_of(&r->thread, v[4]);
	w->stack = (uint32_t)v[5];
	w->flags = (uint8_t)((v[6] & WAIT_FLAGS) | hook->flags);
	w->weight = (uint16_t)v[7];
	if (hook->has_other)
		w->other = other_of(r, hook->family, h->thread[thread].process, v[9], w->end);
	extend_life(&h->thread[thread], w->end);
}

/* Read once from one end to the other: a large cache would only cost its memory. */
static struct store *open_for_scan(const struct reader *r)
{
	struct store *store = store_again(r->store);

	if (store && store_exec(store, "PRAGMA cache_size = -256") != 0) {
		store_close(store);
		return NULL;
	}
	return store;
}

/* Beyond that the number is one of a damaged file. */
#define ROWS_MAX 1000000000

static size_t rows_of(struct store *store, const char *sql)
{
	int64_t rows = store_value(store, sql, 0);

	return rows > 0 && rows <= ROWS_MAX ? (size_t)rows : 0;
}

static int read_waits(struct reader *r)
{
	struct store *store = open_for_scan(r);
	int result;

	if (!store)
		return -1;
	history_reserve(r->history, rows_of(store, "SELECT waits FROM graph_size"), 0, 0);
	result = store_scan(store,
			    "thread, object, begin_ns, end_ns, holder, stack, flags, weight, hook, "
			    "other",
			    "graph_wait", add_wait, r);
	r->history->wait = regroup(r->history->wait, r->history->waits,
				   LAYOUT(struct history_wait, thread, begin), r->history->threads);
	r->history->wait_room = r->history->waits;
	return store_close(store) != 0 ? -1 : result;
}

/* All but waits. */
struct rest {
	const struct reader *reader;
	struct history history;
	int result;
};

static bool find_both(struct rest *rest, const int64_t *v, uint32_t *thread, uint32_t *object)
{
	*thread = index_of(&rest->reader->thread, v[0]);
	*object = index_of(&rest->reader->object, v[1]);
	if (*thread != NOBODY && *object != NOTHING)
		return true;
	rest->history.mended++;
	return false;
}

static void add_hold(void *data, const int64_t *v)
{
	struct rest *rest = data;
	struct history_hold *hold;
	uint32_t thread, object;

	if (!find_both(rest, v, &thread, &object))
		return;
	hold = history_add_hold(&rest->history);
	hold->thread = thread;
	hold->object = object;
	hold->acquired = v[2];
	hold->released = v[3];
	hold->stack = (uint32_t)v[4];
	hold->weight = (uint16_t)v[5];
	hold->flags = (uint8_t)(v[6] & HOLD_FLAGS);
	hold->waiters = (uint16_t)(v[7] < UINT16_MAX ? v[7] : UINT16_MAX);
}

static void add_wake(void *data, const int64_t *v)
{
	struct rest *rest = data;
	const struct hook_fact *hook = hook_of(rest->reader, v[5]);
	struct history_wake *w;
	uint32_t thread, object;

	if (!find_both(rest, v, &thread, &object))
		return;
	w = history_add_wake(&rest->history);
	w->thread = thread;
	w->object = object;
	w->time = v[2];
	w->stack = (uint32_t)v[3];
	if (hook->broadcast)
		w->count = UINT32_MAX;
	else if (hook->family == HISTORY_futex)
		w->count = (uint32_t)v[4];
}

static void add_poll(void *data, const int64_t *v)
{
	struct rest *rest = data;
	struct history_poll *p;
	uint32_t thread, object;

	if (!find_both(rest, v, &thread, &object))
		return;
	p = history_add_poll(&rest->history);
	p->thread = thread;
	p->object = object;
	p->first = v[2];
	p->last = v[3];
	p->stack = (uint32_t)v[4];
	p->count = (uint32_t)v[5];
}

static void add_usage(void *data, const int64_t *v)
{
	struct rest *rest = data;
	uint32_t thread = index_of(&rest->reader->thread, v[0]);

	if (thread == NOBODY)
		rest->history.mended++;
	else
		*history_add_usage(&rest->history) = (struct history_usage){
		    v[1], v[2], v[5], (uint32_t)v[3], (uint32_t)v[4], thread};
}

static void add_off(void *data, const int64_t *v)
{
	struct rest *rest = data;
	uint32_t thread = index_of(&rest->reader->thread, v[0]);

	if (thread == NOBODY)
		rest->history.mended++;
	else if (v[2] > v[1])
		*history_add_off(&rest->history) =
		    (struct history_off){v[1], v[2], thread, (float)v[3] / (float)(v[2] - v[1]),
					 (float)v[4] / (float)(v[2] - v[1])};
}

static const struct scan {
	const char *columns, *from;
	store_row *row;
} scans[] = {
    {"thread, object, acquired_ns, released_ns, stack, weight, flags, waiters", "graph_release",
     add_hold},
    {"thread, object, acquired_ns, released_ns, stack, weight, flags, 0", "graph_hold", add_hold},
    {"thread, object, time_ns, stack, waiters, hook", "graph_wake", add_wake},
    {"thread, object, first_ns, last_ns, stack, count", "graph_poll", add_poll},
    {"thread, time_ns, cpu_ns, voluntary, involuntary, ready_ns", "graph_usage", add_usage},
    {"thread, begin_ns, end_ns, ready_ns, blocked_ns", "graph_off", add_off},
};

static void *read_rest(void *data)
{
	struct rest *rest = data;
	struct store *store = open_for_scan(rest->reader);

	rest->result = store ? 0 : -1;
	if (!store)
		return NULL;
	history_reserve(&rest->history, 0, rows_of(store, "SELECT holds FROM graph_size"),
			rows_of(store, "SELECT usages FROM graph_size"));
	for (size_t i = 0; !rest->result && i < sizeof(scans) / sizeof(*scans); i++)
		rest->result =
		    store_scan(store, scans[i].columns, scans[i].from, scans[i].row, rest);
	if (store_close(store) != 0)
		rest->result = -1;
	rest->history.hold =
	    regroup(rest->history.hold, rest->history.holds,
		    LAYOUT(struct history_hold, object, released), rest->reader->history->objects);
	rest->history.hold_room = rest->history.holds;
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
	h->off = from->off;
	h->offs = from->offs;
	h->off_room = from->off_room;
	h->mended += from->mended;
}

int read_events(struct reader *r)
{
	struct rest rest = {.reader = r, .history = {0}};
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
