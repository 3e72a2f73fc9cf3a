#include "reports/path/path.h"
#include "profiler/text.h"
#include <stdlib.h>

/* Where the walk is in each thread: falls as it goes. */
struct place {
	uint32_t wait, poll; /* one behind the next to look at */
};

struct trace {
	const struct precedence *precedence;
	struct place *place;
	uint32_t thread;
	int64_t time;
};

/*
 * Whether a thread that is followed back from a time leaves it at this stop. One that is met before
 * it was woken had acted while it was about to block: that is taken for time it needed. ties.h has
 * the other half of this rule.
 */
static bool leaves(const struct stop *s, int64_t time)
{
	return s->cause.time < time || (s->cause.time == time && s->end == time);
}

static bool look(const struct trace *t, uint32_t stop, struct stop *s)
{
	*s = stop_get(t->precedence, stop);
	return t->precedence->mark[stop] && s->begin < t->time && leaves(s, t->time);
}

static uint32_t last_wait(struct trace *t, struct stop *s)
{
	uint32_t first = t->precedence->history->thread[t->thread].waits.first;
	struct place *place = &t->place[t->thread];

	for (; place->wait > first; place->wait--)
		if (look(t, place->wait - 1, s))
			return place->wait - 1;
	return NOTHING;
}

static uint32_t last_poll(struct trace *t, struct stop *s)
{
	const struct history *h = t->precedence->history;
	uint32_t first = h->thread[t->thread].polls.first;
	struct place *place = &t->place[t->thread];

	for (; place->poll > first; place->poll--)
		if (look(t, stop_of_poll(h, place->poll - 1), s))
			return stop_of_poll(h, place->poll - 1);
	return NOTHING;
}

/* The last stop of the thread before the time. */
static uint32_t last_stop(struct trace *t, struct stop *s)
{
	const struct history *h = t->precedence->history;
	struct stop poll = {.begin = INT64_MIN}, wait = {.begin = INT64_MIN};
	uint32_t q = last_poll(t, &poll), w = last_wait(t, &wait);

	if (q != NOTHING && (w == NOTHING || poll.begin > wait.begin)) {
		t->place[t->thread].poll--;
		*s = poll;
		return q;
	}
	if (w != NOTHING) {
		t->place[t->thread].wait--;
		*s = wait;
		return w;
	}
	*s = stop_get(t->precedence, stop_of_begin(h, t->thread));
	return stop_of_begin(h, t->thread);
}

static void add_stop(struct path *path, uint32_t stop)
{
	if (path->count == path->room) {
		path->room = path->room ? path->room + path->room / 2 : 64;
		path->stop = memory_grow(path->stop, path->room, sizeof(*path->stop));
	}
	path->stop[path->count++] = stop;
}

static bool passes(const struct precedence *p, uint32_t stop, unsigned own)
{
	return !stop_is_begin(p->history, stop) && p->mark[stop] & own;
}

static void follow(struct trace *t, struct path *path, unsigned own)
{
	while (t->thread != NOBODY) {
		struct stop s;
		uint32_t stop = last_stop(t, &s);
		bool passed = passes(t->precedence, stop, own);
		add_stop(path, passed ? stop | PATH_OWN : stop);
		path->ns += t->time - s.cause.time;
		t->time = passed ? s.begin : s.cause.time;
		t->thread = passed ? s.thread : s.cause.thread;
	}
}

void path_trace(struct path *path, const struct precedence *p, uint32_t thread, unsigned own)
{
	const struct history *h = p->history;
	struct trace t = {.precedence = p, .thread = thread};

	*path = (struct path){0};
	if (thread == NOBODY)
		return;
	t.place = memory_new(h->threads + 1, sizeof(*t.place));
	for (size_t i = 0; i < h->threads; i++) {
		const struct history_thread *x = &h->thread[i];
		t.place[i].wait = x->waits.first + x->waits.count;
		t.place[i].poll = x->polls.first + x->polls.count;
	}
	path->end = t.time = h->thread[thread].end;
	follow(&t, path, own);
	free(t.place);
}

void path_free(struct path *path)
{
	free(path->stop);
	*path = (struct path){0};
}
