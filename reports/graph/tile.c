/* Walking the tiles of a thread's life. */
#include "reports/graph/graph.h"

static const struct history_thread *thread_of(const struct tile_walk *w)
{
	return &w->graph->history->thread[w->thread];
}

/* NULL: there are no more. */
static const struct history_wait *next_wait(const struct tile_walk *w)
{
	const struct range *r = &thread_of(w)->waits;

	return w->wait < r->first + r->count ? &w->graph->history->wait[w->wait] : NULL;
}

static const struct history_poll *next_poll(struct tile_walk *w)
{
	const struct range *r = &thread_of(w)->polls;
	const struct history_poll *p = w->graph->history->poll;

	while (w->poll < r->first + r->count && !history_is_polling(&p[w->poll]))
		w->poll++;
	return w->poll < r->first + r->count ? &p[w->poll] : NULL;
}

static enum tile_state state_of(const struct history *h, const struct history_wait *w)
{
	switch (h->object[w->object].use) {
	case USE_LOCK:
		return TILE_lock;
	case USE_PHASE:
		return TILE_phase;
	case USE_TIMER:
		return TILE_timer;
	case USE_IO:
		return TILE_io;
	default:
		return TILE_idle;
	}
}

static struct tile tile_of_wait(const struct history *h, uint32_t index)
{
	const struct history_wait *w = &h->wait[index];

	return (struct tile){w->begin, w->end, state_of(h, w), w->thread, w->object,
			     w->stack, index,  w->waker,       w->woken};
}

static struct tile tile_of_poll(const struct history_poll *p)
{
	return (struct tile){p->first, p->last, TILE_spin, p->thread, p->object,
			     p->stack, NOTHING, p->waker,  p->woken};
}

void tile_start(struct tile_walk *w, const struct graph *g, uint32_t thread)
{
	const struct history_thread *t = &g->history->thread[thread];

	*w = (struct tile_walk){.graph = g,
				.thread = thread,
				.wait = t->waits.first,
				.poll = t->polls.first,
				.off = g->first_off[thread],
				.at = t->begin};
}

/* Divides the time before the next wait, or the next change of the shares. */
static void open_gap(struct tile_walk *w, int64_t end, uint32_t stack)
{
	const struct graph_off *off = w->graph->off + w->off,
			       *last = w->graph->off + w->graph->first_off[w->thread + 1] - 1;
	double time;

	while (off < last && off->until <= w->at)
		off++;
	w->off = (size_t)(off - w->graph->off);
	if (off->until > w->at && off->until < end)
		end = off->until;
	time = (double)(end - w->at);
	w->hidden_end = end;
	w->ready_end = end - (int64_t)(time * (double)off->hidden);
	w->run_end = w->ready_end - (int64_t)(time * (double)off->ready);
	if (w->run_end < w->at)
		w->run_end = w->at;
	w->stack = stack;
}

static bool give(struct tile_walk *w, struct tile *tile, enum tile_state state, int64_t end)
{
	if (end <= w->at)
		return false;
	*tile =
	    (struct tile){w->at, w->at, state, w->thread, NOTHING, w->stack, NOTHING, NOBODY, end};
	tile->end = w->at = end;
	return true;
}

static bool give_gap(struct tile_walk *w, struct tile *tile)
{
	return give(w, tile, TILE_run, w->run_end) || give(w, tile, TILE_ready, w->ready_end) ||
	       give(w, tile, TILE_hidden, w->hidden_end);
}

/* A wait or a poll that begins here. Empty ones are passed. */
static bool give_event(struct tile_walk *w, struct tile *tile)
{
	const struct history_wait *wait;
	const struct history_poll *poll;

	while ((wait = next_wait(w)) && wait->begin <= w->at) {
		w->wait++;
		if (wait->end <= w->at)
			continue;
		*tile = tile_of_wait(w->graph->history, w->wait - 1);
		w->at = wait->end;
		return true;
	}
	while ((poll = next_poll(w)) && poll->first <= w->at) {
		w->poll++;
		if (poll->last <= w->at)
			continue;
		*tile = tile_of_poll(poll);
		w->at = poll->last;
		return true;
	}
	return false;
}

bool tile_next(struct tile_walk *w, struct tile *tile)
{
	const struct history_wait *wait;
	const struct history_poll *poll;
	int64_t end;
	uint32_t stack = 0;

	if (give_gap(w, tile) || give_event(w, tile))
		return true;
	end = thread_of(w)->end;
	wait = next_wait(w);
	poll = next_poll(w);
	if (wait) {
		end = wait->begin;
		stack = wait->stack;
	}
	if (poll && poll->first < end) {
		end = poll->first;
		stack = poll->stack;
	}
	if (end <= w->at)
		return false;
	open_gap(w, end, stack);
	return give_gap(w, tile);
}

/* Times in an array of structures, in order. */
struct times {
	const int64_t *first; /* of the structure with index 0 */
	size_t stride;	      /* in times */
};
#define TIMES(array, member)                                                                       \
	(struct times)                                                                             \
	{                                                                                          \
		&(array)->member, sizeof(*(array)) / sizeof(int64_t)                               \
	}

/* The first of low … high - 1 that is not before a time, else high; in steps that double, as it is
 * near more often than not. */
static size_t reach(struct times t, size_t low, size_t high, int64_t time)
{
	for (size_t step = 1; high - low > step; step *= 2) {
		if (t.first[(low + step - 1) * t.stride] >= time) {
			high = low + step - 1;
			break;
		}
		low += step;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t.first[middle * t.stride] < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void not_before(struct tile_walk *w, int64_t time)
{
	if (time > w->at)
		w->at = time;
}

void tile_skip(struct tile_walk *w, int64_t time)
{
	const struct graph *g = w->graph;
	const struct history *h = g->history;
	const struct history_thread *t = thread_of(w);

	if (w->at < w->hidden_end && w->hidden_end >= time)
		return; /* it is in what is being given */
	not_before(w, w->hidden_end);
	w->wait =
	    (uint32_t)reach(TIMES(h->wait, end), w->wait, t->waits.first + t->waits.count, time);
	w->poll =
	    (uint32_t)reach(TIMES(h->poll, last), w->poll, t->polls.first + t->polls.count, time);
	w->off = reach(TIMES(g->off, until), w->off, g->first_off[w->thread + 1] - 1, time);
	if (w->wait > t->waits.first)
		not_before(w, h->wait[w->wait - 1].end);
	for (uint32_t i = w->poll; i-- > t->polls.first;)
		if (history_is_polling(&h->poll[i])) {
			not_before(w, h->poll[i].last);
			break;
		}
	if (w->off > g->first_off[w->thread])
		not_before(w, g->off[w->off - 1].until);
	w->run_end = w->ready_end = w->hidden_end = w->at;
}

bool tile_before(const struct graph *g, uint32_t thread, int64_t time, struct tile *tile)
{
	const struct history_thread *t = &g->history->thread[thread];
	struct tile_walk w;

	if (time <= t->begin || time > t->end)
		return false;
	tile_start(&w, g, thread);
	tile_skip(&w, time);
	while (tile_next(&w, tile))
		if (tile->end >= time)
			return true;
	return false;
}
