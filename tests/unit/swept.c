#include "tests/unit/swept.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct swept swept_text(const char *text)
{
	struct swept s = {0};

	history_from_text(&s.history, text);
	graph_make(&s.graph, &s.history);
	account_make(&s.account, &s.graph, 0);
	s.graph.history = NULL; /* s moves */
	return s;
}

void swept_free(struct swept *s)
{
	account_free(&s->account);
	graph_free(&s->graph);
	history_free(&s->history);
}

static uint32_t object_of(const struct swept *s, const char *name)
{
	return name ? history_find_object(&s->history, name) : NOTHING;
}

static uint32_t thread_of(const struct swept *s, const char *name)
{
	return name ? history_find_thread(&s->history, name) : NOBODY;
}

int64_t swept_blame(const struct swept *s, const char *object, enum account_cause cause,
		    const char *culprit)
{
	uint32_t o = object_of(s, object), t = thread_of(s, culprit);
	int64_t ns = -1;

	for (size_t i = 0; i < s->account.blames; i++) {
		const struct account_blame *b = &s->account.blame[i];
		if (b->object == o && b->cause == cause && b->culprit == t)
			ns = (ns < 0 ? 0 : ns) + b->ns;
	}
	return ns;
}

double swept_part(const struct swept *s, enum account_part_kind kind, const char *object)
{
	uint32_t o = object_of(s, object);

	for (size_t i = 0; i < s->account.parts; i++)
		if (s->account.part[i].kind == kind && s->account.part[i].object == o)
			return s->account.part[i].ns;
	return -1;
}

const struct account_serial *swept_serial(const struct swept *s, const char *thread)
{
	for (size_t i = 0; i < s->account.serials; i++)
		if (s->account.serial[i].thread == thread_of(s, thread))
			return &s->account.serial[i];
	return NULL;
}

const struct account_balance *swept_balance(const struct swept *s, const char *object)
{
	for (size_t i = 0; i < s->account.balances; i++)
		if (s->account.balance[i].object == object_of(s, object))
			return &s->account.balance[i];
	return NULL;
}

int64_t swept_state(const struct swept *s, const char *thread, enum tile_state state)
{
	return s->account.state_ns[thread_of(s, thread)][state];
}

const char *swept_knots(const struct swept *s)
{
	static char text[256];
	size_t n = 0;

	text[0] = 0;
	for (size_t i = 0; i < s->account.knots && n < sizeof(text); i++) {
		const struct account_knot *k = &s->account.knot[i];
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
				      i == 0		      ? ""
				      : k->knot == k[-1].knot ? "+"
							      : " ",
				      s->history.thread[k->thread].name);
	}
	return text;
}

static const char *states_broken(const struct swept *s)
{
	for (size_t t = 0; t < s->history.threads; t++) {
		int64_t sum = 0;
		for (int i = 0; i < TILE_STATE_COUNT; i++) {
			if (s->account.state_ns[t][i] < 0)
				return "a state is negative";
			sum += s->account.state_ns[t][i];
		}
		if (sum != s->history.thread[t].end - s->history.thread[t].begin)
			return "states do not sum to the life";
		if (s->account.criticality_ns[t] < 0)
			return "criticality is negative";
	}
	return NULL;
}

static const char *profile_broken(const struct swept *s)
{
	int64_t running = 0, progress = 0;

	for (size_t i = 0; i < s->account.counts; i++) {
		if (s->account.running_ns[i] < 0 || s->account.progress_ns[i] < 0)
			return "the profile is negative";
		running += s->account.running_ns[i];
		progress += s->account.progress_ns[i];
	}
	if (running != s->account.wall_ns || progress != s->account.wall_ns)
		return "the profile does not sum to the wall time";
	return NULL;
}

static const char *stack_broken(const struct swept *s)
{
	double sum = 0, all = (double)s->account.wall_ns * s->account.lanes;

	for (size_t i = 0; i < s->account.parts; i++) {
		if (s->account.part[i].ns < 0)
			return "a part of the stack is negative";
		sum += s->account.part[i].ns;
	}
	if (fabs(sum - all) > 1e-9 * all + 1e-2)
		return "the stack does not sum to the lanes";
	return NULL;
}

static const char *blame_broken(const struct swept *s)
{
	int64_t blame = 0, waits = 0;

	for (size_t i = 0; i < s->account.blames; i++) {
		if (s->account.blame[i].ns <= 0)
			return "a row of blame is empty";
		blame += s->account.blame[i].ns;
	}
	for (size_t t = 0; t < s->history.threads; t++) {
		waits += s->account.state_ns[t][TILE_spin];
		for (size_t i = 0; i < s->history.thread[t].waits.count; i++) {
			const struct history_wait *w =
			    &s->history.wait[s->history.thread[t].waits.first + i];
			enum history_use use = s->history.object[w->object].use;
			if (use != USE_IO && use != USE_TIMER)
				waits += (w->end - w->begin) * w->weight;
		}
	}
	return blame == waits ? NULL : "blame does not sum to the waits";
}

static const char *serial_broken(const struct swept *s)
{
	int64_t sum = 0;

	for (size_t i = 0; i < s->account.serials; i++) {
		const struct account_serial *p = &s->account.serial[i];
		if (p->ns <= 0 || p->longest_ns > p->ns || !p->count)
			return "a serial phase is odd";
		sum += p->ns;
	}
	return sum > s->account.wall_ns ? "serial phases are longer than the run" : NULL;
}

static const char *balance_broken(const struct swept *s)
{
	for (size_t i = 0; i < s->account.balances; i++) {
		const struct account_balance *b = &s->account.balance[i];
		if (b->mean_ns < 0 || b->max_ns < b->mean_ns || b->threads < 2 ||
		    b->late_count > b->generations || b->late >= s->history.threads)
			return "an imbalance is odd";
	}
	return NULL;
}

const char *swept_broken(const struct swept *s)
{
	const char *(*const check[])(const struct swept *) = {states_broken, profile_broken,
							      stack_broken,  blame_broken,
							      serial_broken, balance_broken};
	const char *what = NULL;

	for (size_t i = 0; !what && i < sizeof(check) / sizeof(*check); i++)
		what = check[i](s);
	return what;
}
