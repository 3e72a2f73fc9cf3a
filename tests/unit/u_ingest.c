#include "collectors/log.h"
#include "profiler/finish.h"
#include "tests/unit/tape.h"
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT(ns) (TAPE_BEGIN + (ns))
#define LOCK "pthread_mutex_lock"
#define UNLOCK "pthread_mutex_unlock"

TEST(ingest, wait_becomes_row_sum_bucket_and_blame)
{
	struct tape t;
	tape_begin(&t);
	PUT(&t, 1, 11, RELEASE, release, UNLOCK, .acquired = AT(1000), .released = AT(3000),
	    .object = 0x5000, .stack = 77);
	PUT(&t, 1, 12, WAIT, wait, LOCK, .begin = AT(2000), .end = AT(3500), .object = 0x5000,
	    .holder = 11, .stack = 88, .flags = WAIT_ACQUIRED);
	tape_finish(&t);
	CU_ASSERT_EQUAL(
	    tape_value(&t, "SELECT \"end\" - \"begin\" FROM wait WHERE \"begin\" = 2000"), 1500);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT tid FROM wait w JOIN thread t ON t.id = w.holder"),
			11);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT wait_ns FROM wait_sum WHERE count = 1"), 1500);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT low_ns <= 1500 AND high_ns > 1500 FROM wait_bucket"),
			1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT ns FROM blame b JOIN thread t ON t.id = b.holder "
				       "JOIN stack s ON s.id = b.holder_stack "
				       "WHERE cause = 'holder' AND t.tid = 11 AND s.hash = 77"),
			1000);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT ns FROM blame WHERE cause = 'hand-over'"), 500);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT family = 'mutex' FROM lock"), 1);
	tape_end(&t);
}

TEST(ingest, weight_multiplies)
{
	struct tape t;
	tape_begin(&t);
	PUT(&t, 1, 12, WAIT, wait, LOCK, .head.weight = 10, .begin = AT(2000), .end = AT(2100),
	    .object = 0x5000);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM wait_sum WHERE wait_ns = 1000"), 10);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM wait_bucket"), 10);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT ns FROM blame WHERE cause = 'unknown'"), 1000);
	tape_end(&t);
}

TEST(ingest, waits_for_events_are_blamed_on_nobody)
{
	struct tape t;
	tape_begin(&t);
	PUT(&t, 1, 12, WAIT, wait, "pthread_cond_wait", .begin = AT(2000), .end = AT(2100),
	    .object = 0x5000, .other = 0x6000);
	PUT(&t, 1, 12, WAIT, wait, "pthread_join", .begin = AT(2000), .end = AT(2100),
	    .object = 0x7000);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM wait_sum"), 2);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM blame"), 0);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT l.use = 'idle' FROM lock l JOIN lock_use u "
				       "ON u.lock = l.id WHERE family = 'condition'"),
			1);
	tape_end(&t);
}

/* A holder that nobody has heard of yet when the wait is read. */
TEST(ingest, holder_is_found_later)
{
	struct tape t;
	tape_begin(&t);
	PUT(&t, 1, 12, WAIT, wait, LOCK, .begin = AT(2000), .end = AT(2100), .object = 0x5000,
	    .holder = 13);
	PUT(&t, 1, 13, THREAD_START, thread_start, NULL, .time = AT(1500), .tid = 13);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT ns FROM blame b JOIN thread t ON t.id = b.holder "
				       "WHERE t.tid = 13"),
			100);
	tape_end(&t);
}

static void put_stack(struct tape *t, uint32_t process, uint32_t tid, uint64_t hash)
{
	uint64_t words[6] = {0, hash, 3, 0x401000, 0x402000, 0x403000};
	tape_put(t, process, tid, EVENT_STACK, NULL, words, sizeof(words));
}

/* Stacks are described once for an image, which forked children share, at any time. */
TEST(ingest, stack_is_known_before_its_frames)
{
	struct tape t;
	tape_begin(&t);
	PUT_TEXT(&t, 1, 11, PROCESS, process_start, "/bin/x", .time = AT(10), .pid = 11);
	PUT(&t, 1, 12, WAIT, wait, LOCK, .begin = AT(2000), .end = AT(2100), .object = 0x5000,
	    .stack = 88);
	PUT_TEXT(&t, 2, 21, PROCESS, process_start, "/bin/x", .time = AT(3000), .pid = 21,
		 .parent = 11, .forked = 1, .parent_process = 1);
	PUT(&t, 2, 21, WAIT, wait, LOCK, .begin = AT(4000), .end = AT(4100), .object = 0x5000,
	    .stack = 88);
	put_stack(&t, 1, 11, 88);
	put_stack(&t, 1, 12, 88);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM stack"), 1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT depth FROM stack"), 3);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM frame"), 3);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT address FROM frame JOIN code c ON c.id = code "
				       "WHERE position = 2"),
			0x403000);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(DISTINCT object) FROM wait"), 2);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT image FROM process WHERE id = 2"), 1);
	tape_end(&t);
}

/* The child's log may be read before it is known to be forked. */
TEST(ingest, stack_of_an_early_child_gets_its_frames_in_the_end)
{
	struct tape t;
	tape_begin(&t);
	put_stack(&t, 1, 11, 88);
	PUT(&t, 2, 22, WAIT, wait, LOCK, .begin = AT(4000), .end = AT(4100), .object = 0x5000,
	    .stack = 88);
	PUT_TEXT(&t, 2, 21, PROCESS, process_start, "/bin/x", .time = AT(3000), .pid = 21,
		 .parent = 11, .forked = 1, .parent_process = 1);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM stack WHERE depth = 3"), 2);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM oddity"), 0);
	tape_end(&t);
}

static struct stats timed(void)
{
	struct stats s = {.wait = 700,
			  .wait_max = 600,
			  .contended = 2,
			  .failed = 1,
			  .hold = 90,
			  .hold_max = 50,
			  .hold_weight = 40,
			  .hold_samples = 3};
	s.hold_bucket[2] = 3;
	return s;
}

static void put_tally(struct tape *t, uint64_t count)
{
	struct {
		struct log_tally r;
		struct stats stats;
	} u = {.r = {.object = 0x5000,
		     .site = 0x401234 | (uint64_t)tape_hook(LOCK) << 48,
		     .count = count},
	       .stats = timed()};
	tape_put(t, 1, 12, EVENT_TALLY, NULL, &u, sizeof(u));
}

TEST(ingest, tallies_and_tables_add_up)
{
	struct tape t;
	char *arena = calloc(1, 4096);
	struct thread_block *b = (void *)(arena + 64);
	tape_begin(&t);
	put_tally(&t, 5);
	put_tally(&t, 7);
	b->head = (struct segment){.kind = SEGMENT_THREAD, .process = 1, .pid = 1, .tid = 12};
	b->dropped = 4;
	b->first_slot[3] = (struct slot){.object = 0x5000,
					 .site = 0x401234 | (uint64_t)tape_hook(LOCK) << 48,
					 .stats = 3000 / 8};
	b->first_counter[3].count = 100;
	*(struct stats *)(void *)(arena + 3000) = timed();
	ingest_thread_table(t.in, b, arena, 4096);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM tally"), 112);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT contended FROM tally"), 6);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT wait_ns FROM tally WHERE wait_max_ns = 600"), 2100);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT hold_ns FROM tally WHERE hold_samples = 9"), 270);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT hold_weight FROM tally"), 120);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT hold_ns FROM lock_summary"), 270 * 112 / 120);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM hold_bucket WHERE low_ns = 32"), 9);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT dropped FROM thread"), 4);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT acquisitions FROM lock_summary"), 112);
	free(arena);
	tape_end(&t);
}

/* Refs that lead out of the arena are not followed. */
TEST(ingest, damaged_tables_are_skipped)
{
	struct tape t;
	char *arena = calloc(1, 4096);
	struct thread_block *b = (void *)(arena + 64);
	tape_begin(&t);
	b->head = (struct segment){.kind = SEGMENT_THREAD, .process = 1, .pid = 1, .tid = 12};
	b->first_slot[0] = (struct slot){.object = 0x5000, .site = 1ull << 48, .stats = 4090 / 8};
	b->first_counter[0].count = 1;
	ingest_thread_table(t.in, b, arena, 4096);
	b->directory = 1u << 31;
	ingest_thread_table(t.in, b, arena, 4096);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM tally"), 1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM oddity"), 2);
	free(arena);
	tape_end(&t);
}

TEST(ingest, thread_has_its_life)
{
	struct tape t;
	tape_begin(&t);
	PUT(&t, 1, 12, THREAD_START, thread_start, NULL, .time = AT(100), .tid = 12, .parent = 11,
	    .routine = 0x401000);
	PUT_TEXT(&t, 1, 11, THREAD_NAME, thread_name, "early", .tid = 12);
	PUT_TEXT(&t, 1, 12, THREAD_END, thread_end, "worker", .time = AT(900), .cpu_ns = 300,
		 .voluntary = 2, .involuntary = 1, .how = END_RETURN);
	PUT(&t, 1, 12, THREAD_START, thread_start, NULL, .time = AT(1000), .tid = 12);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM thread WHERE tid = 12"), 2);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT end_ns - begin_ns FROM thread WHERE name = 'worker' "
				       "AND ended = 'return' AND cpu_ns = 300"),
			800);
	CU_ASSERT_EQUAL(
	    tape_value(&t, "SELECT address FROM thread t JOIN code c ON c.id = routine"), 0x401000);
	tape_end(&t);
}

TEST(ingest, exec_starts_a_new_process_of_the_same_pid)
{
	struct tape t;
	tape_begin(&t);
	PUT_TEXT(&t, 1, 11, PROCESS, process_start, "/bin/a", .time = AT(10), .pid = 11);
	PUT_TEXT(&t, 1, 11, COMMAND, command, "a\001-x\001");
	PUT_TEXT(&t, 1, 11, EXEC, exec, "/bin/b", .time = AT(400));
	PUT_TEXT(&t, 2, 11, PROCESS, process_start, "/bin/b", .time = AT(500), .pid = 11);
	PUT(&t, 2, 11, PROCESS_END, process_end, NULL, .time = AT(900), .status = 3);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT ended = 'exec' AND command = 'a -x' FROM process "
				       "WHERE id = 1"),
			1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT parent FROM process WHERE origin = 'exec'"), 1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT status FROM process WHERE path = '/bin/b'"), 768);
	tape_end(&t);
}

static void put_damaged(struct tape *t, uint16_t size, uint16_t event)
{
	struct segment *s = calloc(1, SEGMENT_SIZE);
	*s = (struct segment){.kind = SEGMENT_LOG, .process = 1, .pid = 1, .tid = 1};
	*(struct record *)(void *)(s + 1) = (struct record){size, event, 1, 1};
	memset((char *)(s + 1) + 8, 'x', 200);
	ingest_records(t->in, s, sizeof(*s), sizeof(*s) + 128);
	free(s);
}

TEST(ingest, damaged_records_are_counted)
{
	struct tape t;
	tape_begin(&t);
	put_damaged(&t, 4, EVENT_WAIT);
	put_damaged(&t, 12, EVENT_WAIT);
	put_damaged(&t, 60000, EVENT_WAIT);
	put_damaged(&t, 128, 9999);
	put_damaged(&t, 128, EVENT_NOTE);   /* its text has no end */
	put_damaged(&t, 24, EVENT_RELEASE); /* and what follows it */
	PUT(&t, 1, 12, WAIT, wait, LOCK, .begin = 5, .end = 6, .object = 0x5000);
	PUT(&t, 1, 12, WAIT, wait, LOCK, .begin = AT(900), .end = AT(100), .object = 0x5000);
	PUT(&t, 1, 12, WAIT, wait, LOCK, .begin = AT(900), .end = AT(1ull << 60), .object = 0x5000);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM oddity WHERE kind LIKE 'damaged%'"), 6);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM oddity WHERE kind LIKE '%unknown kind%'"),
			1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM oddity WHERE kind LIKE '%before the%'"),
			2);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM oddity WHERE kind LIKE '%future%'"), 1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM wait WHERE \"end\" < \"begin\""), 0);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM wait"), 3);
	tape_end(&t);
}

TEST(ingest, stops_at_a_record_not_committed)
{
	struct tape t;
	struct segment *s = calloc(1, SEGMENT_SIZE);
	uint32_t stopped;
	tape_begin(&t);
	*s = (struct segment){.kind = SEGMENT_LOG, .process = 1, .pid = 1, .tid = 1};
	*(struct log_wake *)(void *)(s + 1) =
	    (struct log_wake){{sizeof(struct log_wake), EVENT_WAKE, 1, 1}, AT(5), 0x5000, 0, 1, 0};
	stopped = ingest_records(t.in, s, sizeof(*s), SEGMENT_SIZE);
	CU_ASSERT_EQUAL(stopped, sizeof(*s) + sizeof(struct log_wake));
	CU_ASSERT_EQUAL(ingest_records(t.in, s, stopped, SEGMENT_SIZE), stopped);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM wake"), 1);
	free(s);
	tape_end(&t);
}

static void use(struct tape *t, uint64_t address, uint32_t generation)
{
	PUT(t, 1, 12, WAIT, wait, LOCK, .begin = AT(2000), .end = AT(2100), .object = address,
	    .generation = generation);
}

/* The filter's value changes with inits of other addresses, too. */
TEST(ingest, objects_become_locks_by_init_and_destroy)
{
	struct tape t;
	tape_begin(&t);
	use(&t, 0x5000, 0); /* before any init */
	use(&t, 0x5000, 2);
	PUT(&t, 1, 12, INIT, init, "pthread_mutex_init", .time = AT(100), .object = 0x5000,
	    .generation = 3, .attributes = 1);
	use(&t, 0x5000, 3);
	use(&t, 0x5000, 5);
	PUT(&t, 1, 12, DESTROY, destroy, "pthread_mutex_destroy", .time = AT(200), .object = 0x5000,
	    .generation = 6);
	use(&t, 0x5000, 7);
	PUT(&t, 1, 12, INIT, init, "pthread_mutex_init", .time = AT(300), .object = 0x5000,
	    .generation = 9);
	use(&t, 0x5000, 9);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM object"), 6);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM lock"), 4);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM object o JOIN lock l ON l.id = o.lock "
				       "WHERE l.init_ns = 100 AND o.generation IN (3, 5)"),
			2);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT destroy_ns FROM lock WHERE attributes = 1"), 200);
	CU_ASSERT_EQUAL(
	    tape_value(&t, "SELECT count(DISTINCT lock) FROM object WHERE generation < 3"), 1);
	tape_end(&t);
}

static void share(struct tape *t, uint32_t process, uint32_t tid, uint64_t address)
{
	PUT_TEXT(t, process, tid, SHARED, shared, "/dev/shm/x", .object = address, .device = 8,
		 .inode = 99, .offset = 64);
}

TEST(ingest, release_in_one_process_explains_a_wait_in_another)
{
	struct tape t;
	tape_begin(&t);
	PUT(&t, 1, 11, RELEASE, release, UNLOCK, .acquired = AT(1000), .released = AT(3000),
	    .object = 0x5000, .stack = 77);
	share(&t, 1, 11, 0x5000);
	PUT(&t, 2, 21, WAIT, wait, LOCK, .begin = AT(2000), .end = AT(3500), .object = 0x9000,
	    .holder = 11);
	share(&t, 2, 21, 0x9000);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT ns FROM blame b JOIN thread t ON t.id = b.holder "
				       "WHERE t.process = 1 AND b.holder_stack > 0"),
			1000);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(DISTINCT lock) FROM object"), 1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT inode FROM lock WHERE path = '/dev/shm/x'"), 99);
	tape_end(&t);
}

/* A child has its own copy of a lock, made where its parent's was. */
TEST(ingest, forked_child_inherits_the_init)
{
	struct tape t;
	tape_begin(&t);
	PUT_TEXT(&t, 1, 11, PROCESS, process_start, "/bin/x", .time = AT(10), .pid = 11);
	PUT(&t, 1, 11, INIT, init, "pthread_mutex_init", .time = AT(100), .object = 0x5000,
	    .generation = 1, .attributes = 2, .stack = 55);
	use(&t, 0x5000, 1);
	PUT_TEXT(&t, 2, 21, PROCESS, process_start, "/bin/x", .time = AT(3000), .pid = 21,
		 .parent = 11, .forked = 1, .parent_process = 1);
	PUT(&t, 2, 21, WAIT, wait, LOCK, .begin = AT(4000), .end = AT(4100), .object = 0x5000,
	    .generation = 1);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM lock WHERE attributes = 2"), 2);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(DISTINCT stack) FROM lock"), 1);
	tape_end(&t);
}

TEST(ingest, unwatched_programs_are_told)
{
	struct tape t;
	tape_begin(&t);
	PUT_TEXT(&t, 1, 11, PROCESS, process_start, "/bin/x", .time = AT(10), .pid = 11);
	PUT_TEXT(&t, 1, 11, EXEC, exec, "/bin/static", .time = AT(400), .preload = PRELOAD_STATIC);
	PUT_TEXT(&t, 1, 11, EXEC, exec, "/bin/gone", .time = AT(400), .preload = PRELOAD_STATIC,
		 .failed = 2);
	PUT(&t, 1, 11, FORK, fork, "fork", .begin = AT(1), .end = AT(2), .child = 4711);
	PUT(&t, 1, 11, FORK, fork, "fork", .begin = AT(1), .end = AT(2), .child = 4712);
	PUT_TEXT(&t, 1, 11, NOTE, note, "", .time = AT(3), .code = NOTE_OLD_CONDITION, .value = 7);
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM unseen WHERE subject = '/bin/static' "
				       "AND reason LIKE 'statically%'"),
			1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM unseen WHERE subject = '/bin/gone'"),
			0);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM unseen WHERE reason LIKE 'child%'"), 1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count FROM unseen WHERE reason LIKE '%2003%'"), 7);
	tape_end(&t);
}

/* The recorder dies: what was committed, sums included, can be finished later. */
TEST(ingest, killed_recorder_leaves_a_recording)
{
	struct tape t;
	pid_t child;
	scratch_begin(&t.scratch);
	child = fork();
	if (child == 0) {
		tape_open(&t);
		use(&t, 0x5000, 0);
		ingest_tick(t.in, AT(50000000));
		use(&t, 0x5000, 0);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	t.in = NULL;
	t.store = store_open(t.scratch.path, STORE_WRITE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.store);
	CU_ASSERT_EQUAL(store_run_int(t.store, "finished", -1), 0);
	CU_ASSERT_EQUAL(finish(t.store, NULL, NULL), 0);
	CU_ASSERT_EQUAL(store_run_int(t.store, "finished", -1), 1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM wait"), 1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT wait_ns FROM wait_sum"), 100);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM lock"), 1);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT ended = 'running' FROM process"), 1);
	CU_ASSERT_EQUAL(finish(t.store, NULL, NULL), 0); /* nothing is done twice */
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM lock"), 1);
	tape_end(&t);
}

static uint32_t dice(uint32_t sides)
{
	static uint64_t state = 88172645463325252ull;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % sides;
}

static void put_random(struct tape *t, uint64_t now)
{
	uint32_t process = 1 + dice(2), tid = process * 100 + dice(5);
	uint64_t object = 0x5000 + 64 * dice(5), stack = dice(6), begin = now - dice(2000);
	if (dice(2))
		PUT(t, process, tid, WAIT, wait, dice(4) ? LOCK : "pthread_mutex_timedlock",
		    .head.weight = dice(5) ? 1 : 7, .begin = begin, .end = now, .object = object,
		    .generation = dice(2), .holder = process * 100 + dice(7), .stack = stack);
	else
		PUT(t, process, tid, RELEASE, release, UNLOCK, .acquired = dice(2) ? begin : 0,
		    .released = now, .object = object, .generation = dice(2), .stack = stack);
}

TEST(ingest, sum_of_blame_is_sum_of_waits)
{
	struct tape t;
	uint64_t now = AT(10000);
	tape_begin(&t);
	share(&t, 1, 100, 0x5000);
	for (unsigned i = 0; i < 20000; i++) {
		put_random(&t, now += dice(200000));
		if (i == 5000)
			share(&t, 2, 200, 0x5040);
		if (i % 100 == 0)
			ingest_tick(t.in, now);
	}
	tape_finish(&t);
	CU_ASSERT_EQUAL(tape_value(&t,
				   "SELECT count(*) FROM (SELECT object, stack, sum(wait_ns) AS ns "
				   "FROM wait_sum GROUP BY 1, 2) w LEFT JOIN (SELECT object, "
				   "stack, sum(ns) AS ns FROM blame GROUP BY 1, 2) b USING "
				   "(object, stack) WHERE w.ns <> b.ns OR b.ns IS NULL"),
			0);
	CU_ASSERT_TRUE(tape_value(&t, "SELECT sum(ns) FROM blame") > 1000000);
	CU_ASSERT_EQUAL(tape_value(&t, "SELECT count(*) FROM oddity WHERE kind NOT LIKE 'stacks%'"),
			0);
	tape_end(&t);
}

/* Records of all kinds and sizes with any content: nothing is trusted. */
TEST(ingest, survives_any_bytes)
{
	struct tape t;
	struct segment *s = calloc(1, SEGMENT_SIZE);
	tape_begin(&t);
	for (unsigned round = 0; round < 300; round++) {
		uint32_t at = sizeof(*s);
		for (uint32_t *word = (uint32_t *)s; word < (uint32_t *)s + SEGMENT_SIZE / 4;
		     word++)
			*word = dice(3) ? dice(70) : dice(UINT32_MAX);
		s->process = dice(20) ? 1 + dice(4) : dice(UINT32_MAX);
		s->tid = 1 + dice(20);
		while (at + 200 < SEGMENT_SIZE) {
			struct record *r = (void *)((char *)s + at);
			*r = (struct record){(uint16_t)(8 + 8 * dice(20)),
					     (uint16_t)dice(EVENT_LIMIT + 1), (uint16_t)dice(90),
					     (uint16_t)dice(3)};
			at += r->size;
		}
		ingest_records(t.in, s, sizeof(*s), at);
		ingest_tick(t.in, AT(round * 40000000ull));
		ingest_process_gone(t.in, 1 + dice(5), PROCESS_KILLED, 9, AT(dice(UINT32_MAX)));
	}
	tape_finish(&t);
	CU_ASSERT_TRUE(tape_value(&t, "SELECT count(*) FROM wait") > 100);
	CU_ASSERT_EQUAL(tape_value(&t,
				   "SELECT sum(wait_ns) FROM wait_sum JOIN hook h ON h.id = hook "
				   "WHERE h.family IN ('mutex', 'rwlock', 'spin', 'semaphore', "
				   "'once')"),
			tape_value(&t, "SELECT sum(ns) FROM blame"));
	CU_ASSERT_EQUAL(store_run_int(t.store, "finished", 0), 1);
	free(s);
	tape_end(&t);
}
