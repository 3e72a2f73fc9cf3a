/* The card of a lock: each trait from facts that give it and no other, its measures from histories
 * written by hand, and all of it from a recording. */
#include "reports/card/card.h"
#include "profiler/embedded.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/graph/graph.h"
#include "reports/readings.h"
#include "tests/unit/history_text.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS 1000000LL
#define SECOND 1000000000LL

/* 10 s, four threads that worked all the time, half of it on a core; a lock of no interest. */
static struct card_facts plain(void)
{
	return (struct card_facts){.leader = 1,
				   .family = HISTORY_mutex,
				   .use = USE_LOCK,
				   .wall_ns = 10 * SECOND,
				   .work_ns = 40 * SECOND,
				   .cpu_ns = 20 * SECOND,
				   .instances = 1,
				   .acquisitions = 2000,
				   .acquisitions_each = 2000,
				   .contended = 5,
				   .wait_ns = MS,
				   .hold_ns = MS,
				   .hold_avg_ns = 500,
				   .threads = 4,
				   .threads_each = 4,
				   .one = NOBODY,
				   .other = NOBODY};
}

static void traits_are(const struct card_facts *f, const char *expected)
{
	struct text found = {0};

	for (unsigned i = 0; i < card_trait_count; i++)
		if (card_traits[i].weight(f) > 0)
			text_format(&found, "%s%s", found.length ? " " : "", card_traits[i].name);
	if (strcmp(text_string(&found), expected))
		printf("\nexpected: %s\ngot:      %s\n", expected, text_string(&found));
	CU_ASSERT_STRING_EQUAL(text_string(&found), expected);
	text_free(&found);
}

static void evidence_is(const struct card_facts *f, const char *trait, const char *expected)
{
	static struct history_thread thread[] = {{.name = "reader"}, {.name = "writer"}};
	const struct history h = {.thread = thread, .threads = 2};
	struct text found = {0};

	for (unsigned i = 0; i < card_trait_count; i++)
		if (!strcmp(card_traits[i].name, trait))
			card_traits[i].evidence(&found, f, &h);
	CU_ASSERT_STRING_EQUAL(text_string(&found), expected);
	if (strcmp(text_string(&found), expected))
		printf("\nexpected: %s\ngot:      %s\n", expected, text_string(&found));
	text_free(&found);
}

TEST(card, harmless_lock_has_none)
{
	struct card_facts f = plain();
	traits_are(&f, "");
	f = (struct card_facts){.leader = 1, .use = USE_LOCK};
	traits_are(&f, "");
}

TEST(card, hot)
{
	struct card_facts f = plain();
	f.acquisitions = f.acquisitions_each = 40000;
	f.contended = 28400;
	f.wait_ns = 8 * SECOND;
	f.hold_avg_ns = 5700;
	f.path_share = 0.3;
	traits_are(&f, "hot");
	evidence_is(&f, "hot",
		    "taken 40000 times, 71 % of them waited, 282 µs on average, held 5.70 µs on "
		    "average, 30 % of the critical path");
	f.wait_ns = SECOND / 10; /* costs nothing */
	traits_are(&f, "");
}

TEST(card, over_held)
{
	struct card_facts f = plain();
	f.contended = 1500;
	f.wait_ns = 8 * SECOND;
	f.hold_avg_ns = 2 * MS;
	traits_are(&f, "over-held");
	evidence_is(
	    &f, "over-held",
	    "taken 2000 times, 75 % of them waited, 5.33 ms on average, held 2 ms on average");
	f.contended = 20; /* those that come win the race, the others wait long */
	traits_are(&f, "over-held");
}

TEST(card, over_fine)
{
	struct card_facts f = plain();
	f.acquisitions = f.acquisitions_each = 80000000;
	f.contended = 800000;
	f.hold_avg_ns = 20;
	traits_are(&f, "over-fine");
	evidence_is(&f, "over-fine",
		    "taken 80000000 times, 8000000 a second, 1.0 % of them waited, held 20 ns on "
		    "average: locking and unlocking alone is about 10 % of the CPU time");
	f.acquisitions = f.acquisitions_each = 8000000;
	traits_are(&f, "");
}

TEST(card, convoy)
{
	struct card_facts f = plain();
	f.contended = 1900;
	f.wait_ns = 8 * SECOND;
	f.acquisitions_each = 2000; /* seldom enough not to be hot */
	f.hand_overs = 1800;
	f.hand_over_ns = 1800 * 50000LL;
	f.queue = 5.25;
	traits_are(&f, "convoy");
	evidence_is(&f, "convoy",
		    "5.25 threads waited for it at a time, on average while any did; 95 % of its "
		    "acquisitions waited; handing it over took 50 µs, held 500 ns on average");
	f.queue = 1.5;
	traits_are(&f, "");
}

TEST(card, ping_pong)
{
	struct card_facts f = plain();
	f.contended = 1500;
	f.wait_ns = SECOND;
	f.hand_overs = 1400;
	f.to_and_fro = 1300;
	f.one = 0;
	f.other = 1;
	traits_are(&f, "ping-pong");
	evidence_is(
	    &f, "ping-pong",
	    "of 1400 hand-overs 1300 gave it straight back to the thread it came from, most "
	    "of all between reader and writer, held 500 ns on average");
	f.to_and_fro = 300;
	traits_are(&f, "");
}

TEST(card, starved_writers_and_readers)
{
	struct card_facts f = plain();
	f.wait_ns = 4 * SECOND;
	f.reader = (struct card_mode){1900, 100, 10 * MS};
	f.writer = (struct card_mode){100, 90, 3900 * MS};
	traits_are(&f, "reader-starved");
	evidence_is(&f, "reader-starved",
		    "writers that waited did so for 43.3 ms on average, readers for 100 µs (90 and "
		    "100 waits), held 500 ns on average");
	f.reader = (struct card_mode){1900, 100, 3900 * MS};
	f.writer = (struct card_mode){100, 90, 10 * MS};
	traits_are(&f, "reader-starved");
	f.writer = (struct card_mode){100, 10, 390 * MS}; /* they wait as long */
	traits_are(&f, "");
}

TEST(card, herd)
{
	struct card_facts f = plain();
	f.family = HISTORY_condition;
	f.use = USE_IDLE;
	f.broadcasts = 1000;
	f.woken = 8000;
	f.back = 7000;
	traits_are(&f, "herd");
	evidence_is(&f, "herd",
		    "1000 broadcasts woke 8 threads each, of which 1 got on: 7000 times one was "
		    "woken only to wait again");
	f.back = 500; /* most got on: they had work */
	traits_are(&f, "");
}

TEST(card, polling)
{
	struct card_facts f = plain();
	f.polls = 310;
	f.poll_tries = 22000;
	f.poll_ns = 2 * SECOND;
	traits_are(&f, "polling");
	evidence_is(
	    &f, "polling",
	    "tried 22000 times in vain, again and again in 310 runs that took 2 s, while it "
	    "was taken 2000 times");
	f.poll_ns = 20 * MS;
	traits_are(&f, "");
}

TEST(card, asking_under_a_lock_is_polling)
{
	struct card_facts f = plain();
	f.acquisitions = f.acquisitions_each = 60000040;
	f.place_all = f.place_acquisitions = 60000000;
	f.place_life_ns = 10 * SECOND;
	f.hold_avg_ns = 30;
	traits_are(&f, "polling");
	evidence_is(
	    &f, "polling",
	    "taken 60000000 times at one place, by one thread 6000000 times a second, and 40 "
	    "times elsewhere, held 30 ns on average: asked again and again whether something "
	    "has happened");
	f.place_all = f.place_acquisitions =
	    40000000; /* elsewhere as often: both count something */
	traits_are(&f, "over-fine");
}

TEST(card, unnecessary)
{
	struct card_facts f = plain();
	f.acquisitions = f.acquisitions_each = 40000000;
	f.contended = 0;
	f.wait_ns = 0;
	f.threads = f.threads_each = 1;
	traits_are(&f, "unnecessary");
	evidence_is(
	    &f, "unnecessary",
	    "taken 40000000 times, never contended, always by one and the same thread: about "
	    "5.0 % of the CPU time");
	f.acquisitions = f.acquisitions_each = 4000; /* too seldom to matter */
	traits_are(&f, "");
	f.acquisitions = 40000000;
	f.threads_each = 2;
	f.acquisitions = 20000000;
	traits_are(&f, "");
}

/* Facts of the first object, from a history in which all that waited matters. */
static struct card_facts watched(const char *text)
{
	struct history h = {0};
	struct graph g;
	struct card_facts *facts, first;

	history_from_text(&h, text);
	graph_make(&g, &h);
	facts = memory_new(h.objects + 1, sizeof(*facts));
	for (size_t i = 0; i < h.objects; i++)
		facts[i] = (struct card_facts){.use = h.object[i].use, .wait_ns = 1, .work_ns = 1};
	card_watch(&h, facts);
	first = facts[0];
	free(facts);
	graph_free(&g);
	history_free(&h);
	return first;
}

/* a and b wait from 10 and 20 to 40 and 50: 60 in 40; c alone from 60 to 70. */
TEST(card, queue_is_who_waits_while_any_does)
{
	struct card_facts f = watched("end 100\nthread a 0 100\nthread b 0 100\nthread c 0 100\n"
				      "object L mutex\n"
				      "wait a L 10 40 acquired\nwait b L 20 50 acquired\n"
				      "wait c L 60 70 acquired\n");
	CU_ASSERT_DOUBLE_EQUAL(f.queue, 70.0 / 50, 1e-9);
}

TEST(card, hand_overs_are_followed)
{
	struct card_facts f =
	    watched("end 100\nthread a 0 100\nthread b 0 100\nthread c 0 100\nobject L mutex\n"
		    "hold a L 1 10 waiters 1\nwait b L 5 11 acquired\n"
		    "hold b L 11 20 waiters 1\nwait a L 15 22 acquired\n"
		    "hold a L 22 30 waiters 1\nwait b L 25 31 acquired\n"
		    "hold b L 31 40 waiters 1\nwait c L 35 41 acquired\n");
	CU_ASSERT_EQUAL(f.hand_overs, 4);
	CU_ASSERT_EQUAL(f.hand_over_ns, 1 + 2 + 1 + 1);
	CU_ASSERT_EQUAL(f.to_and_fro, 2);
	CU_ASSERT_EQUAL(f.one + f.other, 0 + 1);
}

/* Three are woken twice; the first time two of them wait again at once, then all get on. */
TEST(card, broadcasts_in_vain_are_counted)
{
	struct card_facts f =
	    watched("end 900000\nthread w 0 900000\nthread a 0 900000\nthread b 0 900000\n"
		    "thread c 0 900000\nobject C condition use idle\n"
		    "wake w C 1000 all\nwake w C 300000 all\nwake w C 500000\n"
		    "wait a C 10 1010\nwait b C 20 1020\nwait c C 30 1030\n"
		    "wait a C 1030 300010\nwait b C 1040 300020\nwait c C 250000 300030\n"
		    "wait a C 400000 500010\n");
	CU_ASSERT_EQUAL(f.broadcasts, 2);
	CU_ASSERT_EQUAL(f.woken, 6);
	CU_ASSERT_EQUAL(f.back, 2);
}

TEST(card, only_runs_of_tries_are_polls)
{
	struct card_facts f =
	    watched("end 90000000\nthread a 0 90000000\nobject L mutex\npoll a L 10 1010 100\n"
		    "poll a L 1000000 80000000 3\n");
	CU_ASSERT_EQUAL(f.polls, 1);
	CU_ASSERT_EQUAL(f.poll_tries, 100);
	CU_ASSERT_EQUAL(f.poll_ns, 1000);
}

/* From a recording: L is hot, M is taken by one thread only, N costs nothing. */
static const char recording[] =
    "INSERT OR REPLACE INTO run VALUES ('wall_ns', 1000000000), ('finished', 1);"
    "INSERT OR REPLACE INTO hook VALUES (1, 'pthread_mutex_lock', 'acquire', 'mutex', 'exclusive');"
    "INSERT INTO process (id, pid, image, origin, path, command, begin_ns, end_ns)"
    " VALUES (1, 50, 1, 'start', '/app', './app', 0, 1000000000);"
    "INSERT INTO thread (id, process, tid, name, begin_ns, end_ns, cpu_ns) VALUES"
    " (1, 1, 50, 'a', 0, 1000000000, 500000000), (2, 1, 51, 'b', 0, 1000000000, 500000000);"
    "INSERT INTO lock (id, process, address, family, name, use, leader) VALUES"
    " (1, 1, 64, 'mutex', 'L', 'lock', 1), (2, 1, 128, 'mutex', 'M', 'lock', 2),"
    " (3, 1, 192, 'mutex', 'N', 'lock', 3);"
    "INSERT INTO object (id, process, address, generation, family, lock)"
    " SELECT id, process, address, 0, family, id FROM lock;"
    "INSERT INTO tally (object, thread, hook, code, count, contended, failed, wait_ns, wait_max_ns,"
    " hold_samples, hold_ns, hold_max_ns, contended_holds, contended_hold_ns) VALUES"
    " (1, 1, 1, 1, 20000, 10000, 0, 200000000, 1000000, 10000, 20000000, 5000, 10000, 20000000),"
    " (1, 2, 1, 2, 20000, 10000, 0, 200000000, 1000000, 10000, 20000000, 5000, 10000, 20000000),"
    " (2, 1, 1, 3, 4000000, 0, 0, 0, 0, 0, 0, 0, 0, 0),"
    " (3, 1, 1, 4, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0), (3, 2, 1, 4, 100, 1, 0, 10, 10, 0, 0, 0, 0, "
    "0);";

TEST(card, of_a_recording)
{
	struct scratch scratch;
	struct history h = {0};
	struct graph g;
	struct query *q;

	scratch_begin(&scratch);
	struct store *store = store_create(scratch.path, false);
	CU_ASSERT_EQUAL_FATAL(store_exec(store, recording), 0);
	CU_ASSERT_EQUAL_FATAL(store_exec(store, embedded_text("reports/readings.sql")), 0);
	history_from_text(&h, "end 1000000000\nthread a 0 1000000000\nthread b 0 1000000000\n"
			      "object L mutex\nobject M mutex\nobject N mutex\n");
	graph_make(&g, &h);
	CU_ASSERT_EQUAL(reading_path(&(struct reading_input){store, &g, NULL, NULL}), 0);
	CU_ASSERT_EQUAL(reading_card(&(struct reading_input){store, &g, NULL, NULL}), 0);
	q = store_query(store,
			"SELECT leader, trait, evidence, weight FROM reading_card ORDER BY leader");
	CU_ASSERT_FATAL(query_step(q));
	CU_ASSERT_EQUAL(query_int(q, 0), 1);
	CU_ASSERT_STRING_EQUAL(query_text(q, 1), "hot");
	CU_ASSERT_STRING_EQUAL(query_text(q, 2), "taken 40000 times, 50 % of them waited, 20 µs on "
						 "average, held 2 µs on average");
	CU_ASSERT_DOUBLE_EQUAL(query_double(q, 3), 0.2, 1e-9);
	CU_ASSERT_FATAL(query_step(q));
	CU_ASSERT_EQUAL(query_int(q, 0), 2);
	CU_ASSERT_STRING_EQUAL(query_text(q, 1), "unnecessary");
	CU_ASSERT_FALSE(query_step(q));
	query_close(q);
	graph_free(&g);
	history_free(&h);
	store_close(store);
	CU_ASSERT_STRING_EQUAL(scratch_said(&scratch), "");
	scratch_end(&scratch);
}

/* The path of a recording, as the tables have it. */
TEST(card, path_is_in_the_tables)
{
	struct scratch scratch;
	struct history h = {0};
	struct graph g;

	scratch_begin(&scratch);
	struct store *store = store_create(scratch.path, false);
	CU_ASSERT_EQUAL_FATAL(store_exec(store, embedded_text("reports/readings.sql")), 0);
	history_from_text(&h, "end 100\nthread a 0 60\nthread b 0 100\nobject L mutex\n"
			      "hold a L 1 50 waiters 1 at 7\nwait b L 10 53 acquired at 5\n"
			      "hold b L 53 80 at 8\n");
	graph_make(&g, &h);
	CU_ASSERT_EQUAL(reading_path(&(struct reading_input){store, &g, NULL, NULL}), 0);
	CU_ASSERT_EQUAL(store_value(store, "SELECT sum(ns) FROM reading_path WHERE path = 1", -1),
			100);
	CU_ASSERT_EQUAL(store_value(store,
				    "SELECT ns FROM reading_path WHERE path = 1 AND what ="
				    " 'wake-up' AND leader = 1 AND thread = 2",
				    -1),
			3);
	CU_ASSERT_EQUAL(store_value(store,
				    "SELECT ns FROM reading_path WHERE path = 1 AND what ="
				    " 'run' AND thread = 1 AND stack = 7",
				    -1),
			50);
	CU_ASSERT_EQUAL(
	    store_value(store, "SELECT inclusive_ns FROM reading_path_lock WHERE leader = 1", -1),
	    76);
	/* b's own way around its wait: 10 + 3 + 47, of which it held the lock for 27 */
	CU_ASSERT_EQUAL(store_value(store, "SELECT ns FROM reading_path_length WHERE path = 2", -1),
			60);
	CU_ASSERT_EQUAL(
	    store_value(store, "SELECT slack_ns FROM reading_path_length WHERE path = 2", -1), 40);
	CU_ASSERT_EQUAL(
	    store_value(store, "SELECT without_ns FROM reading_path_lock WHERE leader = 1", -1),
	    30);
	CU_ASSERT_EQUAL(
	    store_value(store, "SELECT slack_ns FROM reading_path_lock WHERE leader = 1", -1), 0);
	CU_ASSERT_EQUAL(store_value(store, "SELECT value FROM reading WHERE key = 'span_ns'", -1),
			97);
	graph_free(&g);
	history_free(&h);
	store_close(store);
	scratch_end(&scratch);
}
