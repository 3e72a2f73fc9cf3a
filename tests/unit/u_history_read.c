#include "profiler/finish.h"
#include "reports/graph/graph.h"
#include "reports/readings.h"
#include "tests/unit/history_text.h"
#include "tests/unit/tape.h"
#include "tests/unit/unit.h"
#include <string.h>

#define AT(ns) (TAPE_BEGIN + (ns))
#define LOCK "pthread_mutex_lock"
#define UNLOCK "pthread_mutex_unlock"

/* Process 1 of pid 11 with two workers, 12 and 13, made at 100 and 110 in one place. */
static void put_process(struct tape *t)
{
	PUT_TEXT(t, 1, 11, PROCESS, process_start, "/bin/x", .time = AT(10), .pid = 11);
	PUT(t, 1, 11, THREAD_START, thread_start, NULL, .time = AT(10), .tid = 11, .handle = 0x11);
	for (uint32_t i = 0; i < 2; i++)
		PUT(t, 1, 12 + i, THREAD_START, thread_start, NULL, .time = AT(120 + 10 * i),
		    .created = AT(100 + 10 * i), .tid = 12 + i, .parent = 11, .routine = 0x4000,
		    .stack = 77, .handle = 0x12 + i);
}

static void put_end(struct tape *t, uint32_t process, uint32_t tid, uint64_t time)
{
	PUT_TEXT(t, process, tid, THREAD_END, thread_end, "worker", .time = AT(time), .cpu_ns = 500,
		 .voluntary = 3, .involuntary = 1, .how = END_RETURN);
}

static void read_back(struct tape *t, struct history *h, struct graph *g)
{
	tape_finish(t);
	CU_ASSERT_EQUAL_FATAL(history_read(h, t->store), 0);
	graph_make(g, h);
}

static void done(struct tape *t, struct history *h, struct graph *g)
{
	graph_free(g);
	history_free(h);
	tape_end(t);
}

static uint32_t thread_of(struct tape *t, const struct history *h, int tid)
{
	char sql[80];
	snprintf(sql, sizeof(sql), "SELECT max(id) FROM thread WHERE tid = %d", tid);
	int64_t id = tape_value(t, sql);
	for (uint32_t i = 0; i < h->threads; i++)
		if (h->thread[i].id == id)
			return i;
	return NOBODY;
}

TEST(history_read, threads_have_lives_makers_and_groups)
{
	struct tape t;
	struct history h;
	struct graph g;

	tape_begin(&t);
	put_process(&t);
	put_end(&t, 1, 12, 900);
	PUT(&t, 1, 13, THREAD_NAME, thread_name, NULL, .tid = 0);
	PUT(&t, 1, 13, USAGE, usage, NULL, .time = AT(500), .cpu_ns = 300, .voluntary = 2);
	read_back(&t, &h, &g);
	uint32_t main = thread_of(&t, &h, 11), a = thread_of(&t, &h, 12), b = thread_of(&t, &h, 13);
	CU_ASSERT_EQUAL(h.threads, 3);
	CU_ASSERT_EQUAL(h.thread[main].parent, NOBODY);
	CU_ASSERT_EQUAL(h.thread[a].parent, main);
	CU_ASSERT_EQUAL(h.thread[a].created, 100);
	CU_ASSERT_EQUAL(h.thread[a].begin, 120);
	CU_ASSERT_EQUAL(h.thread[a].end, 900);
	CU_ASSERT_EQUAL(h.thread[a].cpu_ns, 500);
	CU_ASSERT_EQUAL(h.thread[b].end, h.end_ns);
	CU_ASSERT_EQUAL(h.thread[a].group, h.thread[b].group);
	CU_ASSERT_EQUAL(h.thread[main].group, main);
	CU_ASSERT_EQUAL(h.thread[b].usages.count, 1);
	CU_ASSERT_EQUAL(h.usage[0].cpu_ns, 300);
	CU_ASSERT_TRUE(h.cores >= 1);
	done(&t, &h, &g);
}

TEST(history_read, waits_find_their_lock_holder_and_waker)
{
	struct tape t;
	struct history h;
	struct graph g;

	tape_begin(&t);
	put_process(&t);
	PUT(&t, 1, 11, INIT, init, "pthread_mutex_init", .time = AT(90), .object = 0x5000);
	PUT(&t, 1, 12, HOLD, hold, UNLOCK, .head.weight = 8, .acquired = AT(150),
	    .released = AT(160), .object = 0x5000, .flags = HOLD_GIVES_UP);
	PUT(&t, 1, 12, RELEASE, release, UNLOCK, .acquired = AT(200), .released = AT(300),
	    .object = 0x5000, .waiters = 1, .stack = 78);
	PUT(&t, 1, 13, WAIT, wait, LOCK, .begin = AT(250), .end = AT(320), .object = 0x5000,
	    .holder = 12, .stack = 79, .flags = WAIT_ACQUIRED);
	PUT(&t, 1, 13, WAIT, wait, "pthread_rwlock_timedrdlock", .begin = AT(400), .end = AT(450),
	    .object = 0x6000, .flags = WAIT_TIMED_OUT);
	PUT(&t, 1, 13, POLL, poll, "pthread_mutex_trylock", .first = AT(500), .last = AT(510),
	    .object = 0x5000, .count = 6);
	read_back(&t, &h, &g);
	uint32_t a = thread_of(&t, &h, 12), b = thread_of(&t, &h, 13);
	CU_ASSERT_EQUAL_FATAL(h.waits, 2);
	CU_ASSERT_EQUAL_FATAL(h.holds, 2);
	const struct history_object *o = &h.object[h.wait[0].object];
	CU_ASSERT_EQUAL(h.wait[0].thread, b);
	CU_ASSERT_EQUAL(h.wait[0].holder, a);
	CU_ASSERT_EQUAL(h.wait[0].waker, a);
	CU_ASSERT_EQUAL(h.wait[0].woken, 300);
	CU_ASSERT_EQUAL(h.wait[0].flags, HISTORY_ACQUIRED);
	CU_ASSERT_EQUAL(h.wait[0].stack, tape_value(&t, "SELECT id FROM stack WHERE hash = 79"));
	CU_ASSERT_EQUAL(h.wait[1].flags, HISTORY_TIMED_OUT | HISTORY_SHARED | HISTORY_GIVES_UP);
	CU_ASSERT_EQUAL(h.wait[1].waker, NOBODY);
	CU_ASSERT_EQUAL(o->family, HISTORY_mutex);
	CU_ASSERT_EQUAL(o->use, USE_LOCK);
	CU_ASSERT_EQUAL(o->lock, tape_value(&t, "SELECT id FROM lock WHERE address = 0x5000"));
	CU_ASSERT_EQUAL(o->holds.count, 2);
	CU_ASSERT_EQUAL(o->init, 90);
	CU_ASSERT_EQUAL(h.hold[o->holds.first].weight, 8);
	CU_ASSERT_EQUAL(h.hold[o->holds.first].flags, HISTORY_GIVES_UP);
	CU_ASSERT_EQUAL(h.hold[o->holds.first + 1].waiters, 1);
	CU_ASSERT_EQUAL_FATAL(h.polls, 1);
	CU_ASSERT_EQUAL(h.poll[0].count, 6);
	done(&t, &h, &g);
}

TEST(history_read, conditions_know_their_mutex_and_signal)
{
	struct tape t;
	struct history h;
	struct graph g;

	tape_begin(&t);
	put_process(&t);
	PUT(&t, 1, 12, WAIT, wait, "pthread_cond_wait", .begin = AT(200), .end = AT(420),
	    .object = 0x7000, .other = 0x5000);
	PUT(&t, 1, 13, WAIT, wait, "pthread_cond_wait", .begin = AT(210), .end = AT(440),
	    .object = 0x7000, .other = 0x5000);
	PUT(&t, 1, 11, WAKE, wake, "pthread_cond_broadcast", .time = AT(300), .object = 0x7000,
	    .waiters = 1);
	PUT(&t, 1, 12, RELEASE, release, UNLOCK, .acquired = AT(420), .released = AT(430),
	    .object = 0x5000, .waiters = 1);
	read_back(&t, &h, &g);
	CU_ASSERT_EQUAL_FATAL(h.waits, 2);
	CU_ASSERT_EQUAL(h.wait[0].waker, thread_of(&t, &h, 11));
	CU_ASSERT_EQUAL(h.wait[0].woken, 300);
	CU_ASSERT_EQUAL(h.wait[1].waker, thread_of(&t, &h, 12));
	CU_ASSERT_EQUAL(h.wait[1].woken, 430);
	CU_ASSERT_EQUAL(h.object[h.wait[1].other].family, HISTORY_mutex);
	CU_ASSERT_EQUAL(h.object[h.wait[1].object].use, USE_IDLE);
	done(&t, &h, &g);
}

/* A handle is used again once its thread was joined. */
TEST(history_read, joins_know_whose_end_they_waited_for)
{
	struct tape t;
	struct history h;
	struct graph g;

	tape_begin(&t);
	put_process(&t);
	put_end(&t, 1, 12, 300);
	PUT(&t, 1, 11, WAIT, wait, "pthread_join", .begin = AT(200), .end = AT(310), .object = 0x12,
	    .other = 0x12);
	PUT(&t, 1, 14, THREAD_START, thread_start, NULL, .time = AT(400), .created = AT(390),
	    .tid = 14, .parent = 11, .handle = 0x12);
	put_end(&t, 1, 14, 700);
	PUT(&t, 1, 11, WAIT, wait, "pthread_join", .begin = AT(500), .end = AT(710), .object = 0x12,
	    .other = 0x12);
	PUT(&t, 1, 11, WAIT, wait, "pthread_join", .begin = AT(800), .end = AT(810), .object = 0x99,
	    .other = 0x99);
	read_back(&t, &h, &g);
	CU_ASSERT_EQUAL_FATAL(h.waits, 3);
	CU_ASSERT_EQUAL(h.wait[0].waker, thread_of(&t, &h, 12));
	CU_ASSERT_EQUAL(h.wait[0].woken, 300);
	CU_ASSERT_EQUAL(h.wait[1].waker, thread_of(&t, &h, 14));
	CU_ASSERT_EQUAL(h.wait[1].woken, 700);
	CU_ASSERT_EQUAL(h.wait[2].other, NOBODY);
	CU_ASSERT_EQUAL(h.object[h.wait[0].object].use, USE_PHASE);
	done(&t, &h, &g);
}

/* A worker forks; its child becomes another program, and the worker waits for it. */
TEST(history_read, processes_come_from_the_thread_that_forked)
{
	struct tape t;
	struct history h;
	struct graph g;

	tape_begin(&t);
	put_process(&t);
	PUT(&t, 1, 12, FORK, fork, "fork", .begin = AT(300), .end = AT(310), .child = 21,
	    .stack = 80);
	PUT_TEXT(&t, 2, 21, PROCESS, process_start, "/bin/x", .time = AT(305), .pid = 21,
		 .parent = 11, .forked = 1, .parent_process = 1);
	PUT(&t, 2, 21, THREAD_START, thread_start, NULL, .time = AT(305), .tid = 21);
	PUT_TEXT(&t, 2, 21, EXEC, exec, "/bin/y", .time = AT(400));
	PUT_TEXT(&t, 3, 21, PROCESS, process_start, "/bin/y", .time = AT(420), .pid = 21,
		 .parent = 11);
	PUT(&t, 3, 21, THREAD_START, thread_start, NULL, .time = AT(420), .tid = 21);
	put_end(&t, 3, 21, 600);
	PUT(&t, 1, 12, WAIT, wait, "waitpid", .begin = AT(350), .end = AT(650), .other = 21);
	read_back(&t, &h, &g);
	CU_ASSERT_EQUAL_FATAL(h.threads, 5);
	uint32_t worker = thread_of(&t, &h, 12), last = thread_of(&t, &h, 21), forked = NOBODY;
	for (uint32_t i = 0; i < h.threads; i++)
		if (h.thread[i].begin == 305)
			forked = i;
	CU_ASSERT_NOT_EQUAL_FATAL(forked, NOBODY);
	CU_ASSERT_EQUAL(h.thread[forked].parent, worker);
	CU_ASSERT_EQUAL(h.thread[forked].created, 300);
	CU_ASSERT_EQUAL(h.thread[forked].end, 420);
	CU_ASSERT_EQUAL(h.thread[last].parent, forked);
	CU_ASSERT_EQUAL(h.thread[last].created, 400);
	CU_ASSERT_EQUAL_FATAL(h.waits, 1);
	CU_ASSERT_EQUAL(h.wait[0].waker, last);
	CU_ASSERT_EQUAL(h.wait[0].woken, 600);
	done(&t, &h, &g);
}

/* One mutex in shared memory, at two addresses of two processes. */
TEST(history_read, shared_lock_is_one_object)
{
	struct tape t;
	struct history h;
	struct graph g;

	tape_begin(&t);
	put_process(&t);
	PUT_TEXT(&t, 2, 21, PROCESS, process_start, "/bin/x", .time = AT(20), .pid = 21);
	PUT(&t, 2, 21, THREAD_START, thread_start, NULL, .time = AT(20), .tid = 21);
	PUT(&t, 1, 12, RELEASE, release, UNLOCK, .acquired = AT(200), .released = AT(300),
	    .object = 0x5000, .waiters = 1);
	PUT(&t, 2, 21, WAIT, wait, LOCK, .begin = AT(250), .end = AT(320), .object = 0x9000);
	PUT_TEXT(&t, 1, 12, SHARED, shared, "/dev/shm/x", .object = 0x5000, .device = 1, .inode = 2,
		 .offset = 64);
	PUT_TEXT(&t, 2, 21, SHARED, shared, "/dev/shm/x", .object = 0x9000, .device = 1, .inode = 2,
		 .offset = 64);
	read_back(&t, &h, &g);
	CU_ASSERT_EQUAL_FATAL(h.waits, 1);
	CU_ASSERT_EQUAL_FATAL(h.holds, 1);
	CU_ASSERT_EQUAL(h.wait[0].object, h.hold[0].object);
	CU_ASSERT_EQUAL(h.wait[0].waker, thread_of(&t, &h, 12));
	done(&t, &h, &g);
}

/* Threads that never started or ended, tids nobody knows, no thread at all. */
TEST(history_read, broken_recordings_are_survived)
{
	struct tape t;
	struct history h;
	struct graph g;
	struct tile tile;
	struct tile_walk walk;
	int64_t sum = 0;

	tape_begin(&t);
	PUT(&t, 1, 99, WAIT, wait, LOCK, .begin = AT(250), .end = AT(320), .object = 0x5000,
	    .holder = 4711);
	PUT(&t, 1, 99, WAIT, wait, "waitpid", .begin = AT(330), .end = AT(340), .other = 4711);
	PUT(&t, 1, 99, WAIT, wait, "pthread_cond_wait", .begin = AT(350), .end = AT(360),
	    .object = 0x7000, .other = 0x4444);
	read_back(&t, &h, &g);
	CU_ASSERT_EQUAL_FATAL(h.threads, 1);
	CU_ASSERT_EQUAL_FATAL(h.waits, 3);
	CU_ASSERT_EQUAL(h.wait[0].holder, NOBODY);
	tile_start(&walk, &g, 0);
	while (tile_next(&walk, &tile))
		sum += tile.end - tile.begin;
	CU_ASSERT_EQUAL(sum, h.thread[0].end - h.thread[0].begin);
	done(&t, &h, &g);
	tape_begin(&t);
	read_back(&t, &h, &g);
	CU_ASSERT_EQUAL(h.threads, 0);
	done(&t, &h, &g);
}

TEST(history_read, tallies_are_exact)
{
	struct tape t;
	struct history h;
	struct graph g;

	tape_begin(&t);
	put_process(&t);
	for (unsigned i = 0; i < 2; i++)
		PUT(&t, 1, 12 + i, TALLY, tally, LOCK, .object = 0x5000,
		    .site = (0x401000 + i) | (uint64_t)tape_hook(LOCK) << 48, .count = 40 + i);
	read_back(&t, &h, &g);
	CU_ASSERT_EQUAL_FATAL(h.tallies, tape_value(&t, "SELECT count(*) FROM tally"));
	for (size_t i = 0; i < h.tallies; i++)
		CU_ASSERT_EQUAL(h.tally[i].acquisitions,
				h.tally[i].thread == thread_of(&t, &h, 12) ? 40 : 41);
	done(&t, &h, &g);
}

/* Tables are there, and nothing is written into the recording. */
TEST(history_read, readings_are_made)
{
	struct tape t;

	tape_begin(&t);
	put_process(&t);
	tape_finish(&t);
	CU_ASSERT_EQUAL(readings_make(t.store), 0);
	CU_ASSERT_TRUE(tape_value(&t, "SELECT count(*) FROM temp.sqlite_schema WHERE name LIKE "
				      "'reading%' AND type = 'table'") > 10);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM main.sqlite_schema WHERE name LIKE "
				       "'reading%'"),
			0);
	tape_end(&t);
}
