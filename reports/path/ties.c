#include "reports/path/ties.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

enum tie_state { NEW, OPEN, DONE };

struct tie {
	struct stop stop;
	bool later; /* came back behind the time */
	enum tie_state state;
};

void ties_begin(struct ties *t, struct precedence *p)
{
	*t = (struct ties){.precedence = p};
	t->place = memory_new(p->history->threads + 1, sizeof(*t->place));
	memset(t->place, 0xff, p->history->threads * sizeof(*t->place));
}

void ties_free(struct ties *t)
{
	free(t->place);
	free(t->tie);
	free(t->chain);
}

static void read_group(struct ties *t, size_t count)
{
	const struct precedence *p = t->precedence;

	if (count > t->room) {
		t->room = 2 * count;
		t->tie = memory_grow(t->tie, t->room, sizeof(*t->tie));
		t->chain = memory_grow(t->chain, t->room, sizeof(*t->chain));
	}
	for (size_t i = 0; i < count; i++) {
		const struct stop *s = &p->stop[t->first + i];
		t->tie[i] = (struct tie){*s, stop_end(p, s) > s->time, NEW};
		t->place[s->thread] = (uint32_t)i;
	}
}

/* The stop of the thread that caused this one, when both came back in the same way. */
static uint32_t before(const struct ties *t, uint32_t i)
{
	uint32_t waker = t->tie[i].stop.waker, place = waker == NOBODY ? NOTHING : t->place[waker];

	return place != NOTHING && t->tie[place].later == t->tie[i].later ? place : NOTHING;
}

/*
 * Appends what comes before a stop, then it: each has at most one before it, so this follows a
 * chain to a stop that is done, or to one of the chain. What closes that circle is left out.
 * Returns the new count.
 */
static size_t append(struct ties *t, uint32_t i, struct stop *order, size_t count)
{
	uint32_t *chain = t->chain;
	size_t depth = 0;

	for (; i != NOTHING && t->tie[i].state == NEW; i = before(t, i)) {
		t->tie[i].state = OPEN;
		chain[depth++] = i;
	}
	if (i != NOTHING && t->tie[i].state == OPEN)
		t->tie[chain[--depth]].state = DONE;
	while (depth) {
		t->tie[chain[--depth]].state = DONE;
		order[count++] = t->tie[chain[depth]].stop;
	}
	return count;
}

static void reverse(struct stop *order, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct stop kept = order[i];
		order[i] = order[count - 1 - i];
		order[count - 1 - i] = kept;
	}
}

static size_t order_group(struct ties *t, size_t group)
{
	struct stop *order = t->precedence->stop + t->first;
	size_t count = 0, prompt;

	for (uint32_t i = 0; i < group; i++)
		if (!t->tie[i].later)
			count = append(t, i, order, count);
	prompt = count;
	for (uint32_t i = 0; i < group; i++)
		if (t->tie[i].later)
			count = append(t, i, order, count);
	reverse(order + prompt, count - prompt);
	return count;
}

void ties_settle(struct ties *t)
{
	struct precedence *p = t->precedence;
	size_t group = p->count - t->first;

	if (group > 1) {
		read_group(t, group);
		p->count = t->first + order_group(t, group);
		for (size_t i = 0; i < group; i++)
			t->place[t->tie[i].stop.thread] = NOTHING;
	}
	t->first = p->count;
}
