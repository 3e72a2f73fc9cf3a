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
};

static void make(struct made *x, const char *text, size_t limit)
{
	*x = (struct made){0};
	history_from_text(&x->h, text);
	graph_make(&x->g, &x->h);
	program_make(&x->p, &x->g, limit, &x->m);
}

static void done(struct made *x)
{
	program_free(&x->p);
	graph_free(&x->g);
	history_free(&x->h);
}

/* The operations of a thread: "cpu 10 acquire L cpu 5 release L". Pieces of time, serial or not,
 * are one. */
static const char *code(const struct made *x, const char *name)
{
	static const char *const kinds[] = {
#define X(kind) #kind,
	    OP_KINDS(X)
#undef X
	};
	static char out[4096];
	size_t n = 0;
	const struct program_thread *t = &x->p.thread[history_find_thread(&x->h, name)];
	const struct span *s = &x->p.span[t->spans.first];
	*out = 0;
	for (uint32_t i = s->first; i < s->first + s->count; i++) {
		const struct op *op = &x->p.op[i];
		int64_t ns = op->ns;
		while (i + 1 < s->first + s->count && op->kind <= OP_sleep &&
		       op[1].kind == op->kind)
			ns += (++op, ++i, op->ns);
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s", n ? " " : "",
				      kinds[op->kind]);
		if (op->kind == OP_cpu || op->kind == OP_sleep)
			n += (size_t)snprintf(out + n, sizeof(out) - n, " %lld", (long long)ns);
		else if (op->kind == OP_create || op->kind == OP_join)
			n += (size_t)snprintf(out + n, sizeof(out) - n, " %s",
					      x->h.thread[op->number].name);
		else
			n += (size_t)snprintf(out + n, sizeof(out) - n, " %s",
					      x->h.object[op->number].name);
	}
	return out;
}

TEST(program, waits_for_locks_become_acquisitions_without_the_time)
{
	struct made x;
	make(&x,
	     "thread main 0 100\n"
	     "thread w1 0 100 by main\n"
	     "hold main L 10 50 waiters 1\n"
	     "wait w1 L 20 55 held-by main acquired\n"
	     "hold w1 L 55 70\n",
	     1000);
	CU_ASSERT_STRING_EQUAL(code(&x, "main"),
			       "create w1 cpu 10 acquire L cpu 40 release L cpu 50");
	CU_ASSERT_STRING_EQUAL(code(&x, "w1"), "cpu 20 acquire L cpu 15 release L cpu 30");
	CU_ASSERT_EQUAL(x.m.wakes[0], 5);
	CU_ASSERT_EQUAL(x.m.wall, 100);
	done(&x);
}

TEST(program, nested_holds_and_sleep_in_them_survive)
{
	struct made x;
	make(&x,
	     "thread main 0 100\n"
	     "object T timer\n"
	     "hold main A 10 80\n"
	     "hold main B 20 60\n"
	     "wait main T 30 50\n",
	     1000);
	CU_ASSERT_STRING_EQUAL(code(&x, "main"),
			       "cpu 10 acquire A cpu 10 acquire B cpu 10 sleep 20 cpu 10 release B "
			       "cpu 20 release A cpu 20");
	done(&x);
}

TEST(program, a_condition_is_waited_for_by_its_signal)
{
	struct made x;
	make(&x,
	     "thread main 0 100\n"
	     "thread w1 0 100 by main\n"
	     "object C condition\n"
	     "hold w1 M 5 10\n"
	     "wait w1 C 10 62 other M\n"
	     "hold w1 M 62 70\n"
	     "hold main M 40 60 waiters 1\n"
	     "wake main C 50\n",
	     1000);
	CU_ASSERT_STRING_EQUAL(
	    code(&x, "w1"),
	    "cpu 5 acquire M cpu 5 release M await C acquire M cpu 8 release M cpu 30");
	CU_ASSERT_STRING_EQUAL(code(&x, "main"),
			       "create w1 cpu 40 acquire M cpu 10 fire C cpu 10 release M cpu 40");
	done(&x);
}

TEST(program, a_wait_that_nobody_ended_stays_as_long_as_it_was)
{
	struct made x;
	make(&x,
	     "thread main 0 100\n"
	     "object C condition\n"
	     "wait main C 10 60 timed-out\n",
	     1000);
	CU_ASSERT_STRING_EQUAL(code(&x, "main"), "cpu 10 sleep 50 cpu 40");
	CU_ASSERT_EQUAL(x.m.unexplained_ns, 50);
	done(&x);
}

TEST(program, a_hold_of_weight_stands_for_so_many_sections)
{
	struct made x;
	make(&x,
	     "thread main 0 1000\n"
	     "hold main L 100 110 weight 10\n",
	     1000);
	const char *c = code(&x, "main");
	int sections = 0;
	for (const char *at = c; (at = strstr(at, "acquire L cpu 10 release L")); at++)
		sections++;
	CU_ASSERT_EQUAL(sections, 10);
	CU_ASSERT_EQUAL(x.m.progress_ns, 1000);
	done(&x);
}

TEST(program, acquisitions_known_by_count_are_spread_over_the_life)
{
	struct made x;
	make(&x,
	     "thread main 0 1000\n"
	     "tally main L 5 0 100 0\n",
	     1000);
	CU_ASSERT_STRING_EQUAL(code(&x, "main") + strlen("cpu 150 "),
			       "acquire L cpu 20 release L cpu 150 acquire L cpu 20 release L cpu "
			       "150 acquire L cpu 20 release L cpu 150 acquire L cpu 20 release L "
			       "cpu 150 acquire L cpu 20 release L cpu 150");
	done(&x);
}

TEST(program, polling_is_a_wait_for_the_release)
{
	struct made x;
	make(&x,
	     "thread main 0 100\n"
	     "thread w1 0 100 by main\n"
	     "hold main L 10 50\n"
	     "poll w1 L 20 50 16\n"
	     "hold w1 L 51 70\n",
	     1000);
	CU_ASSERT_STRING_EQUAL(code(&x, "w1"), "cpu 20 acquire L cpu 19 release L cpu 30");
	done(&x);
}

TEST(program, time_on_no_core_is_left_out)
{
	struct made x;
	make(&x, "thread main 0 1000000 cpu 600000 voluntary 0 involuntary 9\n", 1000);
	CU_ASSERT_STRING_EQUAL(code(&x, "main"), "cpu 600000");
	done(&x);
}

TEST(program, barriers_know_their_parties_and_who_comes_last_does_not_wait)
{
	struct made x;
	make(&x,
	     "thread main 0 100\n"
	     "thread w1 0 100 by main\n"
	     "thread w2 0 100 by main\n"
	     "object B barrier\n"
	     "wait main B 10 31\n"
	     "wait w1 B 20 32\n"
	     "wait w2 B 30 30\n"
	     "wait main B 50 71\n"
	     "wait w1 B 70 70\n"
	     "wait w2 B 60 72\n",
	     1000);
	CU_ASSERT_EQUAL(x.p.object[history_find_object(&x.h, "B")].parties, 3);
	CU_ASSERT_STRING_EQUAL(code(&x, "w2"), "cpu 30 barrier B cpu 30 barrier B cpu 28");
	done(&x);
}

TEST(program, a_run_with_too_many_operations_is_cut_to_its_middle)
{
	struct made x;
	struct text {
		char data[64 * 1000];
		size_t n;
	} *t = calloc(1, sizeof(*t));
	t->n += (size_t)sprintf(t->data, "thread main 0 100000\n");
	for (int i = 0; i < 1000; i++)
		t->n += (size_t)sprintf(t->data + t->n, "hold main L %d %d\n", i * 100 + 10,
					i * 100 + 20);
	make(&x, t->data, 1000);
	CU_ASSERT(x.m.cut);
	CU_ASSERT(x.p.ops > 900 && x.p.ops < 1300);
	CU_ASSERT(x.m.from > 30000 && x.m.to < 70000);
	done(&x);
	free(t);
}

TEST(program, a_section_that_was_not_timed_takes_as_long_as_others)
{
	struct made x;
	make(&x,
	     "thread main 0 100\n"
	     "thread w1 0 100 by main\n"
	     "hold main L 10 40 waiters 1\n"
	     "wait w1 L 20 42 held-by main acquired\n"
	     "tally main L 1 0 30 0\n"
	     "tally w1 L 1 1 30 22\n",
	     1000);
	CU_ASSERT_STRING_EQUAL(code(&x, "w1"), "cpu 20 acquire L cpu 30 release L cpu 28");
	done(&x);
}
