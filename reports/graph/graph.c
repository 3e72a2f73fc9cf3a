#include "reports/graph/graph.h"
#include "profiler/text.h"
#include <stdlib.h>

const char *const tile_state_names[TILE_STATE_COUNT] = {
#define X(name, words) #name,
    TILE_STATES(X)
#undef X
};
const char *const tile_state_words[TILE_STATE_COUNT] = {
#define X(name, words) words,
    TILE_STATES(X)
#undef X
};

/* A wait blocks once, or twice where it was woken in vain. */
#define SWITCHES_PER_WAIT 2
/* Less is the difference of two clocks. */
#define OFF_LEAST_NS 1000

/* A thread between two usages. */
struct between {
	int64_t begin, end;
	int64_t waited;	  /* of it, in waits */
	int64_t spun;	  /* of that, on a core */
	int64_t switches; /* that waits explain */
};

static struct graph_off off_of(const struct between *b, const struct history_usage *from,
			       const struct history_usage *to)
{
	double outside = (double)(b->end - b->begin - b->waited);
	double cpu = (double)(to->cpu_ns - from->cpu_ns);
	double off = outside + (double)b->spun - cpu;
	double hidden = (double)to->voluntary - from->voluntary - (double)b->switches - 1;
	double forced = (double)to->involuntary - from->involuntary;
	struct graph_off share = {b->end, 0, 0};

	if (outside <= 0 || off < OFF_LEAST_NS || off < outside / 128)
		return share;
	off = off > outside ? 1 : off / outside;
	hidden = hidden <= 0 ? 0 : hidden / (hidden + forced);
	share.hidden = (float)(off * hidden);
	share.ready = (float)(off * (1 - hidden));
	return share;
}

static int64_t overlap(const struct history_wait *w, int64_t begin, int64_t end)
{
	int64_t from = w->begin > begin ? w->begin : begin, to = w->end < end ? w->end : end;

	return to > from ? to - from : 0;
}

/* What lies in (begin, end]; *wait moves to the first wait that reaches behind it. */
static struct between look(const struct history *h, const struct history_thread *t, int64_t begin,
			   int64_t end, uint32_t *wait)
{
	struct between b = {begin, end, 0, 0, 0};

	for (; *wait < t->waits.first + t->waits.count; ++*wait) {
		const struct history_wait *w = &h->wait[*wait];
		int64_t in = overlap(w, begin, end);
		b.waited += in;
		if (h->object[w->object].family == HISTORY_spin)
			b.spun += in;
		if (w->begin <= end && w->end > begin)
			b.switches += SWITCHES_PER_WAIT * w->weight;
		if (w->end > end)
			break;
	}
	return b;
}

/* One for each usage, one for the rest of the life. */
static struct graph_off *off_fill(const struct history *h, const struct history_thread *t,
				  struct graph_off *off)
{
	struct history_usage last = {.time = t->begin}, rest;
	uint32_t wait = t->waits.first;
	struct between b;

	for (uint32_t i = 0; i < t->usages.count; i++) {
		const struct history_usage *u = &h->usage[t->usages.first + i];
		b = look(h, t, last.time, u->time, &wait);
		*off++ = off_of(&b, &last, u);
		last = *u;
	}
	b = look(h, t, last.time, t->end, &wait);
	*off = (struct graph_off){t->end, 0, 0};
	if (t->cpu_ns >= (int64_t)last.cpu_ns) {
		rest = (struct history_usage){.cpu_ns = t->cpu_ns,
					      .voluntary = (uint32_t)t->voluntary,
					      .involuntary = (uint32_t)t->involuntary};
		if (t->voluntary < (int64_t)last.voluntary)
			rest.voluntary = last.voluntary;
		if (t->involuntary < (int64_t)last.involuntary)
			rest.involuntary = last.involuntary;
		*off = off_of(&b, &last, &rest);
	}
	return off + 1;
}

void graph_make(struct graph *g, struct history *h)
{
	struct graph_off *off;

	graph_resolve(h);
	*g = (struct graph){.history = h};
	g->off = memory_new(h->usages + h->threads + 1, sizeof(*g->off));
	g->first_off = memory_new(h->threads + 1, sizeof(*g->first_off));
	off = g->off;
	for (size_t i = 0; i < h->threads; i++) {
		g->first_off[i] = (size_t)(off - g->off);
		off = off_fill(h, &h->thread[i], off);
	}
	g->first_off[h->threads] = (size_t)(off - g->off);
}

void graph_free(struct graph *g)
{
	free(g->off);
	free(g->first_off);
	*g = (struct graph){0};
}
