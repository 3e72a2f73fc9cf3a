#include "reports/replay/engine.h"
#include "tests/unit/unit.h"
#include <time.h>

/* A program written by hand: thread(), then its operations, next thread(). */
struct made {
	struct program p;
	size_t first;
};

static void close_span(struct made *m)
{
	if (m->p.threads && m->p.ops > m->first)
		program_add_span(&m->p, m->first);
	m->first = m->p.ops;
}

static struct program_thread *thread(struct made *m, int64_t start)
{
	close_span(m);
	struct program_thread *t = program_add_thread(&m->p);
	t->start = start;
	return t;
}

static void op(struct made *m, enum op_kind kind, uint32_t number, int64_t ns)
{
	struct op *o = program_add_op(&m->p, kind, number, ns);
	if (kind == OP_await || kind == OP_fire) {
		o->event = number;
		o->number = 0;
		if (number >= m->p.events)
			m->p.events = number + 1;
	}
}

static void section(struct made *m, uint32_t lock, int64_t ns)
{
	op(m, OP_acquire, lock, 0);
	op(m, OP_cpu, 0, ns);
	op(m, OP_release, lock, 0);
}

static struct outcome run_on(struct made *m, struct machine machine, int result)
{
	struct outcome o = {0};
	close_span(m);
	CU_ASSERT_EQUAL(engine_run(&m->p, &machine, &o), result);
	program_free(&m->p);
	return o;
}

static struct outcome run(struct made *m, int cores, enum hand_over hand_over, int64_t wake)
{
	struct machine machine = {cores, hand_over, .quantum = 3000, .wake = wake};
	return run_on(m, machine, 0);
}

TEST(engine, one_thread_takes_the_sum_of_its_operations)
{
	struct made m = {0};
	thread(&m, 5);
	op(&m, OP_cpu, 0, 100);
	op(&m, OP_sleep, 0, 1000);
	op(&m, OP_cpu, 0, 7);
	struct outcome o = run(&m, 1, HAND_OVER_FIFO, 50);
	CU_ASSERT_EQUAL(o.wall, 1112);
	CU_ASSERT_EQUAL(o.cpu, 107);
	CU_ASSERT_EQUAL(o.operations, 3);
}

/* Each: 10 of thinking, 30 in the lock, twice; a release wakes the other 5 later. */
static void two_in_one_lock(struct made *m)
{
	program_add_object(&m->p, OBJECT_LOCK);
	for (int t = 0; t < 2; t++) {
		thread(m, 0);
		for (int i = 0; i < 2; i++) {
			op(m, OP_cpu, 0, 10);
			section(m, 0, 30);
		}
	}
}

TEST(engine, hand_over_gives_a_lock_to_who_waits_longest)
{
	struct made m = {0};
	two_in_one_lock(&m);
	/* A 10-40, B is given it at 40, runs 45-75; A wants it at 50, runs 80-110, B at 115-145 */
	CU_ASSERT_EQUAL(run(&m, 2, HAND_OVER_FIFO, 5).wall, 145);
}

TEST(engine, barging_lets_the_running_thread_come_first)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_LOCK);
	thread(&m, 0);
	op(&m, OP_cpu, 0, 10);
	section(&m, 0, 30); /* 10-40 */
	op(&m, OP_cpu, 0, 2);
	section(&m, 0, 30); /* 42-72: the other is awake at 45 only, and finds it taken */
	thread(&m, 0);
	op(&m, OP_cpu, 0, 11);
	section(&m, 0, 30); /* woken again at 72, 77-107 */
	CU_ASSERT_EQUAL(run(&m, 2, HAND_OVER_BARGING, 5).wall, 107);
}

TEST(engine, waits_are_summed_by_object)
{
	struct made m = {0};
	int64_t wait[2] = {0};
	two_in_one_lock(&m);
	close_span(&m);
	struct outcome o = {.wait = wait};
	struct machine machine = {.cores = 2, .quantum = 3000};
	CU_ASSERT_EQUAL(engine_run(&m.p, &machine, &o), 0);
	CU_ASSERT_EQUAL(wait[0], 30 + 20 + 20); /* B from 10 to 40, A from 50 to 70, B 80 to 100 */
	program_free(&m.p);
}

TEST(engine, readers_share_and_writers_do_not)
{
	for (int shared = 0; shared < 2; shared++) {
		struct made m = {0};
		program_add_object(&m.p, OBJECT_LOCK);
		for (int t = 0; t < 4; t++) {
			thread(&m, 0);
			section(&m, 0, 100);
			m.p.op[m.p.ops - 3].flags = shared ? OP_SHARED : 0;
		}
		CU_ASSERT_EQUAL(run(&m, 4, HAND_OVER_FIFO, 0).wall, shared ? 100 : 400);
	}
}

TEST(engine, a_lock_with_permits_admits_so_many)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_LOCK)->tokens = 2;
	for (int t = 0; t < 6; t++) {
		thread(&m, 0);
		section(&m, 0, 100);
	}
	CU_ASSERT_EQUAL(run(&m, 6, HAND_OVER_BARGING, 0).wall, 300);
}

TEST(engine, a_barrier_waits_for_the_last_of_each_generation)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_BARRIER)->parties = 3;
	for (int t = 0; t < 3; t++) {
		thread(&m, 0);
		op(&m, OP_cpu, 0, 10 * (t + 1));
		op(&m, OP_barrier, 0, 0);
		op(&m, OP_cpu, 0, 10 * (3 - t));
		op(&m, OP_barrier, 0, 0);
	}
	CU_ASSERT_EQUAL(run(&m, 3, HAND_OVER_FIFO, 1).wall, 30 + 1 + 30 + 1);
}

TEST(engine, a_pipeline_of_tokens_runs_at_the_pace_of_its_slowest_stage)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_TOKENS);
	program_add_object(&m.p, OBJECT_TOKENS)->tokens = 2; /* room */
	thread(&m, 0);
	for (int i = 0; i < 10; i++) {
		op(&m, OP_take, 1, 0);
		op(&m, OP_cpu, 0, 10);
		op(&m, OP_post, 0, 0);
	}
	thread(&m, 0);
	for (int i = 0; i < 10; i++) {
		op(&m, OP_take, 0, 0);
		op(&m, OP_cpu, 0, 25);
		op(&m, OP_post, 1, 0);
	}
	CU_ASSERT_EQUAL(run(&m, 2, HAND_OVER_FIFO, 0).wall, 10 + 10 * 25);
}

TEST(engine, an_event_that_has_happened_lets_pass)
{
	for (int late = 0; late < 2; late++) {
		struct made m = {0};
		program_add_object(&m.p, OBJECT_TOKENS);
		thread(&m, 0);
		op(&m, OP_cpu, 0, 100);
		op(&m, OP_fire, 0, 0);
		thread(&m, 0);
		op(&m, OP_cpu, 0, late ? 200 : 20);
		op(&m, OP_await, 0, 0);
		op(&m, OP_cpu, 0, 1);
		CU_ASSERT_EQUAL(run(&m, 2, HAND_OVER_FIFO, 7).wall, late ? 201 : 108);
	}
}

TEST(engine, three_threads_share_two_cores_by_quantum)
{
	struct made m = {0};
	for (int t = 0; t < 3; t++) {
		thread(&m, 0);
		op(&m, OP_cpu, 0, 30000);
	}
	struct outcome o = run(&m, 2, HAND_OVER_FIFO, 0);
	CU_ASSERT_EQUAL(o.wall, 45000);
	CU_ASSERT_EQUAL(o.cpu, 90000);
}

TEST(engine, a_woken_thread_gets_a_core_when_a_slice_is_over)
{
	struct made m = {0};
	thread(&m, 0);
	op(&m, OP_cpu, 0, 10000);
	thread(&m, 0)->daemon = true;
	op(&m, OP_cpu, 0, 10000);
	thread(&m, 1000);
	op(&m, OP_cpu, 0, 100);
	m.p.thread[0].daemon = true;
	/* Its turn comes at 3000, not at 10000. */
	CU_ASSERT_EQUAL(run(&m, 2, HAND_OVER_FIFO, 0).wall, 3100);
}

TEST(engine, a_thread_begins_when_created_and_is_joined_at_its_end)
{
	struct made m = {0};
	thread(&m, 0);
	op(&m, OP_cpu, 0, 10);
	op(&m, OP_create, 1, 3);
	op(&m, OP_join, 1, 0);
	op(&m, OP_cpu, 0, 1);
	thread(&m, -1)->twin = 2;
	op(&m, OP_cpu, 0, 100);
	thread(&m, -1);
	op(&m, OP_cpu, 0, 200);
	CU_ASSERT_EQUAL(run(&m, 4, HAND_OVER_FIFO, 2).wall, 10 + 3 + 200 + 2 + 1);
}

TEST(engine, a_daemon_does_not_keep_the_run_alive)
{
	struct made m = {0};
	thread(&m, 0);
	op(&m, OP_cpu, 0, 10);
	thread(&m, 0)->daemon = true;
	op(&m, OP_await, 0, 0);
	CU_ASSERT_EQUAL(run(&m, 1, HAND_OVER_FIFO, 0).wall, 10);
}

TEST(engine, units_of_a_pool_go_to_whoever_is_free)
{
	struct made m = {0};
	static const int64_t unit[] = {100, 10, 10, 10, 10, 10, 10};
	for (size_t i = 0; i < 7; i++)
		op(&m, OP_cpu, 0, unit[i]);
	program_add_pool(&m.p);
	for (size_t i = 0; i < 7; i++)
		program_add_unit(&m.p, i, 1);
	m.first = m.p.ops;
	for (int t = 0; t < 2; t++) {
		thread(&m, 0);
		program_add_pull(&m.p, 0);
		op(&m, OP_cpu, 0, 1);
	}
	struct outcome o = run(&m, 2, HAND_OVER_FIFO, 0);
	CU_ASSERT_EQUAL(o.wall, 101); /* one did the long unit, the other all else */
	CU_ASSERT_EQUAL(o.cpu, 162);
}

TEST(engine, who_spins_keeps_its_core_and_gets_the_lock_at_once)
{
	for (int spins = 0; spins < 2; spins++) {
		struct made m = {0};
		program_add_object(&m.p, spins ? OBJECT_SPIN : OBJECT_LOCK);
		for (int t = 0; t < 2; t++) {
			thread(&m, t);
			section(&m, 0, 100);
		}
		struct outcome o = run(&m, 2, HAND_OVER_BARGING, 50);
		CU_ASSERT_EQUAL(o.wall, spins ? 200 : 250);
		CU_ASSERT_EQUAL(o.cpu, spins ? 200 + 99 : 200);
	}
}

TEST(engine, an_adaptive_waiter_spins_first_and_then_sleeps)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_LOCK);
	for (int t = 0; t < 2; t++) {
		thread(&m, 0);
		section(&m, 0, 100);
	}
	struct machine machine = {.cores = 2, .quantum = 3000, .wake = 50, .spin = 40};
	struct outcome o = run_on(&m, machine, 0);
	CU_ASSERT_EQUAL(o.wall, 250);
	CU_ASSERT_EQUAL(o.cpu, 240);
}

TEST(engine, a_preempted_spinner_tries_again_when_it_runs)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_SPIN);
	for (int t = 0; t < 3; t++) {
		thread(&m, 0);
		section(&m, 0, 5000);
	}
	struct outcome o = run(&m, 1, HAND_OVER_FIFO, 0);
	CU_ASSERT(o.wall >= 15000 && o.wall < 40000);
}

TEST(engine, a_run_that_cannot_end_says_who_is_stuck)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_LOCK);
	program_add_object(&m.p, OBJECT_LOCK);
	for (uint32_t t = 0; t < 2; t++) {
		thread(&m, 0);
		op(&m, OP_acquire, t, 0);
		op(&m, OP_cpu, 0, 10);
		op(&m, OP_acquire, 1 - t, 0);
		op(&m, OP_release, 1 - t, 0);
		op(&m, OP_release, t, 0);
	}
	struct outcome o = run_on(&m, (struct machine){.cores = 2, .quantum = 3000}, -1);
	CU_ASSERT_EQUAL(o.stuck, 0);
	CU_ASSERT_EQUAL(o.stuck_op, 2);
}

TEST(engine, sharded_operations_use_the_lock_of_their_thread)
{
	struct made m = {0};
	for (int i = 0; i < 4; i++)
		program_add_object(&m.p, OBJECT_LOCK);
	for (int t = 0; t < 4; t++) {
		thread(&m, 0);
		section(&m, 0, 100);
		for (size_t i = m.p.ops - 3; i < m.p.ops; i += 2) {
			m.p.op[i].flags = OP_SHARDED;
			m.p.op[i].event = 2;
		}
	}
	CU_ASSERT_EQUAL(run(&m, 4, HAND_OVER_FIFO, 0).wall, 200);
}

/* Threads that think and take one of `locks` locks in turn, at random. */
static void random_program(struct made *m, uint32_t seed, uint32_t locks)
{
	uint32_t x = seed * 2654435761u + 1;
	for (int l = 0; l < 3; l++)
		program_add_object(&m->p, OBJECT_LOCK);
	for (int t = 0; t < 2 + (int)(seed % 6); t++) {
		thread(m, 0);
		for (int i = 0; i < 30; i++) {
			x = x * 1664525u + 1013904223u;
			uint32_t lock = (x >> 20) % 3;
			op(m, OP_cpu, 0, (x >> 8) % 200);
			if (lock < locks)
				section(m, lock, (x >> 16) % 100);
			else
				op(m, OP_cpu, 0, (x >> 16) % 100);
		}
	}
	close_span(m);
}

static void sums_of(const struct program *p, int64_t *longest, int64_t *all)
{
	*longest = *all = 0;
	for (size_t t = 0; t < p->threads; t++) {
		const struct span *s = &p->span[p->thread[t].spans.first];
		int64_t sum = 0;
		for (uint32_t i = 0; i < s->count; i++)
			sum += p->op[s->first + i].ns;
		*longest = sum > *longest ? sum : *longest;
		*all += sum;
	}
}

/* No schedule beats the longest thread, nor all work divided by the cores; none needs more than
 * all work one after the other, and the wakes. One core is never idle when waking costs nothing;
 * with a core for each and no lock the longest thread is all. */
TEST(engine, bounds_hold_for_random_programs)
{
	for (uint32_t seed = 0; seed < 1000; seed++) {
		enum hand_over hand_over = seed % 2 ? HAND_OVER_FIFO : HAND_OVER_BARGING;
		int cores = 1 << seed % 4;
		int64_t longest, all, wake = seed % 3, ops;
		struct made m = {0}, free = {0};
		random_program(&m, seed, 3);
		sums_of(&m.p, &longest, &all);
		ops = (int64_t)m.p.ops;
		struct outcome o = run(&m, cores, hand_over, wake);
		CU_ASSERT(o.wall >= longest && o.wall >= all / cores);
		CU_ASSERT(o.wall <= all + wake * ops);
		CU_ASSERT(cores > 1 || wake > 0 || o.wall == all);
		CU_ASSERT_EQUAL(o.cpu, all);
		random_program(&free, seed, 0);
		CU_ASSERT_EQUAL(run(&free, 8, hand_over, wake).wall, longest);
	}
}

TEST(engine, runs_of_random_programs_are_the_same_each_time)
{
	for (uint32_t seed = 0; seed < 50; seed++) {
		struct made a = {0}, b = {0};
		random_program(&a, seed, 3);
		random_program(&b, seed, 3);
		CU_ASSERT_EQUAL(run(&a, 2, HAND_OVER_BARGING, 3).wall,
				run(&b, 2, HAND_OVER_BARGING, 3).wall);
	}
}

TEST(engine, readers_pass_while_others_read_and_a_writer_waits_for_the_last)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_LOCK);
	for (int t = 0; t < 4; t++) {
		thread(&m, t * 10);
		section(&m, 0, 50);
		m.p.op[m.p.ops - 3].flags = t == 1 ? 0 : OP_SHARED;
	}
	/* Readers 0-50, 20-70, 30-80, and then the writer, though it came at 10. */
	CU_ASSERT_EQUAL(run(&m, 4, HAND_OVER_FIFO, 5).wall, 80 + 5 + 50);
}

TEST(engine, a_writer_hands_over_to_all_readers)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_LOCK);
	for (int t = 0; t < 4; t++) {
		thread(&m, t * 10);
		section(&m, 0, 50);
		m.p.op[m.p.ops - 3].flags = t < 2 ? 0 : OP_SHARED;
	}
	/* Writer 0-50, readers 50-100, the second writer 100-150. */
	CU_ASSERT_EQUAL(run(&m, 4, HAND_OVER_BARGING, 0).wall, 150);
}

TEST(engine, who_wakes_another_pays_for_it)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_LOCK);
	thread(&m, 0);
	section(&m, 0, 50);
	op(&m, OP_cpu, 0, 100);
	thread(&m, 1);
	section(&m, 0, 1);
	op(&m, OP_cpu, 0, 2);
	struct outcome o =
	    run_on(&m, (struct machine){.cores = 2, .quantum = 3000, .wake_cost = 7}, 0);
	CU_ASSERT_EQUAL(o.wall, 157);
	/* The one that waited marks the lock, and pays too. */
	CU_ASSERT_EQUAL(o.cpu, 157 + 1 + 7 + 2);
}

TEST(engine, a_run_that_only_spins_is_stuck)
{
	struct made m = {0};
	program_add_object(&m.p, OBJECT_SPIN);
	thread(&m, 0);
	op(&m, OP_acquire, 0, 0);
	op(&m, OP_await, 0, 0);
	op(&m, OP_release, 0, 0);
	for (int t = 0; t < 3; t++) {
		thread(&m, 10);
		section(&m, 0, 5);
	}
	run_on(&m, (struct machine){.cores = 2, .quantum = 3000}, -1);
}

static double cost_of(uint32_t items)
{
	struct made m = {0};
	uint32_t x = 1;
	for (int l = 0; l < 8; l++)
		program_add_object(&m.p, OBJECT_LOCK);
	for (int t = 0; t < 32; t++) {
		thread(&m, 0);
		for (uint32_t i = 0; i < items; i++) {
			x = x * 1664525u + 1013904223u;
			op(&m, OP_cpu, 0, (x >> 8) % 2000);
			section(&m, (x >> 20) % 8, (x >> 16) % 200);
		}
	}
	clock_t begin = clock();
	run(&m, 4, HAND_OVER_BARGING, 5);
	return (double)(clock() - begin);
}

/* Of CPU time; a cost that grew with the square would be 16 times as much per operation. */
TEST(engine, cost_is_linear_in_the_operations)
{
	double one = cost_of(1000) + cost_of(1000), four = cost_of(4000), sixteen = cost_of(16000);
	CU_ASSERT(four < 5 * 4 * (one / 2 + 1000));
	CU_ASSERT(sixteen < 5 * 16 * (one / 2 + 1000));
}
