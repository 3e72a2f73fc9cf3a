/*
 * Locks in both orders, on histories by hand: what could become a deadlock is told, with both
 * stacks each; what cannot is not, above all the patterns that other tools were blamed for.
 */
#include "reports/order/inversion.h"
#include "reports/graph/graph.h"
#include "reports/order/components.h"
#include "tests/unit/history_random.h"
#include "tests/unit/history_text.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char told[4096];

/* a(t1 1:2)b(t2 3:4); : t1 held a (1) and wanted b (2), t2 … */
static void tell(void *data, const struct inversion *v)
{
	const struct history *h = data;
	char *at = told + strlen(told);

	for (uint32_t i = 0; i < v->length && at < told + sizeof(told) - 64; i++)
		at += sprintf(at, "%s(%s %u:%u)", h->object[v->step[i].lock].name,
			      h->thread[v->step[i].thread].name, v->step[i].held_stack,
			      v->step[i].stack);
	strcpy(at, ";");
}

static const char *find(const char *text)
{
	struct history h;

	*told = 0;
	history_from_text(&h, text);
	graph_resolve(&h);
	inversions_find(&h, tell, &h);
	history_free(&h);
	return told;
}

#define THREADS                                                                                    \
	"thread main 0 1000\n thread t1 1 999 by main\n thread t2 1 999 by main\n"                 \
	"thread t3 1 999 by main\n"

TEST(inversion, two_locks_in_both_orders_are_told_with_all_stacks)
{
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20 at 1\n hold t1 B 12 18 at 2\n"
					    "hold t2 B 30 40 at 3\n hold t2 A 32 38 at 4\n"),
			       "A(t1 1:2)B(t2 3:4);");
	/* a wait is where it was wanted; its hold is not wanted once more */
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20 at 1\n wait t1 B 12 14 acquired at 7\n"
					    "hold t1 B 14 18 at 2\n"
					    "hold t2 B 5 14 at 3\n hold t2 A 6 8 at 4\n"),
			       "A(t1 1:7)B(t2 3:4);");
	/* wanted only, and never got */
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 900 at 1\n hold t2 B 10 900 at 3\n"
					    "wait t1 B 20 900 unfinished at 2\n"
					    "wait t2 A 20 900 unfinished at 4\n"),
			       "A(t1 1:2)B(t2 3:4);");
	/* held while the next one is wanted, but released before it is */
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 15 at 1\n hold t1 B 12 18 at 2\n"
					    "hold t2 B 30 35 at 3\n hold t2 A 32 38 at 4\n"),
			       "A(t1 1:2)B(t2 3:4);");
}

TEST(inversion, same_order_and_one_after_the_other_are_none)
{
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20\n hold t1 B 12 18\n"
					    "hold t2 A 30 40\n hold t2 B 32 38\n"),
			       "");
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 12\n hold t1 B 12 18\n"
					    "hold t2 B 30 32\n hold t2 A 32 38\n"),
			       "");
}

TEST(inversion, three_and_four_locks)
{
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20 at 1\n hold t1 B 12 18 at 2\n"
					    "hold t2 B 30 40 at 3\n hold t2 C 32 38 at 4\n"
					    "hold t3 C 50 60 at 5\n hold t3 A 52 58 at 6\n"),
			       "A(t1 1:2)B(t2 3:4)C(t3 5:6);");
	CU_ASSERT_STRING_EQUAL(find(THREADS "thread t4 1 999 by main\n"
					    "hold t1 A 10 20 at 1\n hold t1 B 12 18 at 2\n"
					    "hold t2 B 30 40 at 3\n hold t2 C 32 38 at 4\n"
					    "hold t3 C 50 60 at 5\n hold t3 D 52 58 at 6\n"
					    "hold t4 D 50 60 at 7\n hold t4 A 52 58 at 8\n"),
			       "A(t1 1:2)B(t2 3:4)C(t3 5:6)D(t4 7:8);");
}

/* sanitizers 488: one thread cannot wait for itself; nor two steps of three by the same one */
TEST(inversion, threads_must_differ)
{
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20\n hold t1 B 12 18\n"
					    "hold t1 B 30 40\n hold t1 A 32 38\n"),
			       "");
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20\n hold t1 B 12 18\n"
					    "hold t2 B 30 40\n hold t2 C 32 38\n"
					    "hold t1 C 50 60\n hold t1 A 52 58\n"),
			       "");
}

/* sanitizers 814, 1419, llvm 57955: m1 is released before m2 -> m3 is taken */
TEST(inversion, a_chain_that_lets_go_is_none)
{
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 14\n hold t1 B 12 20\n"
					    "hold t1 C 16 18\n"
					    "hold t2 C 30 40\n hold t2 A 32 38\n"),
			       "");
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20\n hold t1 B 12 20\n"
					    "hold t1 C 16 18\n"
					    "hold t2 C 30 40 at 1\n hold t2 A 32 38 at 2\n"),
			       "A(t1 0:0)C(t2 1:2);");
}

/* sanitizers 1862: readers do not keep readers out */
TEST(inversion, readers_on_one_lock_break_the_cycle)
{
#define RW "object A rwlock\n object B rwlock\n"
	CU_ASSERT_STRING_EQUAL(find(THREADS RW "hold t1 A 10 20 shared\n hold t1 B 12 18 shared\n"
					       "hold t2 B 30 40 shared\n hold t2 A 32 38 shared\n"),
			       "");
	/* B is only read; A is written once */
	CU_ASSERT_STRING_EQUAL(find(THREADS RW "hold t1 A 10 20\n hold t1 B 12 18 shared\n"
					       "hold t2 B 30 40 shared\n hold t2 A 32 38\n"),
			       "");
	CU_ASSERT_STRING_EQUAL(find(THREADS RW
				    "hold t1 A 10 20 shared at 1\n hold t1 B 12 18 at 2\n"
				    "hold t2 B 30 40 shared at 3\n hold t2 A 32 38 at 4\n"),
			       "A(t1 1:2)B(t2 3:4);");
}

/* sanitizers 1798: another lock at the same address is another object */
TEST(inversion, another_lock_at_the_address_is_another)
{
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20\n hold t1 B 12 18\n"
					    "hold t2 B 30 40\n hold t2 A2 32 38\n"),
			       "");
}

/* sanitizers 1163: the constructor locks its new object, then the registry it goes into */
TEST(inversion, a_lock_that_nobody_else_can_know_is_none)
{
#define PUBLISH                                                                                    \
	"hold t1 A 10 20\n hold t1 B 12 18\n"                                                      \
	"hold t2 B 30 40\n hold t2 A 32 38\n"
	CU_ASSERT_STRING_EQUAL(find(THREADS "object A mutex init 9\n" PUBLISH), "");
	/* made by somebody before the thread was, or used by another one before */
	CU_ASSERT_STRING_EQUAL(find("thread main 0 1000\n thread t1 10 999 by main\n"
				    "thread t2 10 999 by main\n"
				    "object A mutex init 9\n" PUBLISH),
			       "A(t1 0:0)B(t2 0:0);");
	CU_ASSERT_STRING_EQUAL(find(THREADS "object A mutex init 5\n hold t3 A 7 8\n" PUBLISH),
			       "A(t1 0:0)B(t2 0:0);");
}

/* sanitizers 1620: who gives up never waits for ever; but holds what it got */
TEST(inversion, tries_and_timed_calls_hold_but_do_not_wait)
{
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20\n hold t1 B 12 18 gives-up\n"
					    "hold t2 B 30 40\n hold t2 A 32 38\n"),
			       "");
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20\n"
					    "wait t1 B 12 14 acquired gives-up\n"
					    "hold t1 B 14 18 gives-up\n"
					    "hold t2 B 30 40\n hold t2 A 32 38\n"),
			       "");
	CU_ASSERT_STRING_EQUAL(find(THREADS "hold t1 A 10 20 gives-up at 1\n hold t1 B 12 18 at 2\n"
					    "hold t2 B 30 40 at 3\n hold t2 A 32 38 at 4\n"),
			       "A(t1 1:2)B(t2 3:4);");
}

TEST(inversion, a_gate_around_both_keeps_them_apart)
{
#define GATED(first, second)                                                                       \
	first "hold t1 A 10 20 at 1\n hold t1 B 12 18 at 2\n" second                               \
	      "hold t2 B 30 40 at 3\n hold t2 A 32 38 at 4\n"
	CU_ASSERT_STRING_EQUAL(find(THREADS GATED("hold t1 G 5 25\n", "hold t2 G 25 45\n")), "");
	CU_ASSERT_STRING_EQUAL(find(THREADS GATED("hold t1 G 5 25\n", "hold t2 F 25 45\n")),
			       "A(t1 1:2)B(t2 3:4);");
	/* readers of the gate pass it together, a writer alone */
	CU_ASSERT_STRING_EQUAL(find(THREADS "object G rwlock\n" GATED("hold t1 G 5 25 shared\n",
								      "hold t2 G 25 45 shared\n")),
			       "A(t1 1:2)B(t2 3:4);");
	CU_ASSERT_STRING_EQUAL(
	    find(THREADS "object G rwlock\n" GATED("hold t1 G 5 25 shared\n", "hold t2 G 25 45\n")),
	    "");
}

/* Seen with its gate once, and once, timed in part only, without. */
TEST(inversion, a_gate_counts_for_all_runs_of_the_same_code)
{
#define AGAIN                                                                                      \
	"hold t1 A 110 120 at 1\n hold t1 B 112 118 at 2\n"                                        \
	"hold t2 B 130 140 at 3\n hold t2 A 132 138 at 4\n"
	CU_ASSERT_STRING_EQUAL(find(THREADS GATED("hold t1 G 5 25\n", "hold t2 G 25 45\n") AGAIN),
			       "");
	CU_ASSERT_STRING_EQUAL(
	    find(THREADS GATED("", "") AGAIN "hold t1 G 105 125\n hold t2 G 125 145\n"), "");
}

TEST(inversion, births_joins_and_barriers_order_threads)
{
#define BOTH                                                                                       \
	"hold t1 A 10 20 at 1\n hold t1 B 12 18 at 2\n"                                            \
	"hold t2 B 130 140 at 3\n hold t2 A 132 138 at 4\n"
	CU_ASSERT_STRING_EQUAL(find(THREADS BOTH), "A(t1 1:2)B(t2 3:4);");
	/* t2 is born by t1 afterwards */
	CU_ASSERT_STRING_EQUAL(find("thread main 0 1000\n thread t1 1 999 by main\n"
				    "thread t2 110 999 by t1 created 100\n" BOTH),
			       "");
	/* or before: then not */
	CU_ASSERT_STRING_EQUAL(find("thread main 0 1000\n thread t1 1 999 by main\n"
				    "thread t2 110 999 by t1 created 5\n" BOTH),
			       "A(t1 1:2)B(t2 3:4);");
	/* main joins t1, then makes t2 */
	CU_ASSERT_STRING_EQUAL(find("thread main 0 1000\n thread t1 1 50 by main\n"
				    "thread t2 110 999 by main created 100\n"
				    "object J join\n wait main J 2 60 other t1\n" BOTH),
			       "");
	/* a barrier between */
	CU_ASSERT_STRING_EQUAL(find(THREADS "object P barrier\n"
					    "wait t1 P 50 71\n wait t2 P 70 72\n" BOTH),
			       "");
	/* a third thread carries it: t1 meets t3 at one, then t3 meets t2 at another */
	CU_ASSERT_STRING_EQUAL(find(THREADS "object P barrier\n object Q barrier\n"
					    "wait t1 P 50 71\n wait t3 P 70 72\n"
					    "wait t3 Q 80 92\n wait t2 Q 90 93\n" BOTH),
			       "");
	CU_ASSERT_STRING_EQUAL(find(THREADS "object P barrier\n object Q barrier\n"
					    "wait t3 Q 20 32\n wait t2 Q 30 33\n"
					    "wait t1 P 50 71\n wait t3 P 70 72\n" BOTH),
			       "A(t1 1:2)B(t2 3:4);");
}

TEST(inversion, the_same_code_is_told_once)
{
	/* locks of one place, by four threads, over and over */
	struct history h = {0};
	*told = 0;
	for (int t = 0; t < 4; t++)
		history_add_thread(&h, t ? "worker" : "main")->end = 100000;
	for (uint32_t o = 0; o < 6; o++) {
		struct history_object *object = history_add_object(&h, HISTORY_mutex, "account");
		object->group = 0;
	}
	for (int64_t i = 0; i < 3000; i++) {
		for (int nested = 0; nested < 2; nested++) {
			struct history_hold *x = history_add_hold(&h);
			x->thread = (uint32_t)(i % 4);
			x->object = (uint32_t)((i * 7 + (nested ? 1 + i % 5 : 0)) % 6);
			x->acquired = 10 + i * 20 + nested * 2;
			x->released = 10 + i * 20 + 10 - nested * 2;
			x->stack = (uint32_t)(1 + nested);
		}
	}
	history_sort(&h);
	graph_resolve(&h);
	inversions_find(&h, tell, &h);
	history_free(&h);
	/* one for each number of locks in the cycle */
	CU_ASSERT(strlen(told) > 0);
	int count = 0;
	for (const char *at = told; (at = strchr(at, ';')); at++)
		count++;
	CU_ASSERT(count >= 1 && count <= 3);
}

/* By the definition, one run of code against each other one: is there a cycle of these locks? */
struct run {
	uint32_t thread, held, wanted, gate; /* NOTHING: none */
	bool held_shared, wanted_shared;
};

static bool may_meet(const struct run *a, const struct run *b)
{
	uint32_t x[] = {a->held, a->gate}, y[] = {b->held, b->gate};
	bool xs[] = {a->held_shared, false}, ys[] = {b->held_shared, false};

	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 2; k++)
			if (x[i] != NOTHING && x[i] == y[k] && !(xs[i] && ys[k]))
				return false;
	return a->thread != b->thread;
}

static bool leads_to(const struct run *a, const struct run *b)
{
	return a->wanted == b->held && !(a->wanted_shared && b->held_shared);
}

static bool any_cycle(const struct run *run, int count)
{
	for (int a = 0; a < count; a++)
		for (int b = 0; b < count; b++) {
			if (!leads_to(&run[a], &run[b]) || !may_meet(&run[a], &run[b]))
				continue;
			if (leads_to(&run[b], &run[a]))
				return true;
			for (int c = 0; c < count; c++)
				if (leads_to(&run[b], &run[c]) && leads_to(&run[c], &run[a]) &&
				    run[c].held != run[a].held && run[c].held != run[b].held &&
				    may_meet(&run[a], &run[c]) && may_meet(&run[b], &run[c]))
					return true;
		}
	return false;
}

static void add_hold(struct history *h, uint32_t thread, uint32_t object, bool shared, int64_t from,
		     int64_t to, uint32_t stack)
{
	struct history_hold *x = history_add_hold(h);

	x->thread = thread;
	x->object = object;
	x->acquired = from;
	x->released = to;
	x->stack = stack;
	x->flags = shared ? HISTORY_SHARED : 0;
}

TEST(inversion, random_histories_are_told_by_the_definition)
{
	int with = 0;

	for (uint64_t seed = 1; seed <= 10000; seed++) {
		struct dice d = dice_of(seed);
		struct history h = {0};
		struct run run[6];
		int count = 2 + (int)dice_roll(&d, 5);
		for (int i = 0; i < 3; i++)
			history_add_thread(&h, "t")->end = 10000;
		for (int i = 0; i < 5; i++)
			history_add_object(&h, HISTORY_rwlock, "o");
		for (int i = 0; i < count; i++) {
			int64_t at = 100 + 100 * i;
			struct run *r = &run[i];
			uint32_t stack = (uint32_t)i * 10 + 1;
			*r = (struct run){dice_roll(&d, 3),	 dice_roll(&d, 3),
					  dice_roll(&d, 3),	 NOTHING,
					  dice_roll(&d, 3) == 0, dice_roll(&d, 3) == 0};
			if (r->wanted == r->held)
				r->wanted = (r->held + 1) % 3;
			if (dice_roll(&d, 3) == 0)
				r->gate = 3 + dice_roll(&d, 2);
			if (r->gate != NOTHING)
				add_hold(&h, r->thread, r->gate, false, at, at + 90, 99);
			add_hold(&h, r->thread, r->held, r->held_shared, at + 10, at + 80, stack);
			add_hold(&h, r->thread, r->wanted, r->wanted_shared, at + 20, at + 70,
				 stack + 1);
		}
		history_sort(&h);
		graph_resolve(&h);
		*told = 0;
		inversions_find(&h, tell, &h);
		CU_ASSERT_EQUAL_FATAL(*told != 0, any_cycle(run, count));
		with += *told != 0;
		history_free(&h);
	}
	CU_ASSERT(with > 1000 && with < 9000);
}

/* Damaged histories must not bring it down. */
TEST(inversion, damaged_histories_are_survived)
{
	for (uint64_t seed = 1; seed <= 500; seed++) {
		struct history h = {0};
		history_damaged(&h, seed);
		history_sort(&h);
		graph_resolve(&h);
		*told = 0;
		inversions_find(&h, tell, &h);
		history_free(&h);
	}
}

static uint32_t ring(const void *data, uint32_t from, uint32_t n)
{
	const uint32_t *next = data;

	return n == 0 ? next[from] : COMPONENT_END;
}

TEST(inversion, components_of_long_chains)
{
	enum { NODES = 200000 };
	static uint32_t next[NODES];
	uint32_t *component;

	for (uint32_t i = 0; i < NODES; i++)
		next[i] = i + 1 < NODES ? i + 1 : NODES / 2;
	component = components_of(NODES, ring, next);
	CU_ASSERT_NOT_EQUAL(component[0], component[1]);
	CU_ASSERT_NOT_EQUAL(component[0], component[NODES - 1]);
	CU_ASSERT_EQUAL(component[NODES / 2], component[NODES - 1]);
	free(component);
}
