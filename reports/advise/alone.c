#include "reports/advise/alone.h"
#include "reports/advise/advice.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add_thread(struct alone *a, const struct graph *g, uint32_t thread)
{
	const struct range *r = &a->serial.of_thread[thread];
	struct tile_walk walk;
	struct tile tile;
	uint32_t i = r->first, end = r->first + r->count;
	tile_start(&walk, g, thread);
	while (i < end && tile_next(&walk, &tile)) {
		while (i < end && a->serial.phase[i].end <= tile.begin)
			i++;
		for (uint32_t k = i; k < end && a->serial.phase[k].begin < tile.end; k++) {
			const struct phase *p = &a->serial.phase[k];
			int64_t from = p->begin > tile.begin ? p->begin : tile.begin;
			int64_t to = p->end < tile.end ? p->end : tile.end;
			a->ns[tile.state] += to > from ? (double)(to - from) : 0;
		}
	}
}

static void add_threads(struct alone *a, const struct graph *g)
{
	for (uint32_t t = 0; t < g->history->threads; t++)
		add_thread(a, g, t);
}

static double several_ns(const struct serial_changes *c)
{
	return serial_capacity(c, 2) - serial_capacity(c, 1);
}

static void leave_turns_out(struct alone *a, const struct graph *g,
			    const struct serial_changes *with_work)
{
	size_t count;
	struct phase *several = serial_counted(with_work, 2, INT64_MAX, &count);
	serial_leave_out(&a->serial, g->history->threads, several, count);
	memset(a->ns, 0, sizeof(a->ns));
	add_threads(a, g);
	free(several);
}

void alone_find(struct alone *a, const struct graph *g)
{
	const struct history *h = g->history;
	struct serial_changes with_work;
	*a = (struct alone){0};
	serial_changes_running(&a->running, h, 0, h->end_ns);
	serial_changes_with_work(&with_work, h, 0, h->end_ns);
	serial_find(&a->serial, &a->running, h->threads);
	add_threads(a, g);
	/* who waits for the lock of one that is blocked unseen waits for that */
	a->several = several_ns(&a->running);
	a->several = fmax(a->several, several_ns(&with_work) - a->ns[TILE_hidden]);
	if (a->several >= ADVICE_PARALLEL * (double)h->end_ns)
		leave_turns_out(a, g, &with_work);
	serial_changes_free(&with_work);
}

void alone_free(struct alone *a)
{
	serial_free(&a->serial);
	serial_changes_free(&a->running);
}

bool alone_at(const struct alone *a, uint32_t thread, int64_t time)
{
	const struct range *r = &a->serial.of_thread[thread];
	uint32_t low = r->first, high = r->first + r->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (a->serial.phase[middle].end <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->first + r->count && a->serial.phase[low].begin <= time;
}
