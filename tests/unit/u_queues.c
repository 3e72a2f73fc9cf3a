#include "reports/replay/queues.h"
#include "reports/replay/make.h"
#include "tests/unit/history_text.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct made {
	struct history h;
	struct graph g;
	struct program p;
	struct making m;
	size_t found;
};

static void make(struct made *x, const char *text)
{
	*x = (struct made){0};
	history_from_text(&x->h, text);
	graph_make(&x->g, &x->h);
	program_make(&x->p, &x->g, 10000, &x->m);
	x->found = queues_find(&x->p, &x->h, NULL);
}

static void done(struct made *x)
{
	program_free(&x->p);
	graph_free(&x->g);
	history_free(&x->h);
}

static size_t count(const struct made *x, enum op_kind kind)
{
	size_t n = 0;
	for (size_t i = 0; i < x->p.ops; i++)
		n += x->p.op[i].kind == kind;
	return n;
}

/* main puts an item each 100 from 100 on; w1 takes each, waiting for it: stacks 1, 2. With late,
 * it waits for every second one only. */
static char *pool(int items, bool late)
{
	static char text[100000];
	size_t n = (size_t)sprintf(text, "thread main 0 100000\n"
					 "thread w1 0 100000 by main\n"
					 "object C condition\n");
	for (int i = 0; i < items; i++) {
		int t = (i + 1) * 100;
		n += (size_t)sprintf(text + n, "hold main M %d %d at 1\n", t, t + 10);
		if (!late || i % 2 == 0)
			n += (size_t)sprintf(text + n,
					     "wake main C %d at 1\n"
					     "hold w1 M %d %d at 3\n"
					     "wait w1 C %d %d other M at 3\n",
					     t + 5, t - 30, t - 25, t - 25, t + 20);
		n += (size_t)sprintf(text + n, "hold w1 M %d %d at 2\n", t + 20, t + 30);
	}
	return text;
}

TEST(queues, a_condition_that_items_are_waited_for_with_becomes_tokens)
{
	for (int late = 0; late < 2; late++) {
		struct made x;
		make(&x, pool(20, late));
		CU_ASSERT_EQUAL(x.found, 1);
		CU_ASSERT_EQUAL(count(&x, OP_await), 0);
		CU_ASSERT_EQUAL(count(&x, OP_fire), 0);
		CU_ASSERT_EQUAL(count(&x, OP_take), 20);
		CU_ASSERT_EQUAL(count(&x, OP_post), 20);
		CU_ASSERT_EQUAL(x.p.object[x.p.objects - 1].tokens, 0);
		/* The pieces of a section around a wait are one. */
		CU_ASSERT_EQUAL(count(&x, OP_acquire), 40);
		CU_ASSERT_EQUAL(count(&x, OP_release), 40);
		done(&x);
	}
}

TEST(queues, a_signal_that_is_no_item_stays_a_signal)
{
	struct made x;
	char *text = pool(20, false);
	/* w1 takes the mutex there much more often than anything is put */
	for (int i = 0; i < 60; i++)
		sprintf(text + strlen(text), "hold w1 M %d %d at 2\n", 50000 + i * 100,
			50010 + i * 100);
	make(&x, text);
	CU_ASSERT_EQUAL(x.found, 0);
	CU_ASSERT_EQUAL(count(&x, OP_await), 20);
	CU_ASSERT_EQUAL(count(&x, OP_fire), 20);
	done(&x);
}

/* main puts 20 items at once, waiting for room of 4, w1 takes one each 100. */
TEST(queues, room_that_is_waited_for_has_its_size_and_items_are_never_taken_before)
{
	struct made x;
	char text[20000] = "thread main 0 100000\nthread w1 0 100000 by main\nobject R condition\n";
	for (int i = 0; i < 20; i++) {
		int get = 1000 + i * 100, put = i < 4 ? 100 + 20 * i : get - 400 + 60;
		if (i >= 4) {
			int room = get - 400; /* when the item 4 before was taken */
			sprintf(text + strlen(text),
				"hold main M %d %d at 3\n"
				"wait main R %d %d other M at 3\n"
				"wake w1 R %d at 2\n",
				room - 30, room - 25, room - 25, room + 50, room + 5);
			put = room + 50;
		}
		sprintf(text + strlen(text), "hold main M %d %d at 1\n", put, put + 9);
		sprintf(text + strlen(text), "hold w1 M %d %d at 2\n", get, get + 20);
	}
	make(&x, text);
	CU_ASSERT_EQUAL_FATAL(x.found, 2);
	CU_ASSERT_EQUAL(x.p.object[x.p.objects - 2].tokens, 4);
	CU_ASSERT_EQUAL(x.p.object[x.p.objects - 1].tokens, 0);
	CU_ASSERT_EQUAL(count(&x, OP_take), 40);
	CU_ASSERT_EQUAL(count(&x, OP_post), 40);
	CU_ASSERT_EQUAL(count(&x, OP_await), 0);
	done(&x);
}
