/* The critical path of histories written by hand: each part of it is known. */
#include "reports/path/path.h"
#include "profiler/text.h"
#include "reports/path/detour.h"
#include "reports/path/held.h"
#include "reports/path/slack.h"
#include "reports/path/span.h"
#include "tests/unit/history_text.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scene {
	struct history history;
	struct graph graph;
	struct precedence precedence;
	struct path path[PATHS];
	size_t paths;
};

static void begin(struct scene *s, const char *text)
{
	*s = (struct scene){0};
	history_from_text(&s->history, text);
	graph_make(&s->graph, &s->history);
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

struct words {
	const struct history *history;
	struct text text;
};

/* "run main 0-10, wake-up w1 10-12 L, …" */
static void say(void *data, const struct segment *s)
{
	struct words *w = data;

	text_format(&w->text, "%s%s %s %ld-%ld", w->text.length ? ", " : "",
		    path_part_names[s->part], w->history->thread[s->thread].name, (long)s->begin,
		    (long)s->end);
	if (s->object != NOTHING)
		text_format(&w->text, " %s", w->history->object[s->object].name);
	if (s->part == PART_run && s->stack)
		text_format(&w->text, " @%u", s->stack);
}

static void path_is(struct scene *s, size_t path, const char *expected)
{
	struct words w = {.history = &s->history};

	CU_ASSERT_FATAL(path < s->paths);
	path_segments(&s->path[path], &s->precedence, &s->graph, say, &w);
	if (strcmp(text_string(&w.text), expected))
		printf("\nexpected: %s\ngot:      %s\n", expected, text_string(&w.text));
	CU_ASSERT_STRING_EQUAL(text_string(&w.text), expected);
	text_free(&w.text);
}

static void charge_segment(void *walk, const struct segment *s)
{
	held_segment(walk, s);
}

/* a holds L from 0 to 50; b comes at 10, is told at 50 and runs on at 53. */
static const char chain[] = "end 100\n"
			    "thread a 0 60\n"
			    "thread b 0 100\n"
			    "object L mutex\n"
			    "hold a L 1 50 waiters 1 at 7\n"
			    "wait b L 10 53 acquired at 5\n"
			    "hold b L 53 80 at 8\n";

TEST(path, lock_chain_goes_through_its_holder)
{
	struct scene s;
	begin(&s, chain);
	path_is(&s, 0, "run a 0-50 @7, wake-up b 50-53 L, run b 53-100");
	end(&s);
}

/* Of the critical path. */
static void charge(struct scene *s, struct held_walk *w, const char *text)
{
	begin(s, text);
	uint32_t *order = held_order(&s->history);
	held_begin(w, &s->history, order);
	path_segments(&s->path[0], &s->precedence, &s->graph, charge_segment, w);
	held_end(w);
	free(order);
}

TEST(path, lock_is_charged_with_its_holds_and_hand_overs)
{
	struct scene s;
	struct held_walk w;
	charge(&s, &w, chain);
	CU_ASSERT_EQUAL(w.held[0].inclusive_ns, 49 + 27);
	CU_ASSERT_EQUAL(w.held[0].innermost_ns, 49 + 27);
	CU_ASSERT_EQUAL(w.held[0].wake_ns, 3);
	CU_ASSERT_EQUAL(w.held[0].acquisitions, 2);
	CU_ASSERT_EQUAL(w.held[0].contended, 1);
	CU_ASSERT_EQUAL(w.work_ns, 97);
	held_free(&w);
	end(&s);
}

TEST(path, innermost_lock_is_the_one_taken_last)
{
	struct scene s;
	struct held_walk w;
	charge(&s, &w,
	       "thread a 0 100\nobject L mutex\nobject M mutex\nhold a L 10 60\nhold a M 20 50\n"
	       "hold a M 70 75\n");
	CU_ASSERT_EQUAL(w.held[0].inclusive_ns, 50);
	CU_ASSERT_EQUAL(w.held[0].innermost_ns, 20);
	CU_ASSERT_EQUAL(w.held[1].inclusive_ns, 35);
	CU_ASSERT_EQUAL(w.held[1].innermost_ns, 35);
	CU_ASSERT_EQUAL(w.held[1].acquisitions, 2);
	held_free(&w);
	end(&s);
}

TEST(path, locks_that_are_not_nested_in_order)
{
	struct scene s;
	struct held_walk w;
	charge(&s, &w,
	       "thread a 0 100\nobject L mutex\nobject M mutex\nhold a L 10 30\nhold a M 20 50\n");
	CU_ASSERT_EQUAL(w.held[0].inclusive_ns, 20);
	CU_ASSERT_EQUAL(w.held[0].innermost_ns, 10);
	CU_ASSERT_EQUAL(w.held[1].inclusive_ns, 30);
	CU_ASSERT_EQUAL(w.held[1].innermost_ns, 30);
	held_free(&w);
	end(&s);
}

/* Two locks made in one place, held together: the time counts once for the group. */
TEST(path, group_is_charged_once)
{
	struct scene s;
	struct held_walk w;
	charge(&s, &w,
	       "thread a 0 100\nobject L mutex\nobject M mutex group L\nhold a L 10 60\n"
	       "hold a M 20 50\n");
	CU_ASSERT_EQUAL(w.held[0].inclusive_ns, 50);
	CU_ASSERT_EQUAL(w.held[0].innermost_ns, 50);
	CU_ASSERT_EQUAL(w.held[0].acquisitions, 2);
	held_free(&w);
	end(&s);
}

/* Each sample stands for ten holds of 4 ns in the 100 ns before: 40 %. The path is in b at first.
 */
TEST(path, samples_are_scaled_over_their_time)
{
	struct scene s;
	struct held_walk w;
	charge(
	    &s, &w,
	    "end 400\nthread a 0 400\nthread b 0 210\nobject L mutex\nobject C condition\n"
	    "wait a C 150 200\nwake b C 200\n"
	    "hold a L 96 100 weight 10\nhold a L 246 250 weight 10\nhold a L 346 350 weight 10\n");
	CU_ASSERT_DOUBLE_EQUAL(w.held[0].inclusive_ns, 50 * 40.0 / 150 + 40, 0.01);
	CU_ASSERT_DOUBLE_EQUAL(w.held[0].acquisitions, 10 * 50.0 / 150 + 10, 0.01);
	CU_ASSERT_EQUAL(w.work_ns, 400);
	held_free(&w);
	end(&s);
}

TEST(path, sample_is_never_more_than_the_time_there_was)
{
	struct scene s;
	struct held_walk w;
	charge(&s, &w, "thread a 0 100\nobject L mutex\nhold a L 10 60 weight 64\n");
	CU_ASSERT_EQUAL(w.held[0].inclusive_ns, 60);
	held_free(&w);
	end(&s);
}

TEST(path, barrier_goes_through_the_last_to_arrive)
{
	struct scene s;
	begin(&s, "end 100\n"
		  "thread a 0 100\n"
		  "thread b 0 90\n"
		  "thread c 0 90\n"
		  "object B barrier use phase\n"
		  "wait a B 20 62 at 1\n"
		  "wait b B 60 61 at 2\n"
		  "wait c B 40 63 at 3\n");
	path_is(&s, 0, "run b 0-60 @2, wake-up a 60-62 B, run a 62-100");
	path_is(&s, 1, "run b 0-60 @2, run b 60-90");
	path_is(&s, 2, "run c 0-40 @3, wake-up c 60-63 B, run c 63-90");
	end(&s);
}

TEST(path, create_and_join)
{
	struct scene s;
	begin(&s, "end 120\n"
		  "thread main 2 110\n"
		  "thread w1 14 90 by main created 10 at 4\n"
		  "thread w2 24 60 by main created 20 at 4\n"
		  "object J1 join use phase\n"
		  "object J2 join use phase\n"
		  "wait main J1 30 95 other w1\n"
		  "wait main J2 96 97 other w2\n");
	path_is(&s, 0,
		"unknown main 0-2, run main 2-10 @4, creation w1 10-14, run w1 14-90, "
		"wake-up main 90-95 J1, run main 95-96, unknown main 96-97 J2, run main 97-110, "
		"unknown main 110-120");
	end(&s);
}

TEST(path, condition_goes_through_the_signal_or_the_mutex_after_it)
{
	struct scene s;
	begin(&s, "end 100\n"
		  "thread a 0 100\n"
		  "thread b 0 80\n"
		  "object C condition use idle\n"
		  "object L mutex\n"
		  "wait a C 10 45 other L\n"
		  "hold b L 30 44 waiters 1 at 9\n"
		  "wake b C 40 at 6\n");
	path_is(&s, 0, "run b 0-44 @9, wake-up a 44-45 C, run a 45-100");
	end(&s);
	begin(&s, "end 100\n"
		  "thread a 0 100\n"
		  "thread b 0 80\n"
		  "object C condition use idle\n"
		  "wait a C 10 45\n"
		  "wake b C 40 at 6\n");
	path_is(&s, 0, "run b 0-40 @6, wake-up a 40-45 C, run a 45-100");
	end(&s);
}

/* Three stages: the second one needs 30 for each of three items, and is what counts. */
static const char pipeline[] = "end 130\n"
			       "thread read 0 30\n"
			       "thread work 0 105\n"
			       "thread write 0 130\n"
			       "object full semaphore use idle\n"
			       "object done semaphore use idle\n"
			       "post read full 10\n"
			       "post read full 20\n"
			       "post read full 30\n"
			       "wait work full 1 11\n"
			       "post work done 41\n"
			       "post work done 71\n"
			       "post work done 101\n"
			       "wait write done 2 42\n"
			       "wait write done 50 72\n"
			       "wait write done 80 102\n";

TEST(path, pipeline_goes_through_the_slow_stage)
{
	struct scene s;
	begin(&s, pipeline);
	path_is(&s, 0,
		"run read 0-10, wake-up work 10-11 full, run work 11-101, "
		"wake-up write 101-102 done, run write 102-130");
	end(&s);
}

TEST(path, timed_out_wait_is_time)
{
	struct scene s;
	begin(&s, "end 100\n"
		  "thread a 0 100\n"
		  "thread b 0 90\n"
		  "object C condition use idle\n"
		  "wait a C 10 60 timed-out at 3\n"
		  "wake b C 70\n");
	path_is(&s, 0, "run a 0-10 @3, timer a 10-60 C, run a 60-100");
	end(&s);
}

TEST(path, wait_with_an_unknown_waker_is_its_own)
{
	struct scene s;
	begin(&s, "end 100\n"
		  "thread a 0 100\n"
		  "thread b 0 90\n"
		  "object L mutex\n"
		  "wait a L 10 60 acquired at 3\n");
	path_is(&s, 0, "run a 0-10 @3, unknown a 10-60 L, run a 60-100");
	end(&s);
}

TEST(path, input_and_sleep_are_parts_of_their_own)
{
	struct scene s;
	begin(&s, "thread a 0 100\nobject f io use io\nobject s timer use timer\n"
		  "wait a f 10 30\nwait a s 40 90\n");
	path_is(&s, 0, "run a 0-10, io a 10-30 f, run a 30-40, timer a 40-90 s, run a 90-100");
	end(&s);
}

TEST(path, time_without_a_core_is_not_the_locks)
{
	struct scene s;
	begin(&s, "end 200\n"
		  "thread a 0 200 cpu 100 voluntary 0 involuntary 5\n");
	path_is(&s, 0, "run a 0-200"); /* too little to be told from the clocks' difference */
	end(&s);
	begin(&s, "end 2000000\n"
		  "thread a 0 2000000 cpu 1000000 voluntary 0 involuntary 5\n");
	path_is(&s, 0, "run a 0-1000000, ready a 1000000-2000000");
	CU_ASSERT_EQUAL(span_ns(&s.precedence, &s.graph), 1000000);
	end(&s);
}

TEST(path, polling_ends_with_the_release)
{
	struct scene s;
	begin(&s, "end 100\n"
		  "thread a 0 60\n"
		  "thread b 0 100\n"
		  "object L mutex\n"
		  "hold a L 5 40 at 7\n"
		  "poll b L 10 42 30\n");
	path_is(&s, 0, "run a 0-40 @7, wake-up b 40-42 L, run b 42-100");
	end(&s);
}

/* Nobody is alive from 30 to 50, nor before 5, and no thread says who made it. */
TEST(path, time_without_threads_is_unknown)
{
	struct scene s;
	begin(&s, "end 100\nthread a 5 30\nthread b 50 90\n");
	path_is(&s, 0, "unknown a 0-5, run a 5-30, unknown b 30-50, run b 50-90, unknown b 90-100");
	end(&s);
}

TEST(path, nobody_at_all)
{
	struct scene s;
	begin(&s, "end 100\n");
	CU_ASSERT_EQUAL(s.path[0].count, 0);
	CU_ASSERT_EQUAL(s.precedence.last.thread, NOBODY);
	end(&s);
}

/* a and b each say that the other woke them, at one time. */
TEST(path, circle_at_one_time_is_cut)
{
	struct scene s;
	begin(&s, "end 100\n"
		  "thread a 0 100\n"
		  "thread b 0 100\n"
		  "object C condition use idle\n"
		  "object D condition use idle\n"
		  "wait a C 10 50\n"
		  "wait b D 20 50\n"
		  "wake a D 50\n"
		  "wake b C 50\n");
	CU_ASSERT_EQUAL(s.path[0].ns, 100);
	CU_ASSERT_EQUAL(s.precedence.count, 2 + 1);
	end(&s);
}

/* c is woken by b at the time at which b was woken by a, and in one step came back. */
TEST(path, acts_at_one_time_follow_each_other)
{
	struct scene s;
	begin(&s, "end 100\n"
		  "thread c 0 100\n"
		  "thread b 0 80\n"
		  "thread a 0 80\n"
		  "object C condition use idle\n"
		  "object D condition use idle\n"
		  "wait c C 10 50\n"
		  "wait b D 20 50\n"
		  "wake a D 50 at 2\n"
		  "wake b C 50\n");
	path_is(&s, 0, "run a 0-50 @2, run c 50-100");
	end(&s);
}

TEST(path, slack_is_what_may_be_lost)
{
	struct scene s;
	int64_t by_thread[3];
	begin(&s, pipeline);
	slack_pass(&s.precedence, by_thread, NULL, NULL);
	CU_ASSERT_EQUAL(by_thread[history_find_thread(&s.history, "read")], 0);
	CU_ASSERT_EQUAL(by_thread[history_find_thread(&s.history, "work")], 9);
	CU_ASSERT_EQUAL(by_thread[history_find_thread(&s.history, "write")], 39 + 21 + 21);
	end(&s);
}

/* b, though much shorter than a, is next; what made both is part of both. */
TEST(path, second_path_is_what_is_left_when_the_first_is_mended)
{
	struct scene s;
	begin(&s, "end 150\n"
		  "thread main 0 150\n"
		  "thread a 50 140 by main created 50\n"
		  "thread b 50 120 by main created 50\n"
		  "thread c 0 75 by main\n"
		  "object J join use phase\n"
		  "object K join use phase\n"
		  "wait main J 51 140 other a\n");
	path_is(&s, 0, "run main 0-50, run a 50-140, run main 140-150");
	path_is(&s, 1, "run main 0-50, run b 50-120");
	CU_ASSERT_EQUAL(s.path[1].ns, 120);
	path_is(&s, 2, "run c 0-75");
	end(&s);
}

TEST(path, one_thread_has_one_path)
{
	struct scene s;
	begin(&s, "thread a 0 100\n");
	CU_ASSERT_EQUAL(s.paths, 1);
	end(&s);
}

TEST(path, span_has_no_wake_ups)
{
	struct scene s;
	begin(&s, chain);
	CU_ASSERT_EQUAL(span_ns(&s.precedence, &s.graph), 97);
	end(&s);
}

/* It was woken so late that its own way is the longer one. */
TEST(path, span_goes_the_way_that_takes_longer_without_them)
{
	struct scene s;
	begin(&s, "end 200\n"
		  "thread main 0 200\n"
		  "thread a 100 150 by main created 10\n"
		  "object J join use phase\n"
		  "wait main J 80 151 other a\n");
	path_is(&s, 0,
		"run main 0-10, creation a 10-100, run a 100-150, wake-up main 150-151 J, "
		"run main 151-200");
	CU_ASSERT_EQUAL(span_ns(&s.precedence, &s.graph), 80 + 49);
	end(&s);
}
