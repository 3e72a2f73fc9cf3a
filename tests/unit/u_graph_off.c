#include "reports/graph/graph.h"
#include "tests/unit/history_text.h"
#include "tests/unit/tiles.h"
#include "tests/unit/unit.h"

/* Exactly where the scheduler saw it; a wait tells more than that it was off. */
TEST(graph_off, times_off_a_core_lie_where_they_were)
{
	struct history h;
	struct graph g;

	history_from_text(&h, "thread w1 0 100\n"
			      "wait w1 L 40 60\n"
			      "usage w1 90 1 50 50\n"
			      "off w1 10 15 preempted\n"
			      "off w1 20 30\n"
			      "off w1 35 58\n"
			      "off w1 90 100 preempted\n");
	graph_make(&g, &h);
	CU_ASSERT_STRING_EQUAL(tiles(&g, "w1"),
			       "run 0-10 ready 10-15 run 15-20 hidden 20-30 run 30-35 hidden 35-40 "
			       "lock 40-60 run 60-90 ready 90-100");
	graph_free(&g);
	history_free(&h);
}

/* Shares of a stretch in which the thread was off many times; a wait is no part of it. */
TEST(graph_off, a_stretch_of_many_times_off_is_divided)
{
	struct history h;
	struct graph g;

	history_from_text(&h, "thread w1 0 2000\n"
			      "wait w1 L 1400 1600\n"
			      "off w1 100 500 half\n"
			      "off w1 500 900 half\n");
	graph_make(&g, &h);
	CU_ASSERT_STRING_EQUAL(
	    tiles(&g, "w1"),
	    "run 0-100 run 100-300 ready 300-400 hidden 400-500 run 500-700 ready 700-800 "
	    "hidden 800-900 run 900-1400 lock 1400-1600 run 1600-2000");
	graph_free(&g);
	history_free(&h);
}

TEST(graph_off, what_proc_tells_of_a_thread_divides_its_time_off)
{
	struct history h;
	struct graph g;

	history_from_text(&h, "thread w1 0 1000000\n"
			      "usage w1 1000000 500000\n");
	h.usage[0].ready_ns = 300000;
	graph_make(&g, &h);
	CU_ASSERT_STRING_EQUAL(tiles(&g, "w1"),
			       "run 0-500000 ready 500000-800000 hidden 800000-1000000");
	graph_free(&g);
	history_free(&h);
}
