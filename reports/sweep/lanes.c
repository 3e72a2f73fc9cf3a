#include "reports/sweep/lanes.h"
#include "profiler/order.h"
#include "profiler/text.h"
#include <stdlib.h>

enum { RARE = 100 }; /* what lasts less than this part of the run does not count */

/* Changes of a count of threads: index 1 is one more, 0 one less. */
struct changes {
	struct order *change;
	size_t count, room;
};

static void change(struct changes *c, int64_t time, bool more)
{
	if (c->count == c->room) {
		c->room = c->room ? 2 * c->room : 256;
		c->change = memory_grow(c->change, c->room, sizeof(*c->change));
	}
	c->change[c->count++] = (struct order){time, more};
}

static void sort(struct changes *c)
{
	struct order *scratch = memory_new(c->count + 1, sizeof(*scratch));

	order_sort(c->change, c->count, scratch);
	free(scratch);
}

/* Whether threads are at work for longer than they sleep or wait for the outside. */
static bool runs_more(int64_t life, int64_t waiting, int64_t outside, int64_t cpu)
{
	int64_t running = life - waiting;

	/* Without waits that anybody saw a thread may still have slept: the kernel knows. */
	return (cpu >= 0 && cpu < running ? cpu : running) > outside;
}

/* The most threads there were at once, and that for some time: at least least_ns. */
static uint32_t most_for(const struct changes *c, int64_t least_ns, uint32_t most)
{
	int64_t *ns = memory_new((size_t)most + 1, sizeof(*ns)), sum = 0;
	uint32_t now = 0, found = most;

	for (size_t i = 0; i < c->count; i++) {
		now += c->change[i].index ? 1 : -1;
		if (i + 1 < c->count && now <= most)
			ns[now] += c->change[i + 1].time - c->change[i].time;
	}
	while (found > 1 && (sum += ns[found]) < least_ns)
		found--;
	free(ns);
	return found;
}

static uint32_t most_at_once(const struct changes *c)
{
	uint32_t now = 0, most = 0;

	for (size_t i = 0; i < c->count; i++) {
		now += c->change[i].index ? 1 : -1;
		most = now > most ? now : most;
	}
	return most;
}

static void add_lives(struct changes *c, const struct history *h)
{
	for (size_t i = 0; i < h->threads; i++) {
		change(c, h->thread[i].begin, true);
		change(c, h->thread[i].end, false);
	}
}

struct lanes lanes_of(const struct history *h)
{
	struct changes c = {0};
	struct lanes l = {0};
	int64_t life = 0, cpu = 0, waiting = 0, outside = 0;

	for (size_t i = 0; i < h->threads; i++) {
		life += h->thread[i].end - h->thread[i].begin;
		cpu = cpu < 0 || h->thread[i].cpu_ns < 0 ? -1 : cpu + h->thread[i].cpu_ns;
	}
	add_lives(&c, h);
	sort(&c);
	l.peak = most_at_once(&c);
	for (size_t i = 0; i < h->waits; i++) {
		const struct history_wait *w = &h->wait[i];
		const struct history_object *o = &h->object[w->object];
		enum history_family family = o->family;
		waiting += w->end - w->begin;
		outside += o->use == USE_IO || o->use == USE_TIMER ? w->end - w->begin : 0;
		if (family == HISTORY_join || family == HISTORY_child) {
			change(&c, w->begin, false);
			change(&c, w->end, true);
		}
	}
	sort(&c);
	l.waits_progress = !runs_more(life, waiting, outside, cpu);
	uint32_t hands = most_for(&c, h->end_ns / RARE, l.peak);
	l.count =
	    l.waits_progress || h->cores <= 0 || hands < (uint32_t)h->cores ? (int)hands : h->cores;
	l.count = l.count < 1 ? 1 : l.count;
	free(c.change);
	return l;
}
