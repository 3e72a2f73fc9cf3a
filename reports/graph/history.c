#include "reports/graph/history.h"
#include "profiler/text.h"
#include "reports/graph/large.h"
#include <stdlib.h>
#include <string.h>

const char *const history_family_names[HISTORY_FAMILY_COUNT] = {
#define X(name) #name,
    HISTORY_FAMILIES(X)
#undef X
};
const char *const history_use_names[HISTORY_USE_COUNT] = {"lock", "idle", "phase", "timer", "io"};

enum history_family history_family(const char *name)
{
	for (int i = 0; i < HISTORY_FAMILY_COUNT; i++)
		if (name && !strcmp(history_family_names[i], name))
			return i;
	return HISTORY_other;
}

enum history_use history_use(const char *name)
{
	for (int i = 0; i < HISTORY_USE_COUNT; i++)
		if (name && !strcmp(history_use_names[i], name))
			return i;
	return USE_IDLE;
}

/* As finish_groups.c has it, but for semaphores, whose use lies in who posts them. */
static enum history_use usual_use(enum history_family family)
{
	switch (family) {
	case HISTORY_mutex:
	case HISTORY_rwlock:
	case HISTORY_spin:
	case HISTORY_gil:
		return USE_LOCK;
	case HISTORY_barrier:
	case HISTORY_once:
	case HISTORY_join:
	case HISTORY_child:
		return USE_PHASE;
	case HISTORY_timer:
		return USE_TIMER;
	case HISTORY_io:
		return USE_IO;
	default:
		return USE_IDLE;
	}
}

/* Room for one more; a new array is moved by the kernel, page by page, once it is large. */
#define ADD(h, array, count, room)                                                                 \
	((h)->count == (h)->room                                                                   \
	     ? (void)((h)->room = (h)->room ? 2 * (h)->room : 16,                                  \
		      (h)->array = memory_grow((h)->array, (h)->room, sizeof(*(h)->array)))        \
	     : (void)0,                                                                            \
	 &(h)->array[(h)->count++])

struct history_thread *history_add_thread(struct history *h, const char *name)
{
	struct history_thread *t = ADD(h, thread, threads, thread_room);

	*t = (struct history_thread){.cpu_ns = -1,
				     .voluntary = -1,
				     .involuntary = -1,
				     .parent = NOBODY,
				     .group = (uint32_t)h->threads - 1,
				     .name = memory_copy(name ? name : "")};
	return t;
}

struct history_object *history_add_object(struct history *h, enum history_family family,
					  const char *name)
{
	struct history_object *o = ADD(h, object, objects, object_room);

	*o = (struct history_object){.group = (uint32_t)h->objects - 1,
				     .family = family,
				     .use = usual_use(family),
				     .name = memory_copy(name ? name : "")};
	return o;
}

struct history_wait *history_add_wait(struct history *h)
{
	struct history_wait *w = ADD(h, wait, waits, wait_room);

	*w = (struct history_wait){.waker = NOBODY,
				   .thread = NOBODY,
				   .object = NOTHING,
				   .holder = NOBODY,
				   .other = NOTHING,
				   .weight = 1};
	return w;
}

struct history_hold *history_add_hold(struct history *h)
{
	struct history_hold *r = ADD(h, hold, holds, hold_room);

	*r = (struct history_hold){.thread = NOBODY, .object = NOTHING, .weight = 1};
	return r;
}

struct history_wake *history_add_wake(struct history *h)
{
	struct history_wake *w = ADD(h, wake, wakes, wake_room);

	*w = (struct history_wake){.thread = NOBODY, .object = NOTHING, .count = 1};
	return w;
}

struct history_poll *history_add_poll(struct history *h)
{
	struct history_poll *p = ADD(h, poll, polls, poll_room);

	*p = (struct history_poll){.waker = NOBODY, .thread = NOBODY, .object = NOTHING};
	return p;
}

struct history_usage *history_add_usage(struct history *h)
{
	struct history_usage *u = ADD(h, usage, usages, usage_room);

	*u = (struct history_usage){.thread = NOBODY, .ready_ns = -1};
	return u;
}

struct history_off *history_add_off(struct history *h)
{
	struct history_off *o = ADD(h, off, offs, off_room);

	*o = (struct history_off){.thread = NOBODY};
	return o;
}

struct history_tally *history_add_tally(struct history *h)
{
	struct history_tally *t = ADD(h, tally, tallies, tally_room);

	*t = (struct history_tally){.thread = NOBODY, .object = NOTHING};
	return t;
}

void history_reserve(struct history *h, size_t waits, size_t holds, size_t usages)
{
	h->wait = waits ? large_new(waits, sizeof(*h->wait)) : NULL;
	h->wait_room = waits;
	h->hold = holds ? large_new(holds, sizeof(*h->hold)) : NULL;
	h->hold_room = holds;
	h->usage = usages ? large_new(usages, sizeof(*h->usage)) : NULL;
	h->usage_room = usages;
}

void history_free(struct history *h)
{
	for (size_t i = 0; i < h->threads; i++)
		free((char *)h->thread[i].name);
	for (size_t i = 0; i < h->objects; i++)
		free((char *)h->object[i].name);
	free(h->thread);
	free(h->object);
	free(h->wait);
	free(h->hold);
	free(h->wake);
	free(h->poll);
	free(h->usage);
	free(h->off);
	free(h->tally);
	*h = (struct history){0};
}

uint32_t history_wait_behind(const struct history *h, const struct range *r, int64_t time)
{
	uint32_t low = r->first, high = r->first + r->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (h->wait[middle].end <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
