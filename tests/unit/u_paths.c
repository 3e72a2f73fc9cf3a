/* What holds of every history: of simulated programs, of damaged logs, of clocks so coarse that
 * much happens at one time. */
#include "profiler/text.h"
#include "reports/path/detour.h"
#include "reports/path/held.h"
#include "reports/path/slack.h"
#include "reports/path/span.h"
#include "tests/unit/history_random.h"
#include "tests/unit/history_text.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORIES = 15000, KINDS = 6 };

struct scene {
	uint64_t seed;
	struct history history;
	struct graph graph;
	struct precedence precedence;
	struct path path[PATHS];
	size_t paths;
};

/* All times in steps. */
static void make_coarse(struct history *h, int64_t step)
{
	h->end_ns /= step;
	for (size_t i = 0; i < h->threads; i++) {
		h->thread[i].begin /= step;
		h->thread[i].end /= step;
		h->thread[i].created /= step;
		h->thread[i].cpu_ns = -1;
	}
	for (size_t i = 0; i < h->waits; i++) {
		h->wait[i].begin /= step;
		h->wait[i].end /= step;
	}
	for (size_t i = 0; i < h->holds; i++) {
		h->hold[i].acquired /= step;
		h->hold[i].released /= step;
	}
	for (size_t i = 0; i < h->wakes; i++)
		h->wake[i].time /= step;
	for (size_t i = 0; i < h->polls; i++) {
		h->poll[i].first /= step;
		h->poll[i].last /= step;
	}
	h->usages = 0;
	history_sort(h);
}

/* Waits without any sense, and as many of them as fit. */
static void wild_thread(struct history *h, uint32_t thread, struct dice *dice, int64_t end)
{
	struct history_thread *t = &h->thread[thread];
	int64_t at;

	t->begin = thread ? dice_roll(dice, (uint32_t)(end / 3)) : 0;
	t->end = end - (dice_roll(dice, 2) ? dice_roll(dice, (uint32_t)(end / 3)) : 0);
	t->parent = thread && dice_roll(dice, 4) ? dice_roll(dice, thread) : NOBODY;
	t->created = t->begin - dice_roll(dice, 20);
	for (at = t->begin; dice_roll(dice, 60);) {
		struct history_wait *w;
		int64_t from = at + dice_roll(dice, 30), to = from + 1 + dice_roll(dice, 40);
		if (to > t->end)
			break;
		w = history_add_wait(h);
		*w = (struct history_wait){.begin = from, .end = to, .thread = thread, .weight = 1};
		w->object = dice_roll(dice, (uint32_t)h->objects);
		w->flags = dice_roll(dice, 2) ? HISTORY_ACQUIRED : 0;
		w->holder = w->waker = w->other = NOBODY;
		at = to;
	}
	for (at = t->begin; (at += dice_roll(dice, 50)) < t->end - 80;) {
		struct history_hold *r = history_add_hold(h);
		r->acquired = at + 1;
		r->released = at + 1 + dice_roll(dice, 80);
		r->thread = thread;
		r->object = dice_roll(dice, (uint32_t)h->objects);
	}
}

static void make_wild(struct history *h, struct dice *dice)
{
	uint32_t threads = 1 + dice_roll(dice, RANDOM_THREADS);
	int64_t end = 200 + dice_roll(dice, 1500);

	h->end_ns = end + dice_roll(dice, 10);
	for (uint32_t i = 0; i < 6; i++)
		history_add_object(h, HISTORY_other, "O")->group = i / 2 * 2;
	for (uint32_t i = 0; i < threads; i++)
		history_add_thread(h, "t");
	for (uint32_t i = 0; i < threads; i++)
		wild_thread(h, i, dice, end);
	history_sort(h);
}

/* After graph_make(), which would find none. */
static void wild_wakers(struct history *h, struct dice *dice)
{
	for (size_t i = 0; i < h->waits; i++) {
		struct history_wait *w = &h->wait[i];
		if (!dice_roll(dice, 5))
			continue;
		w->waker = dice_roll(dice, (uint32_t)h->threads);
		w->woken = w->begin + dice_roll(dice, (uint32_t)(w->end - w->begin + 1));
		if (!dice_roll(dice, 3))
			w->woken = w->end;
		if (w->waker == w->thread)
			w->waker = NOBODY;
	}
}

static void begin(struct scene *s, uint64_t seed)
{
	struct dice dice = dice_of(seed);

	*s = (struct scene){.seed = seed};
	if (seed % KINDS >= 4) {
		make_wild(&s->history, &dice);
	} else if (seed % KINDS == 1) {
		history_damaged(&s->history, seed);
		history_sort(&s->history);
	} else {
		history_random(&s->history, seed, NULL);
	}
	if (seed % KINDS == 2 || seed % KINDS == 3)
		make_coarse(&s->history, seed % KINDS == 2 ? 1000 : 10000);
	graph_make(&s->graph, &s->history);
	if (seed % KINDS >= 4)
		wild_wakers(&s->history, &dice);
	precedence_make(&s->precedence, &s->history);
	s->paths = paths_find(&s->precedence, s->path);
}

static void end(struct scene *s)
{
	for (size_t i = 0; i < s->paths; i++)
		path_free(&s->path[i]);
	precedence_free(&s->precedence);
	graph_free(&s->graph);
	history_free(&s->history);
}

/* Counts, so that one broken rule does not print a line for each history. */
#define ALL(test, words)                                                                           \
	do {                                                                                       \
		if (!(test) && !broken++)                                                          \
			printf("\n%s: seed %lu\n", words, (unsigned long)s.seed);                  \
	} while (0)
#define EVERY_HISTORY                                                                              \
	size_t broken = 0;                                                                         \
	struct scene s;                                                                            \
	for (uint64_t seed_ = 0; begin(&s, seed_), seed_ < HISTORIES; end(&s), seed_++)
#define DONE                                                                                       \
	end(&s);                                                                                   \
	CU_ASSERT_EQUAL(broken, 0)

struct tiling {
	int64_t at, sum, by_part[PATH_PART_COUNT];
	bool gap, back;
};

static void lay(void *data, const struct segment *s)
{
	struct tiling *t = data;

	t->gap |= s->begin > t->at;
	t->back |= s->begin < t->at || s->end <= s->begin;
	t->at = s->end;
	t->sum += s->end - s->begin;
	t->by_part[s->part] += s->end - s->begin;
}

TEST(paths, critical_path_tiles_the_time)
{
	EVERY_HISTORY
	{
		struct tiling t = {0};
		path_segments(&s.path[0], &s.precedence, &s.graph, lay, &t);
		ALL(!t.gap, "a gap");
		ALL(!t.back, "two parts at one time");
		ALL(t.at == s.history.end_ns, "the end");
		ALL(t.sum == s.history.end_ns, "the sum");
	}
	DONE;
}

TEST(paths, later_paths_are_shorter_and_have_gaps_only)
{
	size_t seconds = 0;
	EVERY_HISTORY
	{
		for (size_t i = 1; i < s.paths; i++, seconds++) {
			struct tiling t = {0};
			path_segments(&s.path[i], &s.precedence, &s.graph, lay, &t);
			ALL(!t.back, "two parts at one time");
			ALL(t.at <= s.history.end_ns, "the end");
			ALL(s.path[i].ns <= s.path[i - 1].ns, "longer than the one before");
			ALL(t.sum == s.path[i].ns || s.path[i].end == s.precedence.last.time,
			    "the sum");
			ALL(s.path[i].count != s.path[0].count ||
				memcmp(s.path[i].stop, s.path[0].stop,
				       s.path[i].count * sizeof(*s.path[i].stop)) ||
				s.path[i].end != s.path[0].end,
			    "the same as the first");
		}
	}
	DONE;
	CU_ASSERT(seconds > HISTORIES); /* there were some to look at */
}

TEST(paths, stops_keep_their_invariants)
{
	EVERY_HISTORY
	{
		const struct precedence *p = &s.precedence;
		size_t begins = 0;
		for (const struct stop *x = p->stop; x < p->stop + p->count; x++) {
			const struct history_thread *t = &s.history.thread[x->waker];
			bool is_begin = stop_is_begin(p, x);
			begins += is_begin;
			ALL(x == p->stop || x[-1].time <= x->time, "order");
			ALL(x->time <= stop_end(p, x), "act after the return");
			ALL(is_begin || stop_begin(p, x) < x->time, "act before the wait");
			ALL(x->waker != NOBODY || (is_begin && !x->time), "no waker");
			ALL(x->waker == NOBODY ||
				(t->begin + (t->begin < t->end) <= x->time && x->time <= t->end),
			    "act of the dead");
		}
		ALL(begins == s.history.threads, "begins of threads");
	}
	DONE;
}

struct slacks {
	const struct precedence *precedence;
	int64_t *by_place, least;
};

static void note(void *data, const struct stop *x, int64_t slack)
{
	struct slacks *n = data;

	n->by_place[x - n->precedence->stop] = slack;
	if (slack < n->least)
		n->least = slack;
}

static struct slacks find_slacks(const struct scene *s)
{
	const struct history *h = &s->history;
	int64_t *by_thread = memory_new(h->threads + 1, sizeof(*by_thread));
	struct slacks n = {.precedence = &s->precedence};

	n.by_place = memory_new(s->precedence.count + 1, sizeof(*n.by_place));
	slack_pass(&s->precedence, by_thread, note, &n);
	for (size_t i = 0; i < h->threads; i++)
		if (by_thread[i] < n.least)
			n.least = by_thread[i];
	free(by_thread);
	return n;
}

TEST(paths, slack_is_never_less_than_nothing_and_nothing_on_the_critical_path)
{
	EVERY_HISTORY
	{
		struct slacks n = find_slacks(&s);
		ALL(n.least >= 0, "less than nothing");
		for (size_t i = 0; i < s.path[0].count; i++)
			ALL(n.by_place[s.path[0].stop[i]] == 0, "slack on the path");
		free(n.by_place);
	}
	DONE;
}

/* How much later the run ends when the act behind one stop is delayed: reckoned forward. */
static int64_t delay(const struct scene *s, size_t delayed, int64_t by)
{
	const struct precedence *p = &s->precedence;
	int64_t *shift = memory_new(s->history.threads + 1, sizeof(*shift)), late = INT64_MIN;

	for (size_t i = 0; i < p->count; i++) {
		const struct stop *x = &p->stop[i];
		int64_t own = INT64_MIN;
		if (x->waker == NOBODY)
			continue;
		if (i == delayed)
			shift[x->waker] += by;
		if (!stop_is_begin(p, x))
			own = stop_begin(p, x) + shift[x->thread] - x->time;
		shift[x->thread] = own > shift[x->waker] ? own : shift[x->waker];
	}
	for (size_t i = 0; i < s->history.threads; i++) {
		int64_t over = s->history.thread[i].end + shift[i] - p->last.time;
		if (over > late)
			late = over;
	}
	free(shift);
	return late;
}

TEST(paths, what_takes_longer_by_its_slack_delays_nothing_and_by_more_all)
{
	struct dice dice = dice_of(7);
	EVERY_HISTORY
	{
		struct slacks n = find_slacks(&s);
		for (int i = 0; i < 3 && s.precedence.count; i++) {
			uint32_t place = dice_roll(&dice, (uint32_t)s.precedence.count);
			if (s.precedence.stop[place].waker == NOBODY)
				continue;
			ALL(delay(&s, place, n.by_place[place]) == 0, "delayed");
			ALL(delay(&s, place, n.by_place[place] + 5) == 5, "not delayed");
		}
		free(n.by_place);
	}
	DONE;
}

/* Time of a thread in (from, to] that lies on one of the paths, each ns looked at once. */
static int64_t on_paths(const struct scene *s, size_t paths, uint32_t thread, int64_t from,
			int64_t to)
{
	int64_t sum = 0, at = from;

	while (at < to) {
		int64_t next = to;
		bool on = false;
		for (size_t p = 0; p < paths; p++)
			for (size_t i = 0; i < s->path[p].count; i++) {
				struct leg leg = path_leg(&s->path[p], &s->precedence, i);
				if (leg.stop->thread != thread || leg.to <= at)
					continue;
				if (leg.from > at) {
					next = leg.from < next ? leg.from : next;
					continue;
				}
				on = true;
				next = leg.to < next ? leg.to : next;
			}
		sum += on ? next - at : 0;
		at = next;
	}
	return sum;
}

static int64_t worth_of(const struct scene *s, size_t paths, uint32_t thread, int64_t from,
			int64_t to, int64_t worth)
{
	int64_t shared = on_paths(s, paths, thread, from, to);

	return DETOUR_WORTH * (to - from - shared) + worth * shared;
}

static int64_t worth_of_path(const struct scene *s, size_t paths, const struct path *path,
			     int64_t worth)
{
	int64_t sum = 0;

	for (size_t i = 0; i < path->count; i++) {
		struct leg leg = path_leg(path, &s->precedence, i);
		sum += worth_of(s, paths, leg.stop->thread, leg.from, leg.to, worth);
	}
	return sum;
}

/* Any other path: at each stop the dice say whether it goes on in the waker. */
static int64_t worth_of_stroll(struct scene *s, size_t paths, struct dice *dice, int64_t worth)
{
	struct precedence *p = &s->precedence;
	struct path path;
	int64_t sum;

	for (size_t i = 0; i < p->count; i++)
		p->stop[i].own = stop_is_begin(p, &p->stop[i]) ? 0 : dice_roll(dice, 2);
	path_trace(&path, p, dice_roll(dice, (uint32_t)s->history.threads), 1);
	sum = worth_of_path(s, paths, &path, worth);
	path_free(&path);
	return sum;
}

TEST(paths, detour_is_as_long_as_it_says_and_no_other_is_longer)
{
	struct dice dice = dice_of(8);
	EVERY_HISTORY
	{
		int64_t length, worth = (int64_t)(seed_ / KINDS) % 2;
		size_t earlier = s.paths > 1 ? 1 + (seed_ / KINDS / 2) % (s.paths - 1) : 1;
		uint32_t thread = detour_find(&s.precedence, s.path, earlier, 2, worth, &length);
		struct path path;
		if (seed_ % 4 && seed_ % 7) /* each costs a lot */
			continue;
		path_trace(&path, &s.precedence, thread, 2);
		ALL(worth_of_path(&s, earlier, &path, worth) == length, "another length");
		for (int i = 0; i < 5 && s.history.threads; i++)
			ALL(worth_of_stroll(&s, earlier, &dice, worth) <= length, "a longer one");
		path_free(&path);
	}
	DONE;
}

TEST(paths, span_lies_between_the_work_on_any_path_and_the_time)
{
	EVERY_HISTORY
	{
		int64_t span = span_ns(&s.precedence, &s.graph);
		ALL(span <= s.history.end_ns, "longer than the run");
		for (size_t i = 0; i < s.paths; i++) {
			struct tiling t = {0};
			int64_t work = 0;
			path_segments(&s.path[i], &s.precedence, &s.graph, lay, &t);
			for (int k = 0; k < PATH_PART_COUNT; k++)
				work += path_part_is_work[k] || k == PART_spin ? t.by_part[k] : 0;
			ALL(span >= work, "shorter than a path");
		}
	}
	DONE;
}

static void charge(void *walk, const struct segment *s)
{
	held_segment(walk, s);
}

/* Samples too: any hold stands for some. */
TEST(paths, locks_share_no_more_than_the_work)
{
	struct dice dice = dice_of(9);
	EVERY_HISTORY
	{
		double innermost = 0;
		struct held_walk w;
		for (size_t i = 0; i < s.history.holds && seed_ & 16; i++)
			s.history.hold[i].weight = (uint16_t)(1 + dice_roll(&dice, 3) * 10);
		uint32_t *order = held_order(&s.history);
		held_begin(&w, &s.history, order);
		path_segments(&s.path[0], &s.precedence, &s.graph, charge, &w);
		held_end(&w);
		for (size_t i = 0; i < s.history.objects; i++) {
			const struct held *x = &w.held[i];
			ALL(x->inclusive_ns >= 0 && x->inclusive_ns <= (double)w.work_ns,
			    "inclusive");
			ALL(x->contended >= 0 && x->acquisitions >= (double)x->contended,
			    "contended");
			innermost += x->innermost_ns;
		}
		ALL(innermost <= (double)w.work_ns * 1.000001, "innermost");
		held_free(&w);
		free(order);
	}
	DONE;
}
