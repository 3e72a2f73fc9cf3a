/* What the history says of locks: who waited at a time, who handed it to whom, what broadcasts did.
 */
#include "profiler/text.h"
#include "reports/card/card.h"
#include "reports/path/merge.h"
#include <stdlib.h>

/* A woken thread that waits for the same condition again so soon did not get on. */
#define BACK_NS 50000

static struct card_facts *facts_of(const struct history *h, struct card_facts *facts,
				   uint32_t object)
{
	return &facts[h->object[object].group];
}

/* Objects whose waits matter; waits are read in the order of time, each thread's from elsewhere. */
static bool *list_costly(const struct history *h, struct card_facts *facts)
{
	bool *costly = memory_new(h->objects + 1, sizeof(*costly));

	for (uint32_t i = 0; i < h->objects; i++)
		costly[i] = card_costs(facts_of(h, facts, i));
	return costly;
}

/* The waits of a thread for locks that cost something, from a place on. */
static uint32_t next_costly(const struct history *h, const bool *costly, uint32_t wait,
			    uint32_t end)
{
	while (wait < end && !costly[h->wait[wait].object])
		wait++;
	__builtin_prefetch(&h->wait[wait] + 3);
	return wait;
}

/* Calls visit for these waits, in order of begin, or of the act that ended them. */
typedef void visit_wait(void *data, const struct history_wait *);

static int64_t time_of(const struct history_wait *w, bool by_begin)
{
	return by_begin ? w->begin : w->woken;
}

static void in_order(const struct history *h, struct card_facts *facts, bool by_begin,
		     visit_wait *visit, void *data)
{
	uint32_t *next = memory_new(h->threads + 1, sizeof(*next));
	bool *costly = list_costly(h, facts);
	struct merge m;

	merge_begin(&m, (uint32_t)h->threads);
	for (uint32_t t = 0; t < h->threads; t++) {
		const struct range *r = &h->thread[t].waits;
		next[t] = next_costly(h, costly, r->first, r->first + r->count);
		merge_put(&m, t,
			  next[t] < r->first + r->count ? time_of(&h->wait[next[t]], by_begin)
							: MERGE_END);
	}
	for (merge_ready(&m); merge_time(&m) < MERGE_END;) {
		uint32_t t = merge_list(&m),
			 end = h->thread[t].waits.first + h->thread[t].waits.count;
		visit(data, &h->wait[next[t]]);
		next[t] = next_costly(h, costly, next[t] + 1, end);
		merge_next(&m, next[t] < end ? time_of(&h->wait[next[t]], by_begin) : MERGE_END);
	}
	merge_free(&m);
	free(costly);
	free(next);
}

/* The queue: all waiting, over the time in which anybody waited (Little's law). */
struct queue {
	const struct history *history;
	struct {
		int64_t until; /* somebody waits, of those that were looked at */
		int64_t waited, busy;
	} * object;
};

static void add_to_queue(void *data, const struct history_wait *w)
{
	struct queue *q = data;
	int64_t from = w->begin;

	q->object[w->object].waited += w->end - w->begin;
	if (q->object[w->object].until > from)
		from = q->object[w->object].until;
	if (w->end <= from)
		return;
	q->object[w->object].busy += w->end - from;
	q->object[w->object].until = w->end;
}

static void measure_queues(const struct history *h, struct card_facts *facts)
{
	struct queue q = {.history = h};
	double *waited = memory_new(2 * h->objects + 1, sizeof(*waited)), *busy;

	busy = waited + h->objects;
	q.object = memory_new(h->objects + 1, sizeof(*q.object));
	in_order(h, facts, true, add_to_queue, &q);
	for (size_t i = 0; i < h->objects; i++) {
		waited[h->object[i].group] += (double)q.object[i].waited;
		busy[h->object[i].group] += (double)q.object[i].busy;
	}
	for (size_t i = 0; i < h->objects; i++)
		facts[i].queue = busy[i] > 0 ? waited[i] / busy[i] : 0;
	free(q.object);
	free(waited);
}

/* Who gave each lock to whom last, and the pair of threads that did so most: the one left over
 * when others have been counted against it (Boyer and Moore's majority vote). */
struct hand_over {
	uint32_t from, to;
};
struct hand_overs {
	const struct history *history;
	struct card_facts *facts;
	struct hand_over *last; /* by object */
	int64_t *votes;		/* by group */
};

static void vote(struct card_facts *f, int64_t *votes, uint32_t a, uint32_t b)
{
	if ((f->one == a && f->other == b) || (f->one == b && f->other == a)) {
		++*votes;
	} else if (*votes) {
		--*votes;
	} else {
		f->one = a;
		f->other = b;
		*votes = 1;
	}
}

static void add_hand_over(void *data, const struct history_wait *w)
{
	struct hand_overs *o = data;
	struct card_facts *f = facts_of(o->history, o->facts, w->object);
	struct hand_over *last = &o->last[w->object];

	if (w->waker == NOBODY)
		return;
	f->hand_overs++;
	f->hand_over_ns += w->end - w->woken;
	if (last->from == w->thread && last->to == w->waker) {
		f->to_and_fro++;
		vote(f, &o->votes[o->history->object[w->object].group], w->thread, w->waker);
	}
	*last = (struct hand_over){w->waker, w->thread};
}

static void follow_hand_overs(const struct history *h, struct card_facts *facts)
{
	struct hand_overs o = {.history = h, .facts = facts};

	o.last = memory_new(h->objects + 1, sizeof(*o.last));
	o.votes = memory_new(h->objects + 1, sizeof(*o.votes));
	for (size_t i = 0; i < h->objects; i++) {
		o.last[i] = (struct hand_over){NOBODY, NOBODY};
		facts[i].one = facts[i].other = NOBODY;
	}
	in_order(h, facts, false, add_hand_over, &o);
	free(o.last);
	free(o.votes);
}

/* The first signal or broadcast during a wait, NOTHING. */
static uint32_t first_wake(const struct history *h, const struct history_wait *w)
{
	const struct range *r = &h->object[w->object].wakes;
	uint32_t low = r->first, high = r->first + r->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (h->wake[middle].time <= w->begin)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->first + r->count && h->wake[low].time <= w->end ? low : NOTHING;
}

static bool waits_again(const struct history *h, size_t wait)
{
	const struct history_wait *w = &h->wait[wait], *next = w + 1;

	return wait + 1 < h->waits && next->thread == w->thread && next->object == w->object &&
	       next->begin - w->end < BACK_NS;
}

static void count_herds(const struct history *h, struct card_facts *facts)
{
	unsigned char *seen = memory_new(h->wakes + 1, 1); /* broadcasts that woke somebody */

	for (size_t i = 0; i < h->waits; i++) {
		const struct history_wait *w = &h->wait[i];
		struct card_facts *f = facts_of(h, facts, w->object);
		uint32_t wake;
		if (h->object[w->object].family != HISTORY_condition || w->waker == NOBODY)
			continue;
		wake = first_wake(h, w);
		if (wake == NOTHING || h->wake[wake].count != UINT32_MAX)
			continue;
		f->broadcasts += !seen[wake];
		seen[wake] = 1;
		f->woken++;
		f->back += waits_again(h, i);
	}
	free(seen);
}

static void add_polls(const struct history *h, struct card_facts *facts)
{
	for (size_t i = 0; i < h->polls; i++) {
		const struct history_poll *p = &h->poll[i];
		struct card_facts *f = facts_of(h, facts, p->object);
		if (!history_is_polling(p))
			continue;
		f->polls++;
		f->poll_tries += p->count;
		f->poll_ns += p->last - p->first;
	}
}

void card_watch(const struct history *h, struct card_facts *facts)
{
	measure_queues(h, facts);
	follow_hand_overs(h, facts);
	count_herds(h, facts);
	add_polls(h, facts);
}
