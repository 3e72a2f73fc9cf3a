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
	double busy = outside + (double)b->spun; /* and all of it may have lacked a core alike */
	double off = busy - cpu;
	double voluntary = (double)to->voluntary - from->voluntary;
	double hidden = voluntary - (double)b->switches - 1;
	double forced = (double)to->involuntary - from->involuntary;
	struct graph_off share = {b->end, 0, 0};

	if (outside <= 0 || off < OFF_LEAST_NS || off < busy / 128)
		return share;
	if (to->ready_ns >= 0) { /* part of it may lie in waits, behind the wake-up */
		double ready = (double)(to->ready_ns - from->ready_ns);
		ready = ready < off ? ready : off;
		share.ready = (float)(ready / busy);
		share.hidden = (float)((off > busy ? 1 : off / busy) - ready / busy);
		return share;
	}
	off = off > busy ? 1 : off / busy;
	if (hidden > 0)
		hidden /= hidden + forced;
	else /* nobody took the core away, and not every switch was one of a wait */
		hidden = forced <= 0 && voluntary > (double)b->switches / SWITCHES_PER_WAIT;
	share.hidden = (float)(off * hidden);
	share.ready = (float)(off * (1 - hidden));
	return share;
}

static int64_t overlap(int64_t first, int64_t last, const struct between *b)
{
	int64_t from = first > b->begin ? first : b->begin, to = last < b->end ? last : b->end;

	return to > from ? to - from : 0;
}

/* The first wait and poll that reach behind a time. */
struct place {
	uint32_t wait, poll;
};

static void look_at_waits(struct between *b, const struct history *h,
			  const struct history_thread *t, struct place *at)
{
	for (; at->wait < t->waits.first + t->waits.count; at->wait++) {
		const struct history_wait *w = &h->wait[at->wait];
		int64_t in = overlap(w->begin, w->end, b);
		b->waited += in;
		if (h->object[w->object].family == HISTORY_spin)
			b->spun += in;
		if (w->begin <= b->end && w->end > b->begin)
			b->switches += SWITCHES_PER_WAIT * w->weight;
		if (w->end > b->end)
			break;
	}
}

/* Who polls is on a core, but for naps, and these switch. */
static void look_at_polls(struct between *b, const struct history *h,
			  const struct history_thread *t, struct place *at)
{
	for (; at->poll < t->polls.first + t->polls.count; at->poll++) {
		const struct history_poll *p = &h->poll[at->poll];
		int64_t in = history_is_polling(p) ? overlap(p->first, p->last, b) : 0;
		if (in) {
			b->waited += in;
			b->spun += in - (int64_t)((double)in * (double)p->slept /
						  (double)(p->last - p->first));
			b->switches += p->slept ? p->count : 0;
		}
		if (p->last > b->end)
			break;
	}
}

/* What lies in (begin, end]; the place moves behind it. */
static struct between look(const struct history *h, const struct history_thread *t, int64_t begin,
			   int64_t end, struct place *at)
{
	struct between b = {begin, end, 0, 0, 0};

	look_at_waits(&b, h, t, at);
	look_at_polls(&b, h, t, at);
	return b;
}

/* One for each time on a core, and off it, between two waits; one for the rest of the life. */
static struct graph_off *off_seen(const struct history *h, const struct history_thread *t,
				  struct graph_off *off)
{
	for (uint32_t i = 0; i < t->offs.count; i++) {
		const struct history_off *o = &h->off[t->offs.first + i];
		*off++ = (struct graph_off){o->begin, 0, 0};
		*off++ = (struct graph_off){o->end, o->ready, o->hidden};
	}
	*off++ = (struct graph_off){t->end, 0, 0};
	return off;
}

/* One for each usage, one for the rest of the life. */
static struct graph_off *off_fill(const struct history *h, const struct history_thread *t,
				  struct graph_off *off)
{
	struct history_usage last = {.time = t->begin}, rest;
	struct place at = {t->waits.first, t->polls.first};
	struct between b;

	for (uint32_t i = 0; i < t->usages.count; i++) {
		const struct history_usage *u = &h->usage[t->usages.first + i];
		b = look(h, t, last.time, u->time, &at);
		*off++ = off_of(&b, &last, u);
		last = *u;
	}
	bool polled = t->usages.count && last.ready_ns >= 0; /* that tells no switches */
	b = look(h, t, last.time, t->end, &at);
	*off = (struct graph_off){t->end, 0, 0};
	if (t->cpu_ns >= (int64_t)last.cpu_ns) {
		rest = (struct history_usage){.cpu_ns = t->cpu_ns,
					      .ready_ns = -1,
					      .voluntary = (uint32_t)t->voluntary,
					      .involuntary = (uint32_t)t->involuntary};
		if (t->voluntary < (int64_t)last.voluntary || polled)
			rest.voluntary = last.voluntary;
		if (t->involuntary < (int64_t)last.involuntary || polled)
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
	g->off = memory_new(h->usages + 2 * h->offs + h->threads + 1, sizeof(*g->off));
	g->first_off = memory_new(h->threads + 1, sizeof(*g->first_off));
	off = g->off;
	for (size_t i = 0; i < h->threads; i++) {
		g->first_off[i] = (size_t)(off - g->off);
		off = h->thread[i].scheduled ? off_seen(h, &h->thread[i], off)
					     : off_fill(h, &h->thread[i], off);
	}
	g->first_off[h->threads] = (size_t)(off - g->off);
}

void graph_free(struct graph *g)
{
	free(g->off);
	free(g->first_off);
	*g = (struct graph){0};
}
