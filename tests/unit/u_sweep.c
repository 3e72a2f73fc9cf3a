#include "tests/unit/swept.h"
#include "tests/unit/unit.h"

/* The sweep of a history, with all that must be true of any. */
#define SWEEP(text)                                                                                \
	struct swept s = swept_text(text);                                                         \
	CU_ASSERT_PTR_NULL(swept_broken(&s))

#define IS(value, expected) CU_ASSERT_EQUAL(value, expected)
#define IS_NEAR(value, expected) CU_ASSERT_DOUBLE_EQUAL(value, expected, 0.5)

TEST(sweep, blame_goes_to_the_holder_at_its_release_then_to_the_wake_up)
{
	SWEEP("end 100\ncores 2\n"
	      "thread a 0 100\nthread b 0 100\n"
	      "hold a L 5 50 waiters 1 at 7\n"
	      "wait b L 10 56 held-by a acquired\n");
	IS(swept_blame(&s, "L", ROOT_run, "a"), 40);
	IS(swept_blame(&s, "L", ROOT_wake_up, NULL), 6);
	IS(s.account.blames, 2);
	IS(s.account.blame[0].stack, 7);
	CU_ASSERT(s.account.blame[0].direct);
	IS(s.account.blame[0].culprit_object, history_find_object(&s.history, "L"));
	IS(swept_state(&s, "b", TILE_lock), 46);
	IS(swept_state(&s, "a", TILE_run), 100);
	swept_free(&s);
}

TEST(sweep, what_a_parallel_runtime_takes_is_no_work)
{
	SWEEP("end 100\ncores 2\nthread a 0 100\nthread b 0 100\noff b 20 60\n");
	double all = 0;
	account_split_runtime(&s.account, PART_work, 0);
	account_split_runtime(&s.account, PART_lock, 0.5); /* there is none */
	CU_ASSERT(swept_part(&s, PART_runtime, NULL) < 0.001);
	account_split_runtime(&s.account, PART_work, 0.25);
	IS(s.account.part[0].kind, PART_work);
	IS_NEAR(s.account.part[0].ns, 120);
	IS_NEAR(swept_part(&s, PART_runtime, NULL), 40);
	account_split_runtime(&s.account, PART_hidden, 0.5);
	IS_NEAR(swept_part(&s, PART_runtime, NULL), 60);
	IS_NEAR(swept_part(&s, PART_hidden, NULL), 20);
	size_t parts = s.account.parts;
	account_split_runtime(&s.account, PART_hidden, 1);
	IS_NEAR(swept_part(&s, PART_runtime, NULL), 80);
	IS(s.account.parts, parts - 1); /* nothing is left of it */
	for (size_t i = 0; i < s.account.parts; i++)
		all += s.account.part[i].ns;
	IS_NEAR(all, 200);
	swept_free(&s);
}

/* x waits for L1, whose holder b waits for L2, whose holder c runs. */
TEST(sweep, a_holder_that_waits_passes_the_blame_on)
{
	SWEEP("end 100\ncores 3\n"
	      "thread x 0 100\nthread b 0 100\nthread c 0 100\n"
	      "hold c L2 0 60 waiters 1 at 22\n"
	      "wait b L2 10 60 acquired\n"
	      "hold b L2 60 80\n"
	      "hold b L1 5 70 waiters 1 at 11\n"
	      "wait x L1 20 70 acquired\n");
	IS(swept_blame(&s, "L2", ROOT_run, "c"), 50);
	IS(swept_blame(&s, "L1", ROOT_run, "c"), 40);
	IS(swept_blame(&s, "L1", ROOT_run, "b"), 10);
	for (size_t i = 0; i < s.account.blames; i++) {
		const struct account_blame *b = &s.account.blame[i];
		if (b->object != history_find_object(&s.history, "L1") || b->culprit != 2)
			continue;
		CU_ASSERT_FALSE(b->direct);
		IS(b->culprit_object, history_find_object(&s.history, "L2"));
		IS(b->stack, 22);
	}
	/* Of three lanes one or two are lost from 10 to 70: to L2 while c has it. */
	IS_NEAR(swept_part(&s, PART_lock, "L2"), 10 + 2 * 40);
	IS_NEAR(swept_part(&s, PART_lock, "L1"), 10);
	swept_free(&s);
}

TEST(sweep, in_a_convoy_each_holder_gets_what_all_others_wait)
{
	SWEEP("end 100\ncores 4\n"
	      "thread a 0 100\nthread b 0 100\nthread c 0 100\nthread d 0 100\n"
	      "hold a L 0 40 waiters 3 at 1\nhold b L 40 60 waiters 2 at 2\n"
	      "hold c L 60 80 waiters 1 at 3\nhold d L 80 90 at 4\n"
	      "wait b L 10 40 acquired\nwait c L 10 60 acquired\nwait d L 10 80 acquired\n");
	IS(swept_blame(&s, "L", ROOT_run, "a"), 90);
	IS(swept_blame(&s, "L", ROOT_run, "b"), 40);
	IS(swept_blame(&s, "L", ROOT_run, "c"), 20);
	IS_NEAR(swept_part(&s, PART_lock, "L"), 150);
	IS_NEAR(swept_part(&s, PART_work, NULL), 250);
	CU_ASSERT_STRING_EQUAL(swept_knots(&s), "a"); /* busy, waits for nobody */
	swept_free(&s);
}

TEST(sweep, a_free_lock_is_handed_over)
{
	SWEEP("end 100\ncores 3\n"
	      "thread a 0 100\nthread b 0 100\nthread c 0 100\n"
	      "hold a L 0 20 waiters 1\nhold b L 30 50 waiters 1\n"
	      "wait c L 10 60 acquired\n");
	IS(swept_blame(&s, "L", ROOT_run, "a"), 10);
	IS(swept_blame(&s, "L", ROOT_run, "b"), 20);
	IS(swept_blame(&s, "L", ROOT_wake_up, NULL), 10 + 10);
	swept_free(&s);
}

TEST(sweep, a_wait_that_timed_out_was_held_up_to_its_end)
{
	SWEEP("end 100\ncores 2\n"
	      "thread a 0 100\nthread b 0 100\n"
	      "hold a L 0 20 waiters 1\nhold a L 22 90 waiters 1\n"
	      "wait b L 10 60 timed-out held-by a\n");
	IS(swept_blame(&s, "L", ROOT_run, "a"), 10 + 38);
	IS(swept_blame(&s, "L", ROOT_wake_up, NULL), 2);
	swept_free(&s);
}

TEST(sweep, a_wait_without_a_release_is_its_seen_holders_or_unknown)
{
	SWEEP("end 100\ncores 3\n"
	      "thread a 0 100\nthread b 0 100\nthread c 0 100\n"
	      "wait b L 10 60 timed-out held-by a\n"
	      "wait c L 30 60 timed-out\n");
	IS(swept_blame(&s, "L", ROOT_run, "a"), 50);
	IS(swept_blame(&s, "L", ROOT_unknown, NULL), 30);
	IS_NEAR(swept_part(&s, PART_lock, "L"), 80);
	swept_free(&s);
}

TEST(sweep, who_wait_for_each_other_for_ever_have_an_unknown_root)
{
	SWEEP("end 100\ncores 2\n"
	      "thread a 0 100\nthread b 0 100\n"
	      "wait a L1 10 100 unfinished held-by b\n"
	      "wait b L2 20 100 unfinished held-by a\n");
	IS(swept_blame(&s, "L1", ROOT_run, "b"), 10);
	IS(swept_blame(&s, "L1", ROOT_unknown, NULL), 80);
	IS(swept_blame(&s, "L2", ROOT_unknown, NULL), 80);
	CU_ASSERT_STRING_EQUAL(swept_knots(&s), "a+b");
	swept_free(&s);
}

TEST(sweep, a_condition_hangs_on_who_signals_and_what_that_one_waits_for)
{
	SWEEP("end 100\ncores 3\n"
	      "object C condition\nobject D io\n"
	      "thread w 0 100\nthread p 0 100\nthread q 0 100\n"
	      "hold q L 0 40 waiters 1\nwait p L 20 40 acquired\n"
	      "wait p D 50 60\n"
	      "wake p C 80\nwait w C 10 85\n");
	IS(swept_blame(&s, "C", ROOT_run, "p"), 10 + 10 + 20);
	IS(swept_blame(&s, "C", ROOT_run, "q"), 20);
	IS(swept_blame(&s, "C", ROOT_io, "p"), 10);
	IS(swept_blame(&s, "C", ROOT_wake_up, NULL), 5);
	swept_free(&s);
}

TEST(sweep, readers_hold_up_a_writer_in_the_order_of_their_releases)
{
	SWEEP("end 100\ncores 3\n"
	      "object R rwlock\n"
	      "thread r1 0 100\nthread r2 0 100\nthread w 0 100\n"
	      "hold r1 R 0 30 waiters 1 shared\nhold r2 R 0 50 waiters 1 shared\n"
	      "wait w R 10 52 acquired\n");
	IS(swept_blame(&s, "R", ROOT_run, "r1"), 20);
	IS(swept_blame(&s, "R", ROOT_run, "r2"), 20);
	IS(swept_blame(&s, "R", ROOT_wake_up, NULL), 2);
	swept_free(&s);
}

TEST(sweep, a_wait_that_stands_for_many_counts_as_many_in_blame_once_in_the_stack)
{
	SWEEP("end 100\ncores 2\n"
	      "thread a 0 100\nthread b 0 100\n"
	      "hold a L 0 50 waiters 1\nwait b L 10 50 acquired weight 5\n");
	IS(swept_blame(&s, "L", ROOT_run, "a"), 200);
	IS_NEAR(swept_part(&s, PART_lock, "L"), 40);
	swept_free(&s);
}

/* 4 threads, the last comes at 90, all others at 30. */
TEST(sweep, a_late_thread_at_a_barrier_is_imbalance)
{
	SWEEP("end 100\ncores 4\n"
	      "object B barrier\n"
	      "thread a 0 100\nthread b 0 100\nthread c 0 100\nthread d 0 100\n"
	      "wait a B 30 91 at 5\nwait b B 30 92\nwait c B 30 93\nwait d B 90 91 at 6\n");
	const struct account_balance *b = swept_balance(&s, "B");
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	IS(b->generations, 1);
	IS(b->threads, 4);
	IS(b->mean_ns, (30 * 3 + 90) / 4);
	IS(b->max_ns, 90);
	IS(b->wait_ns, 61 + 62 + 63);
	IS(b->late, 3);
	IS(b->late_count, 1);
	IS(b->stack, 6);
	IS(swept_blame(&s, "B", ROOT_run, "d"), 180);
	IS_NEAR(swept_part(&s, PART_imbalance, "B"), 180);
	IS_NEAR(swept_part(&s, PART_wake_up, "B"), 6);
	IS(swept_part(&s, PART_serial, NULL), -1);
	CU_ASSERT_PTR_NULL(swept_serial(&s, "d"));
	swept_free(&s);
}

/* The same, but a, b, c have done nothing since the barrier before. */
TEST(sweep, one_that_works_while_all_others_went_to_the_next_barrier_at_once_is_serial)
{
	SWEEP("end 1000\ncores 4\n"
	      "object B barrier\n"
	      "thread a 0 1000\nthread b 0 1000\nthread c 0 1000\nthread d 0 1000\n"
	      "wait a B 300 400\nwait b B 300 400\nwait c B 300 400\nwait d B 400 400\n"
	      "wait a B 401 900\nwait b B 402 900\nwait c B 403 900\nwait d B 900 901 at 9\n");
	const struct account_serial *d = swept_serial(&s, "d");
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	IS(d->count, 1);
	IS(d->ns, 900 - 403);
	IS(d->begin_ns, 403);
	IS(d->stack, 9);
	IS_NEAR(swept_part(&s, PART_serial, NULL), 3 * (900 - 403));
	IS_NEAR(swept_part(&s, PART_imbalance, "B"), 3 * 100 + 1 + 2);
	swept_free(&s);
}

TEST(sweep, main_alone_before_and_behind_its_threads_is_serial)
{
	SWEEP("end 100\ncores 4\nobject J join\n"
	      "thread m 0 100\n"
	      "thread a 20 60 by m\nthread b 20 60 by m\nthread c 20 60 by m\nthread d 20 60 by m\n"
	      "wait m J 20 60 other a at 3\n");
	const struct account_serial *m = swept_serial(&s, "m");
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	IS(m->ns + (m[1].thread == m->thread && s.account.serials > 1 ? m[1].ns : 0), 60);
	IS(s.account.lanes, 4);
	IS_NEAR(swept_part(&s, PART_serial, NULL), 3 * 60);
	IS_NEAR(swept_part(&s, PART_work, NULL), 60 + 4 * 40);
	swept_free(&s);
}

TEST(sweep, threads_that_end_early_are_imbalance_while_their_maker_waits_for_the_rest)
{
	SWEEP("end 100\ncores 4\nobject J join\n"
	      "thread m 0 100\n"
	      "thread a 20 60 by m at 4\nthread b 20 60 by m\nthread c 20 60 by m\n"
	      "thread d 20 90 by m at 8\n"
	      "wait m J 21 60 other a\nwait m J 61 90 other d\n");
	const struct account_balance *j = swept_balance(&s, "J");
	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	IS(j->generations, 1);
	IS(j->threads, 4);
	IS(j->mean_ns, (3 * 40 + 70) / 4);
	IS(j->max_ns, 70);
	IS(j->late, history_find_thread(&s.history, "d"));
	IS(j->stack, 8);
	IS(j->wait_ns, 39 + 29);
	IS_NEAR(swept_part(&s, PART_imbalance, "J"), 3 * 29);
	IS_NEAR(swept_part(&s, PART_serial, NULL), 3 * 30);
	swept_free(&s);
}

/* a and b have ended while c and d take turns at L. */
TEST(sweep, threads_that_end_early_lose_to_the_lock_that_the_others_wait_for)
{
	SWEEP("end 100\ncores 4\nobject J join\n"
	      "thread m 0 100\n"
	      "thread a 10 50 by m\nthread b 10 50 by m\nthread c 10 90 by m\n"
	      "thread d 10 90 by m\n"
	      "wait m J 10 90 other d\n"
	      "hold c L 10 70 waiters 1\nwait d L 20 70 acquired\n");
	IS_NEAR(swept_part(&s, PART_lock, "L"), 30 + 3 * 20);
	IS_NEAR(swept_part(&s, PART_imbalance, "J"), 2 * 20);
	swept_free(&s);
}

/* Four workers on four cores fight for one lock; main only waits for their end. */
TEST(sweep, a_main_that_waits_for_its_threads_takes_nothing_from_the_lock)
{
	SWEEP("end 100\ncores 4\nobject J join\n"
	      "thread m 0 100\n"
	      "thread a 1 97 by m\nthread b 1 97 by m\nthread c 1 97 by m\nthread d 1 97 by m\n"
	      "wait m J 1 97 other a\n"
	      "hold a L 1 25 waiters 3\nhold b L 25 49 waiters 2\nhold c L 49 73 waiters 1\n"
	      "hold d L 73 97\n"
	      "wait b L 1 25 acquired\nwait c L 1 49 acquired\nwait d L 1 73 acquired\n");
	IS(s.account.lanes, 4);
	IS_NEAR(swept_part(&s, PART_lock, "L"), 6 * 24);
	IS(swept_part(&s, PART_imbalance, "J"), -1);
	swept_free(&s);
}

/* p makes something each 20 ns, never waits; w1, w2 take 5 ns for it. */
TEST(sweep, workers_of_a_slow_producer_starve)
{
	SWEEP("end 10000\ncores 3\nobject C condition\n"
	      "thread p 0 10000\nthread w1 0 10000\nthread w2 0 10000\n"
	      "wait w2 C 0 9950\nwait w1 C 0 20\nwake p C 20\n"
	      "wait w1 C 25 40\nwake p C 40\nwait w1 C 45 60\nwake p C 60\n"
	      "wait w1 C 65 80\nwake p C 80\nwait w1 C 85 100\nwake p C 100\n"
	      "wake p C 9950\n");
	/* All but 5 × 5 ns of w1, until its last: that one is long, but w1 works then. */
	IS_NEAR(swept_part(&s, PART_starvation, "C"), 2 * 20 + 4 * (2 * 15) + 5 * 5 + 9850 - 5);
	IS(swept_part(&s, PART_serial, NULL), -1);
	CU_ASSERT_PTR_NULL(swept_serial(&s, "p"));
	swept_free(&s);
}

/* The same threads, but p hands out work to all, and waits for it. */
TEST(sweep, a_master_that_waits_for_its_workers_was_a_serial_phase)
{
	SWEEP("end 10000\ncores 3\nobject C condition\nobject D condition\n"
	      "thread p 0 10000\nthread w1 0 10000\nthread w2 0 10000\n"
	      "wait w1 C 0 20\nwait w2 C 0 20\nwake p C 20 all\n"
	      "wait p D 20 40 at 3\nwake w1 D 40\n"
	      "wait w1 C 40 60\nwait w2 C 40 60\nwake p C 60 all\n"
	      "wait p D 60 10000 at 3\n");
	const struct account_serial *p = swept_serial(&s, "p");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	IS(p->ns, 40);
	IS(p->count, 2);
	IS(p->longest_ns, 20);
	IS(p->stack, 3);
	IS_NEAR(swept_part(&s, PART_serial, NULL), 80);
	swept_free(&s);
}

/* 4 threads share 2 cores: each of them was ready half of the time. */
TEST(sweep, more_threads_than_cores_lose_nothing_but_are_ready)
{
	SWEEP("end 1000000\ncores 2\n"
	      "thread a 0 1000000 cpu 500000 voluntary 0 involuntary 100\n"
	      "thread b 0 1000000 cpu 500000 voluntary 0 involuntary 100\n"
	      "thread c 0 1000000 cpu 500000 voluntary 0 involuntary 100\n"
	      "thread d 0 1000000 cpu 500000 voluntary 0 involuntary 100\n");
	IS(s.account.lanes, 2);
	CU_ASSERT_DOUBLE_EQUAL(swept_part(&s, PART_work, NULL), 2e6, 20);
	CU_ASSERT(swept_part(&s, PART_no_core, NULL) < 20);
	CU_ASSERT_DOUBLE_EQUAL((double)swept_state(&s, "a", TILE_ready), 5e5, 10);
	CU_ASSERT_DOUBLE_EQUAL((double)s.account.running_ns[2], 1e6, 10);
	swept_free(&s);
}

TEST(sweep, threads_that_mostly_sleep_have_lanes_of_their_own)
{
	SWEEP("end 1000\ncores 1\nobject T timer\n"
	      "thread a 0 1000\nthread b 0 1000\nthread c 0 1000\n"
	      "wait a T 0 900\nwait b T 0 500\nwait c T 0 900\n"
	      "wait b L 500 900 acquired\nhold a L 0 900 waiters 1\n");
	IS(s.account.lanes, 3);
	CU_ASSERT(s.account.waits_progress);
	IS(swept_blame(&s, "L", ROOT_timer, "a"), 400);
	IS_NEAR(swept_part(&s, PART_lock, "L"), 400);
	IS_NEAR(swept_part(&s, PART_work, NULL), 2600);
	swept_free(&s);
}

TEST(sweep, who_waits_for_the_end_of_others_has_no_lane)
{
	SWEEP("end 1000\ncores 8\nobject T timer\nobject J join\n"
	      "thread m 0 1000\nthread a 5 995 by m\nthread b 5 995 by m\n"
	      "wait a T 5 995\nwait b T 5 995\nwait m J 6 996 other a\n");
	IS(s.account.peak_threads, 3);
	IS(s.account.lanes, 2);
	swept_free(&s);
}

TEST(sweep, a_thread_blocked_unseen_leaves_the_other_one_alone)
{
	SWEEP("end 1000000\ncores 2\n"
	      "thread m 0 1000000 cpu 1000000 voluntary 0 involuntary 0\n"
	      "thread h 0 1000000 cpu 1000 voluntary 50 involuntary 0\n");
	const struct account_serial *m = swept_serial(&s, "m");
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	IS(m->ns, 1000000);
	CU_ASSERT(swept_part(&s, PART_hidden, NULL) > 990000);
	swept_free(&s);
}

TEST(sweep, threads_made_while_others_end_are_no_shares_of_one_work)
{
	SWEEP("end 100\ncores 2\nobject J join\n"
	      "thread m 0 100\n"
	      "thread a 10 30 by m\nthread b 10 60 by m\nthread c 40 90 by m\n"
	      "wait m J 12 30 other a\nwait m J 42 90 other c\n");
	CU_ASSERT_PTR_NULL(swept_balance(&s, "J"));
	swept_free(&s);
}

TEST(sweep, polling_hangs_on_the_holder_and_is_spinning)
{
	SWEEP("end 100000\ncores 2\n"
	      "thread a 0 100000\nthread b 0 100000\n"
	      "hold a L 10 60000\npoll b L 20000 60000 4\n");
	IS(swept_state(&s, "b", TILE_spin), 40000);
	IS(swept_blame(&s, "L", ROOT_run, "a"), 40000);
	IS_NEAR(swept_part(&s, PART_spin, "L"), 40000);
	swept_free(&s);
}

TEST(sweep, criticality_is_the_part_of_what_runs)
{
	SWEEP("end 100\ncores 2\n"
	      "thread a 0 100\nthread b 0 40\n");
	CU_ASSERT_DOUBLE_EQUAL(s.account.criticality_ns[0], 20 + 60, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(s.account.criticality_ns[1], 20, 1e-6);
	IS(s.account.running_ns[1], 60);
	IS(s.account.running_ns[2], 40);
	swept_free(&s);
}

TEST(sweep, a_knot_has_no_way_out)
{
	/* a and b send each other things, c only waits for a; d is busy. */
	SWEEP("end 1000\ncores 4\nobject P condition\nobject Q condition\nobject R condition\n"
	      "thread a 0 1000\nthread b 0 1000\nthread c 0 1000\nthread d 0 1000\n"
	      "wait a P 0 500\nwake b P 500\nwait b Q 500 1000\nwake a Q 1000\n"
	      "wait c R 0 900\nwake a R 900\n");
	CU_ASSERT_STRING_EQUAL(swept_knots(&s), "a+b d");
	swept_free(&s);
}
