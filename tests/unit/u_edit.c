#include "reports/replay/edit.h"
#include "reports/replay/select.h"
#include "tests/unit/program_text.h"
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>

static const enum object_kind locks[] = {OBJECT_LOCK, OBJECT_LOCK};

/* Thread 0 of the program, edited. */
static const char *edited(const char *text, struct edit e, enum edit_level level)
{
	static bool on_a[2] = {true, false}, stack[8] = {false, true};
	static char out[4096];
	struct program from, to;
	program_from_text(&from, locks, 2, text);
	e.object = on_a;
	e.objects = 2;
	e.stack = e.stack_surely = stack; /* stack 1 is the function */
	e.stacks = 8;
	edit_apply(&to, &from, &e, &(struct edit_case){level, 4, 1});
	strcpy(out, program_text(&to, 0));
	program_free(&from);
	program_free(&to);
	return out;
}

#define IS_EDITED(text, kind, factor, expected)                                                    \
	CU_ASSERT_STRING_EQUAL(                                                                    \
	    edited(text, (struct edit){kind, factor, NULL, NULL, NULL, NULL, 0, 0, 0},             \
		   EDIT_LIKELY),                                                                   \
	    expected)

TEST(edit, a_lock_is_left_out)
{
	IS_EDITED("10 +A 5 +B 3 -B -A 7", EDIT_without, 0, "10 5 +B 3 -B 7");
}

TEST(edit, the_time_under_a_lock_is_scaled_also_in_locks_inside)
{
	IS_EDITED("10 +A 6 =4 +B 2 -B -A 8", EDIT_hold, 0.5, "10 +A 3 =2 +B 1 -B -A 8");
}

TEST(edit, a_share_of_the_section_moves_out_of_it)
{
	IS_EDITED("10 +A 8 =4 -A 7", EDIT_move, 0.25, "10 2 =1 +A 6 =3 -A 7");
}

TEST(edit, sections_are_done_together)
{
	IS_EDITED("10 +A 1 -A 10 +A 2 -A 10 +A 3 -A 10 +A 4 -A 5", EDIT_batch, 2,
		  "10 10 +A 1 2 -A 10 10 +A 3 4 -A 5");
	IS_EDITED("10 +A 1 -A 10", EDIT_batch, 2, "10 10 +A 1 -A");
}

TEST(edit, a_function_is_scaled_where_it_is_at_both_ends_or_asleep)
{
	IS_EDITED("10@1 +B@1 6@1 -B@1 10@2 +B@2 =8@1 -B@2", EDIT_function, 0.5,
		  "5 +B 3 -B 10 +B =4 -B");
}

TEST(edit, shards_are_the_threads_own_at_best_and_one_at_worst)
{
	struct edit e = {EDIT_split, 2, NULL, NULL, NULL, NULL, 0, 0, 0};
	CU_ASSERT_STRING_EQUAL(edited("+A 5 -A +A 5 -A", e, EDIT_WORST), "+A 5 -A +A 5 -A");
	CU_ASSERT_STRING_EQUAL(edited("+A 5 -A +A 5 -A", e, EDIT_BEST), "+C 5 -C +C 5 -C");
}

TEST(edit, shards_are_drawn_for_each_section_and_released_where_taken)
{
	struct edit e = {EDIT_split, 2, NULL, NULL, NULL, NULL, 0, 0, 0};
	char text[2048] = "";
	int first = 0, second = 0;
	for (int i = 0; i < 100; i++)
		strcat(text, "+A 5 -A ");
	const char *out = edited(text, e, EDIT_LIKELY);
	for (const char *at = out; *at; at++) {
		if (*at != '+')
			continue;
		CU_ASSERT_EQUAL(at[1], strchr(at, '-')[1]);
		first += at[1] == 'C';
		second += at[1] == 'D';
	}
	CU_ASSERT_EQUAL(first + second, 100);
	CU_ASSERT(first > 30 && second > 30);
}

static size_t shared_by(enum edit_level level, double factor)
{
	bool object[1] = {true}, surely[4] = {false, true}, likely[4] = {false, true, true};
	struct edit e = {EDIT_rwlock, factor, object, likely, surely, NULL, 1, 4, 0};
	struct program from, to;
	size_t n = 0;
	program_from_text(&from, locks, 1, "+A@1 5 -A@1 +A@2 5 -A@2 +A@3 5 -A@3");
	edit_apply(&to, &from, &e, &(struct edit_case){level, 1, 0});
	for (size_t i = 0; i < to.ops; i++)
		n += to.op[i].kind == OP_acquire && to.op[i].flags & OP_SHARED;
	program_free(&from);
	program_free(&to);
	return n;
}

TEST(edit, readers_share_as_far_as_it_is_known_who_reads)
{
	CU_ASSERT_EQUAL(shared_by(EDIT_WORST, 0), 1);
	CU_ASSERT_EQUAL(shared_by(EDIT_LIKELY, 0), 2);
	CU_ASSERT_EQUAL(shared_by(EDIT_BEST, 0), 3);
	CU_ASSERT_EQUAL(shared_by(EDIT_BEST, 1), 2); /* known */
}

TEST(edit, only_serial_time_of_the_function_is_divided)
{
	bool stack[4] = {false, true};
	struct edit e = {EDIT_serial, 8, NULL, stack, NULL, NULL, 0, 4, 0};
	struct program from, to;
	program_from_text(&from, locks, 1, "40 =80@1 +A -A 40 80");
	for (size_t i = 0; i < 2; i++)
		from.op[i].flags = OP_SERIAL;
	edit_apply(&to, &from, &e, &(struct edit_case){EDIT_LIKELY, 4, 0});
	/* On a core by as many as there are cores; asleep by all. */
	CU_ASSERT_STRING_EQUAL(program_text(&to, 0), "10 =10 +A -A 40 80");
	program_free(&from);
	program_free(&to);
}

TEST(edit, names_tell_who_reads)
{
	CU_ASSERT_EQUAL(select_reading("read_section"), READS_SURELY);
	CU_ASSERT_EQUAL(select_reading("Cache::lookUp(int)"), READS_SURELY);
	CU_ASSERT_EQUAL(select_reading("write_section"), READS_NOT);
	CU_ASSERT_EQUAL(select_reading("find_or_insert"), READS_NOT);
	CU_ASSERT_EQUAL(select_reading("thread_main"), READS_UNKNOWN); /* no read in thread */
	CU_ASSERT_EQUAL(select_reading("worker"), READS_UNKNOWN);
}
