#include "reports/graph/graph.h"
#include "tests/unit/history_random.h"
#include "tests/unit/history_text.h"
#include "tests/unit/tiles.h"
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>

enum { HISTORIES = 10000 };

static void make(struct graph *g, struct history *h, const char *text)
{
	history_from_text(h, text);
	graph_make(g, h);
}

static void done(struct graph *g, struct history *h)
{
	graph_free(g);
	history_free(h);
}

/* "w1 40": who ended that wait, and when. */
static bool is_woken(const struct history *h, size_t wait, const char *waker, int64_t woken)
{
	const struct history_wait *w = &h->wait[wait];
	uint32_t thread = waker ? history_find_thread(h, waker) : NOBODY;

	if (w->waker == thread && w->woken == woken)
		return true;
	history_print(h);
	return false;
}

TEST(graph, mutex_is_ended_by_the_last_release_of_another_thread)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread main 0 100\n"
	     "thread w1 0 100 by main\n"
	     "thread w2 0 100 by main\n"
	     "wait w1 L 20 60 held-by main acquired\n"
	     "hold main L 10 38 waiters 1\n"
	     "hold w2 L 40 55 waiters 1\n"
	     "hold w1 L 60 70\n"
	     "hold w2 L 75 80\n");
	CU_ASSERT_TRUE(is_woken(&h, 0, "w2", 55));
	CU_ASSERT_STRING_EQUAL(tiles(&g, "w1"), "run 0-20 lock 20-60 run 60-100");
	done(&g, &h);
}

TEST(graph, wait_that_gave_up_was_ended_by_nobody)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread main 0 100\n"
	     "thread w1 0 100 by main\n"
	     "wait w1 L 20 60 held-by main timed-out\n"
	     "hold main L 10 38 waiters 1\n");
	CU_ASSERT_TRUE(is_woken(&h, 0, NULL, 60));
	done(&g, &h);
}

TEST(graph, release_that_was_not_seen_was_the_holders)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread main 0 100\n"
	     "thread w1 0 100 by main\n"
	     "hold main L 10 15\n"
	     "wait w1 L 20 60 held-by main\n"
	     "wait w1 L 70 80\n");
	CU_ASSERT_TRUE(is_woken(&h, 0, "main", 60));
	CU_ASSERT_TRUE(is_woken(&h, 1, NULL, 80));
	done(&g, &h);
}

TEST(graph, reader_was_kept_out_by_a_writer)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread w 0 100\n"
	     "thread r1 0 100 by w\n"
	     "thread r2 0 100 by w\n"
	     "object L rwlock\n"
	     "hold w L 10 38 waiters 2\n"
	     "wait r1 L 20 40 shared\n"
	     "hold r1 L 40 44 shared\n"
	     "wait r2 L 20 50 shared\n"
	     "wait w L 52 70\n"
	     "hold r2 L 50 65 waiters 1 shared\n");
	CU_ASSERT_TRUE(is_woken(&h, 0, "r2", 65));
	CU_ASSERT_TRUE(is_woken(&h, 1, "w", 38));
	CU_ASSERT_TRUE(is_woken(&h, 2, "w", 38));
	done(&g, &h);
}

TEST(graph, posts_end_waits_first_in_first_out)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread p 0 100\n"
	     "thread a 0 100 by p\n"
	     "thread b 0 100 by p\n"
	     "object S semaphore\n"
	     "wait a S 10 40\n"
	     "wait b S 12 41\n"
	     "post p S 30\n"
	     "post p S 31\n"
	     "post p S 50\n" /* somebody else took it: b finds nothing */
	     "wait b S 60 80\n"
	     "post p S 75\n");
	CU_ASSERT_TRUE(is_woken(&h, 0, "p", 30));
	CU_ASSERT_TRUE(is_woken(&h, 1, "p", 31));
	CU_ASSERT_TRUE(is_woken(&h, 2, "p", 75));
	done(&g, &h);
}

/* What was posted before somebody found the semaphore empty was taken. */
TEST(graph, post_that_another_thread_took_ends_no_wait)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread p 0 100\n"
	     "thread a 0 100 by p\n"
	     "thread b 0 100 by p\n"
	     "object S semaphore\n"
	     "wait a S 10 80\n"
	     "post p S 20\n"
	     "wait b S 30 90\n"
	     "post p S 75\n"
	     "post p S 85\n");
	CU_ASSERT_TRUE(is_woken(&h, 0, "p", 75));
	CU_ASSERT_TRUE(is_woken(&h, 1, "p", 85));
	done(&g, &h);
}

TEST(graph, condition_is_ended_by_its_signal_or_later_by_its_mutex)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread main 0 200\n"
	     "thread a 0 200 by main\n"
	     "thread b 0 200 by main\n"
	     "thread c 0 200 by main\n"
	     "object C condition\n"
	     "wait a C 10 60 other M\n"
	     "wait b C 12 80 other M\n"
	     "wait c C 14 99 other M\n"
	     "wake main C 50\n"
	     "hold main M 45 55 waiters 1\n" /* a got the mutex then */
	     "wake main C 70\n"
	     "wake main C 90 all\n"
	     "hold main M 89 92\n"
	     "wait a C 120 150 other M timed-out\n"
	     "wake main C 140\n"
	     "wait b C 130 160 other M\n");
	CU_ASSERT_TRUE(is_woken(&h, 0, "main", 55));
	CU_ASSERT_TRUE(is_woken(&h, 1, NULL, 150));
	CU_ASSERT_TRUE(is_woken(&h, 2, "main", 70));
	CU_ASSERT_TRUE(is_woken(&h, 3, "main", 140));
	CU_ASSERT_TRUE(is_woken(&h, 4, "main", 90));
	done(&g, &h);
}

TEST(graph, barrier_is_ended_by_the_last_to_arrive)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread a 0 200\n"
	     "thread b 0 200 by a\n"
	     "thread c 0 200 by a\n"
	     "wait a barrier 10 52\n"
	     "wait b barrier 20 90\n" /* woken late */
	     "wait c barrier 50 51\n"
	     "wait a barrier 60 100\n"
	     "wait c barrier 70 101\n"
	     "wait b barrier 95 96\n");
	CU_ASSERT_TRUE(is_woken(&h, 0, "c", 50));
	CU_ASSERT_TRUE(is_woken(&h, 1, "b", 95));
	CU_ASSERT_TRUE(is_woken(&h, 2, "c", 50));
	CU_ASSERT_TRUE(is_woken(&h, 3, NULL, 95));
	CU_ASSERT_TRUE(is_woken(&h, 4, NULL, 50));
	CU_ASSERT_TRUE(is_woken(&h, 5, "b", 95));
	CU_ASSERT_STRING_EQUAL(tiles(&g, "c"), "run 0-50 run 50-70 phase 70-101 run 101-200");
	done(&g, &h);
}

TEST(graph, join_is_ended_by_the_end_of_the_thread)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread main 0 200\n"
	     "thread a 5 90 by main\n"
	     "thread b 6 50 by main\n"
	     "thread c 6 200 by main\n" /* its end was not seen */
	     "wait main join 20 95 other a\n"
	     "wait main join 96 97 other b\n"
	     "wait main join 100 150 other c\n"
	     "wait main timer 160 170\n"
	     "wait main io 170 190\n");
	CU_ASSERT_TRUE(is_woken(&h, 0, "a", 90));
	CU_ASSERT_TRUE(is_woken(&h, 1, NULL, 97));
	CU_ASSERT_TRUE(is_woken(&h, 2, "c", 150));
	CU_ASSERT_STRING_EQUAL(
	    tiles(&g, "main"),
	    "run 0-20 phase 20-95 run 95-96 phase 96-97 run 97-100 phase 100-150 "
	    "run 150-160 timer 160-170 io 170-190 run 190-200");
	done(&g, &h);
}

TEST(graph, polling_is_a_tile_of_its_own_when_it_is_dense)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "end 9000000\n"
	     "thread main 0 9000000\n"
	     "thread w 0 9000000 by main\n"
	     "hold main L 5 70\n"
	     "poll w L 10 80 8\n"
	     "poll w L 1000000 8000000 7\n"); /* does something else meanwhile */
	CU_ASSERT_STRING_EQUAL(tiles(&g, "w"), "run 0-10 spin 10-80 run 80-9000000");
	CU_ASSERT_EQUAL(h.poll[0].waker, 0);
	CU_ASSERT_EQUAL(h.poll[0].woken, 70);
	done(&g, &h);
}

/* As an interpreter's lock of a condition, asked for again every 5 ms. */
TEST(graph, who_looks_at_the_clock_waits_for_the_next_signal)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread a 0 20000000\n"
	     "thread b 0 20000000\n"
	     "object C condition use idle\n"
	     "wait a C 1000000 6000000 timed-out\n"
	     "wait a C 6010000 11010000 timed-out\n"
	     "wait a C 11020000 14000000\n"
	     "wake b C 13990000\n"
	     "wait a C 15000000 18000000 timed-out\n" /* and gives up */
	     "wake b C 19000000\n");
	CU_ASSERT_TRUE(is_woken(&h, 0, "b", 6000000));
	CU_ASSERT_TRUE(is_woken(&h, 1, "b", 11010000));
	CU_ASSERT_TRUE(is_woken(&h, 2, "b", 13990000));
	CU_ASSERT_TRUE(is_woken(&h, 3, NULL, 18000000));
	done(&g, &h);
}

TEST(graph, naps_between_tries_are_part_of_the_polling)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "end 90000000\n"
	     "thread main 0 90000000\n"
	     "thread w 0 90000000 by main\n"
	     "hold main L 5 900000\n"
	     "poll w L 10000 1000000 3\n"
	     "wait w timer 10000 300000\n"
	     "wait w timer 310000 600000\n"
	     "wait w timer 610000 950000\n"
	     "wait w timer 2000000 3000000\n"
	     "poll w L 10000000 80000000 3\n" /* looks in now and then */
	     "wait w timer 11000000 40000000\n"
	     "wait w timer 41000000 79000000\n");
	CU_ASSERT_STRING_EQUAL(
	    tiles(&g, "w"),
	    "run 0-10000 spin 10000-1000000 run 1000000-2000000 timer 2000000-3000000 "
	    "run 3000000-11000000 timer 11000000-40000000 run 40000000-41000000 "
	    "timer 41000000-79000000 run 79000000-90000000");
	CU_ASSERT_EQUAL(h.waits, 3);
	done(&g, &h);
}

/* What was blocked unseen once between two waits is hidden, when nobody took the core away. */
TEST(graph, one_switch_more_than_waits_is_hidden_when_none_was_forced)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread a 0 1000000\n"
	     "usage a 400000 400000 0 0\n"
	     "wait a io 400000 500000\n"
	     "usage a 1000000 600000 2 0\n");
	CU_ASSERT_STRING_EQUAL(tiles(&g, "a"), "run 0-400000 io 400000-500000 run 500000-700000 "
					       "hidden 700000-1000000");
	done(&g, &h);
}

/* Spinning for a lock needs a core as running does, and may lack it as well. */
TEST(graph, lack_of_cores_is_divided_among_running_and_spinning)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "object L spin\n"
	     "thread a 0 1000000\n"
	     "wait a L 200000 1000000\n"
	     "usage a 1000000 500000 0 9\n");
	CU_ASSERT_STRING_EQUAL(tiles(&g, "a"),
			       "run 0-100000 ready 100000-200000 lock 200000-1000000");
	done(&g, &h);
}

/* 300 us on no core: once because others had them, once blocked where nobody saw it. */
TEST(graph, time_on_no_core_is_ready_or_hidden)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread a 0 1000000\n"
	     "usage a 500000 200000 0 3\n"
	     "wait a io 500000 600000\n"
	     "usage a 1000000 300000 7 3\n");
	CU_ASSERT_STRING_EQUAL(tiles(&g, "a"), "run 0-200000 ready 200000-500000 io 500000-600000 "
					       "run 600000-700000 hidden 700000-1000000");
	done(&g, &h);
}

TEST(graph, cpu_time_of_a_whole_life_is_enough)
{
	struct history h;
	struct graph g;

	make(&g, &h,
	     "thread a 0 1000000 cpu 400000 voluntary 2 involuntary 9\n"
	     "wait a L 500000 700000\n");
	CU_ASSERT_STRING_EQUAL(tiles(&g, "a"),
			       "run 0-250000 ready 250000-500000 lock 500000-700000 "
			       "run 700000-850000 ready 850000-1000000");
	done(&g, &h);
}

static bool tile_is_same(const struct tile *a, const struct tile *b)
{
	return a->begin == b->begin && a->end == b->end && a->state == b->state &&
	       a->thread == b->thread && a->object == b->object && a->stack == b->stack &&
	       a->wait == b->wait && a->waker == b->waker && a->woken == b->woken;
}

/* Each tile is found from a time in it as well. */
static bool is_found(const struct graph *g, const struct tile *t, struct dice *dice)
{
	struct tile found;
	int64_t inside = t->begin + 1 + dice_roll(dice, (uint32_t)(t->end - t->begin));

	return tile_before(g, t->thread, t->end, &found) && tile_is_same(t, &found) &&
	       tile_before(g, t->thread, inside, &found) && tile_is_same(t, &found) &&
	       (!tile_before(g, t->thread, t->begin, &found) || found.end == t->begin);
}

static bool waker_is_sane(const struct history *h, uint32_t thread, uint32_t waker, int64_t begin,
			  int64_t end, int64_t woken)
{
	if (waker == NOBODY)
		return woken == end;
	return waker < h->threads && waker != thread && begin <= woken && woken <= end;
}

/* In order, without holes, over the whole life; what is no wait has no waker. */
static bool tiles_cover(const struct graph *g, uint32_t thread, struct dice *dice)
{
	const struct history *h = g->history;
	int64_t at = h->thread[thread].begin, waited = 0, waits = 0;
	struct tile_walk w;
	struct tile t;

	tile_start(&w, g, thread);
	while (tile_next(&w, &t)) {
		if (t.begin != at || t.end <= t.begin || t.thread != thread ||
		    !is_found(g, &t, dice) ||
		    !waker_is_sane(h, thread, t.waker, t.begin, t.end, t.woken))
			return false;
		if (t.wait != NOTHING)
			waited += t.end - t.begin;
		at = t.end;
	}
	for (uint32_t i = 0; i < h->thread[thread].waits.count; i++) {
		const struct history_wait *x = &h->wait[h->thread[thread].waits.first + i];
		waits += x->end - x->begin;
	}
	return at == h->thread[thread].end && waits == waited && !tile_next(&w, &t);
}

static bool parents_are_older(const struct history *h)
{
	for (uint32_t i = 0; i < h->threads; i++) {
		const struct history_thread *t = &h->thread[i], *p;
		if (t->parent == NOBODY)
			continue;
		p = &h->thread[t->parent];
		if (t->parent >= h->threads || t->created < p->begin || t->created > p->end ||
		    t->created > t->begin || p->begin > t->begin)
			return false;
	}
	return true;
}

static bool holds_are_in_order(const struct history *h)
{
	for (uint32_t o = 0; o < h->objects; o++) {
		const struct history_hold *r = h->hold + h->object[o].holds.first;
		for (uint32_t i = 0; i < h->object[o].holds.count; i++)
			if (r[i].object != o || r[i].acquired > r[i].released ||
			    r[i].acquired < 0 || r[i].released > h->end_ns ||
			    (i && r[i - 1].released > r[i].released))
				return false;
	}
	return true;
}

static bool graph_is_sound(const struct graph *g, uint64_t seed)
{
	const struct history *h = g->history;
	struct dice dice = dice_of(seed);

	for (uint32_t t = 0; t < h->threads; t++)
		if (!tiles_cover(g, t, &dice))
			return false;
	for (size_t i = 0; i < h->waits; i++)
		if (!waker_is_sane(h, h->wait[i].thread, h->wait[i].waker, h->wait[i].begin,
				   h->wait[i].end, h->wait[i].woken))
			return false;
	return parents_are_older(h) && holds_are_in_order(h);
}

static bool complain(uint64_t seed, const struct history *h)
{
	fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
	history_print(h);
	return false;
}

TEST(graph, tiles_cover_every_life_of_random_histories)
{
	for (uint64_t seed = 0; seed < HISTORIES; seed++) {
		struct history h;
		struct graph g;
		history_random(&h, seed, NULL);
		graph_make(&g, &h);
		CU_ASSERT_EQUAL(h.mended, 0);
		CU_ASSERT_TRUE_FATAL(graph_is_sound(&g, seed) || complain(seed, &h));
		done(&g, &h);
	}
}

TEST(graph, damaged_histories_are_mended)
{
	size_t mended = 0;

	for (uint64_t seed = 0; seed < HISTORIES; seed++) {
		struct history h;
		struct graph g;
		history_damaged(&h, seed);
		history_sort(&h);
		mended += h.mended > 0;
		graph_make(&g, &h);
		CU_ASSERT_TRUE_FATAL(graph_is_sound(&g, seed) || complain(seed, &h));
		done(&g, &h);
	}
	CU_ASSERT_TRUE(mended > HISTORIES / 2);
}

/* A copy of what sorting may change. */
static void *copy(const void *array, size_t size)
{
	void *to = malloc(size + 1);

	memcpy(to, array ? array : "", size);
	return to;
}

TEST(graph, sorting_twice_changes_nothing)
{
	for (uint64_t seed = 0; seed < HISTORIES; seed++) {
		struct history h;
		size_t mended, waits, polls, holds;
		void *wait, *poll, *hold;
		history_damaged(&h, seed);
		history_sort(&h);
		mended = h.mended;
		waits = h.waits;
		polls = h.polls;
		holds = h.holds;
		wait = copy(h.wait, waits * sizeof(*h.wait));
		poll = copy(h.poll, polls * sizeof(*h.poll));
		hold = copy(h.hold, holds * sizeof(*h.hold));
		history_sort(&h);
		CU_ASSERT_EQUAL_FATAL(h.mended, mended);
		CU_ASSERT_TRUE_FATAL(h.waits == waits && h.polls == polls && h.holds == holds);
		CU_ASSERT_EQUAL_FATAL(memcmp(h.wait, wait, waits * sizeof(*h.wait)), 0);
		CU_ASSERT_TRUE_FATAL(!polls || !memcmp(h.poll, poll, polls * sizeof(*h.poll)));
		CU_ASSERT_TRUE_FATAL(!holds || !memcmp(h.hold, hold, holds * sizeof(*h.hold)));
		free(wait);
		free(poll);
		free(hold);
		history_free(&h);
	}
}

/* By family: waits that somebody ended, and those of them of which the log tells who. */
TEST(graph, wakers_are_the_true_ones_where_the_log_tells)
{
	size_t all[HISTORY_FAMILY_COUNT] = {0}, certain[HISTORY_FAMILY_COUNT] = {0};

	for (uint64_t seed = 0; seed < 3 * HISTORIES; seed++) {
		struct truth *truth;
		struct history h;
		history_random(&h, seed, &truth);
		graph_resolve(&h);
		for (size_t i = 0; i < h.waits; i++) {
			enum history_family f = h.object[h.wait[i].object].family;
			all[f] += truth[i].waker != NOBODY;
			if (!truth[i].certain)
				continue;
			certain[f] += truth[i].waker != NOBODY;
			CU_ASSERT_TRUE_FATAL(
			    (h.wait[i].waker == truth[i].waker &&
			     (h.wait[i].waker == NOBODY || h.wait[i].woken == truth[i].woken)) ||
			    complain(seed, &h));
		}
		free(truth);
		history_free(&h);
	}
	for (int f = 0; f < HISTORY_FAMILY_COUNT; f++)
		if (getenv("PARPROF_TEST_VERBOSE"))
			fprintf(stderr, "%s: %zu of %zu\n", history_family_names[f], certain[f],
				all[f]);
	for (int f = HISTORY_mutex; f <= HISTORY_join; f++)
		CU_ASSERT_TRUE(f == HISTORY_once || certain[f] > 100);
}
