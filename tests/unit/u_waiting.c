/* What a run waits for, of histories with known answers; and children that run one after the other.
 */
#include "reports/advise/waiting.h"
#include "profiler/store.h"
#include "reports/advise/children.h"
#include "tests/unit/history_text.h"
#include "tests/unit/unit.h"
#include <math.h>

static bool near(double a, double b)
{
	return fabs(a - b) < 0.01 * fmax(1, fabs(b));
}

/* Whom a moment belongs to, in histories written by hand. */
static double waited(const char *text, enum waiting_kind kind, enum waiting_kind *largest)
{
	struct history h = {0};
	struct graph g;
	struct alone alone;
	struct waiting w;
	struct store *store = store_memory();
	history_from_text(&h, text);
	graph_make(&g, &h);
	alone_find(&alone, &g);
	CU_ASSERT_EQUAL(waiting_find(&w, store, &g, &alone), 0);
	double ns = w.kind[kind].ns, all = 0;
	for (int i = 0; i < WAITING_KIND_COUNT; i++)
		all += w.kind[i].ns;
	CU_ASSERT(near(all, w.ns));
	if (largest)
		*largest = w.largest;
	waiting_free(&w);
	alone_free(&alone);
	graph_free(&g);
	history_free(&h);
	store_close(store);
	return ns;
}

TEST(waiting, waits_are_of_a_kind)
{
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_timer, NULL, NULL, false), WAITING_time);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "read", NULL, false), WAITING_files);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "read", "file", false), WAITING_files);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "flock", "file", false), WAITING_locks);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "read", "pipe", false), WAITING_processes);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "read", "unix", false), WAITING_processes);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "read", "tcp", false), WAITING_network);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "connect", NULL, false), WAITING_network);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "poll", NULL, false), WAITING_events);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "poll", "tcp", false), WAITING_network);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "poll", NULL, true), WAITING_time);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_io, "flock", NULL, false), WAITING_locks);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_child, NULL, NULL, false), WAITING_children);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_mutex, NULL, NULL, false), WAITING_locks);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_join, NULL, NULL, false), WAITING_threads);
	CU_ASSERT_EQUAL(waiting_kind_of(HISTORY_other, NULL, NULL, false), WAITING_unseen);
	for (int family = 0; family < HISTORY_FAMILY_COUNT; family++)
		CU_ASSERT_EQUAL(waiting_kind_of((enum history_family)family, NULL, NULL, false) ==
				    WAITING_unseen,
				family == HISTORY_other);
	CU_ASSERT(waiting_polls("epoll_wait") && !waiting_polls("epoll") && !waiting_polls(NULL));
}

/* The main thread waits for a child that sleeps: for time. When nobody knows what ended the wait,
 * it is for the child. */
TEST(waiting, who_is_waited_for_waits_itself)
{
	enum waiting_kind largest;
	static const char sleeps[] = "end 1000\n"
				     "thread main 0 1000\n"
				     "thread child 100 900 by main process 2\n"
				     "object C child\n"
				     "object S timer\n"
				     "wait main C 100 900 other child\n"
				     "wait child S 200 800\n";
	CU_ASSERT_EQUAL(waited(sleeps, WAITING_time, &largest), 600);
	CU_ASSERT_EQUAL(largest, WAITING_time);
	CU_ASSERT_EQUAL(waited(sleeps, WAITING_children, NULL), 0);
	static const char unknown[] = "end 1000\n"
				      "thread main 0 1000\n"
				      "object C child\n"
				      "wait main C 100 900\n";
	CU_ASSERT_EQUAL(waited(unknown, WAITING_children, &largest), 800);
	CU_ASSERT_EQUAL(largest, WAITING_children);
}

/* A thread that sleeps beside it is not what the run waits for. */
TEST(waiting, bystanders_do_not_count)
{
	static const char text[] = "end 1000\n"
				   "thread main 0 1000\n"
				   "thread clock 0 990 by main\n"
				   "object S timer\n"
				   "object F io\n"
				   "wait main F 100 900\n"
				   "wait clock S 0 990\n";
	CU_ASSERT_EQUAL(waited(text, WAITING_files, NULL), 800);
	CU_ASSERT_EQUAL(waited(text, WAITING_time, NULL), 0);
}

/* Blocked unseen: what the first thread waits for meanwhile says more. */
TEST(waiting, an_unseen_holder_is_waited_for_as_a_lock)
{
	static const char text[] = "end 1000\n"
				   "thread main 0 1000\n"
				   "thread holder 10 900 by main\n"
				   "object L mutex\n"
				   "wait main L 100 800 held-by holder\n"
				   "hold holder L 50 800\n"
				   "off holder 100 800\n";
	CU_ASSERT(near(waited(text, WAITING_locks, NULL), 700));
	CU_ASSERT(near(waited(text, WAITING_unseen, NULL), 0));
}

TEST(waiting, children_one_after_the_other)
{
	struct child serial[] = {
	    {1, 300, 500, 0}, {1, 0, 100, 0}, {1, 100, 300, 0}, {2, 110, 120, 0}, {2, 150, 170, 0}};
	struct children c = children_of(serial, 5);
	CU_ASSERT_EQUAL(c.parent, 1);
	CU_ASSERT_EQUAL(c.count, 3);
	CU_ASSERT_EQUAL(c.ns, 500);
	CU_ASSERT_EQUAL(c.longest, 200);
	CU_ASSERT(near(children_ceiling(&c, 600), 2));
	/* beside each other, as in a pipe; parallel inside; one only */
	struct child beside[] = {{1, 0, 500, 0}, {1, 10, 510, 0}, {1, 20, 530, 0}};
	CU_ASSERT_EQUAL(children_of(beside, 3).parent, 0);
	struct child parallel[] = {{1, 0, 500, 500}, {1, 500, 900, 400}};
	CU_ASSERT_EQUAL(children_of(parallel, 2).parent, 0);
	struct child alone = {1, 0, 500, 0};
	CU_ASSERT_EQUAL(children_of(&alone, 1).parent, 0);
	CU_ASSERT_EQUAL(children_of(NULL, 0).parent, 0);
	/* one that goes on beside all others leaves them none that are alone */
	struct child server[] = {{1, 0, 1000, 0}, {1, 100, 400, 0}, {1, 400, 700, 0}};
	CU_ASSERT_EQUAL(children_of(server, 3).parent, 0);
}

TEST(waiting, words_of_where_it_waits)
{
	struct text words = {0};
	struct waiting_place p = {.call = (char[]){"recv"},
				  .object = (char[]){"tcp 127.0.0.1:80"},
				  .function = (char[]){"ask"},
				  .where = (char[]){"/src/client.c:40"}};
	waiting_place_say(&words, &p);
	CU_ASSERT_STRING_EQUAL(text_string(&words), "recv of tcp 127.0.0.1:80 in ask, client.c:40");
	text_clear(&words);
	p = (struct waiting_place){.process = (char[]){"busybox 7"}, .unwatched = true};
	waiting_place_say(&words, &p);
	CU_ASSERT_STRING_EQUAL(text_string(&words), "by busybox 7, which no hook can watch");
	text_free(&words);
}
