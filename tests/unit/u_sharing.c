/* Suspects of false sharing, from uses written by hand. */
#include "reports/sharing/sharing.h"
#include "tests/unit/unit.h"
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SECOND 1000000000

struct found {
	struct suspect suspect[8];
	int count;
};

static void take(void *data, const struct suspect *s)
{
	struct found *f = data;
	f->suspect[f->count++ % 8] = *s;
}

static struct found locks(const struct lock_use *use, size_t count)
{
	struct found f = {0};
	sharing_locks(use, count, 64, SECOND, take, &f);
	return f;
}

TEST(sharing, needs_different_threads_at_different_locks)
{
	/* process, address, lock, thread, count */
	struct lock_use use[] = {{1, 0x1000, 1, 1, 5000}, {1, 0x1028, 2, 2, 3000}};
	struct found f = locks(use, 2);
	CU_ASSERT_EQUAL(f.count, 1);
	CU_ASSERT_EQUAL(f.suspect[0].kind, SHARING_LOCKS);
	CU_ASSERT_EQUAL(f.suspect[0].line, 0x1000);
	CU_ASSERT_EQUAL(f.suspect[0].threads, 2);
	CU_ASSERT_EQUAL(f.suspect[0].acquisitions, 8000);
	CU_ASSERT_EQUAL(f.suspect[0].moves, 6000);
	CU_ASSERT_TRUE(f.suspect[0].apart);
	use[1].thread = 1;
	CU_ASSERT_EQUAL(locks(use, 2).count, 0);
	use[1].thread = 2;
	use[1].address = 0x1040;
	CU_ASSERT_EQUAL(locks(use, 2).count, 0);
	use[1].address = 0x1028;
	use[1].process = 2;
	CU_ASSERT_EQUAL(locks(use, 2).count, 0);
}

TEST(sharing, of_locks_taken_seldom_is_none)
{
	struct lock_use use[] = {{1, 0x1000, 1, 1, 5000}, {1, 0x1028, 2, 2, 900}};
	CU_ASSERT_EQUAL(locks(use, 2).count, 0);
	struct found f = {0};
	use[1].count = 5000;
	sharing_locks(use, 2, 64, 10ll * SECOND, take, &f); /* often, but in a long run */
	CU_ASSERT_EQUAL(f.count, 0);
}

/* As where locks are made and thrown away at one address; a minute is the limit. */
TEST(sharing, of_thousands_of_locks_in_one_line_is_found_soon)
{
	enum { MANY = 6000 };
	static struct lock_use use[MANY];
	for (int i = 0; i < MANY; i++)
		use[i] = (struct lock_use){1, 0x1000 + i % 2 * 40, i + 1, i % 2 + 1, 5000};
	struct found f = locks(use, MANY);
	CU_ASSERT_EQUAL(f.count, 1);
	CU_ASSERT_EQUAL(f.suspect[0].kind, SHARING_LOCKS);
	CU_ASSERT_EQUAL(f.suspect[0].acquisitions, 5000ll * MANY);
}

TEST(sharing, a_thread_that_set_it_up_is_no_user)
{
	struct lock_use use[] = {
	    {1, 0x1000, 1, 1, 9000}, {1, 0x1000, 1, 2, 1}, {1, 0x1028, 2, 1, 9000}};
	CU_ASSERT_EQUAL(locks(use, 3).count, 0);
}

TEST(sharing, both_taken_by_both_is_less_sure)
{
	struct lock_use use[] = {{1, 0x1000, 1, 1, 9000},
				 {1, 0x1000, 1, 2, 8000},
				 {1, 0x1028, 2, 1, 7000},
				 {1, 0x1028, 2, 2, 6000}};
	struct found f = locks(use, 4);
	CU_ASSERT_EQUAL(f.count, 1);
	CU_ASSERT_FALSE(f.suspect[0].apart);
	CU_ASSERT_EQUAL(f.suspect[0].moves, 28000);
}

TEST(sharing, one_lock_of_many_threads_may_disturb_its_neighbours)
{
	struct lock_use use[] = {{1, 0x1000, 1, 1, 9000}, {1, 0x1000, 1, 2, 8000}};
	struct found f = locks(use, 2);
	CU_ASSERT_EQUAL(f.count, 1);
	CU_ASSERT_EQUAL(f.suspect[0].kind, SHARING_DATA);
}

static struct found arguments(int64_t first, int64_t stride, int count, int64_t life)
{
	struct argument_use use[16];
	struct found f = {0};
	for (int i = 0; i < count; i++)
		use[i] = (struct argument_use){
		    1, 1, 5, first + i * stride, i + 2, i * 10, i * 10 + life, 0};
	sharing_arguments(use, (size_t)count, 64, take, &f);
	return f;
}

TEST(sharing, of_arguments_depends_on_stride_and_begin)
{
	struct found f = arguments(0x10000, 24, 4, 100);
	CU_ASSERT_EQUAL(f.count, 1);
	CU_ASSERT_EQUAL(f.suspect[0].stride, 24);
	CU_ASSERT_EQUAL(f.suspect[0].threads, 4);
	CU_ASSERT_TRUE(f.suspect[0].apart);
	f = arguments(0x10000, 72, 4, 100);
	CU_ASSERT_EQUAL(f.count, 1);
	CU_ASSERT_FALSE(f.suspect[0].apart);
	CU_ASSERT_EQUAL(arguments(0x10000, 64, 4, 100).count, 0);
	CU_ASSERT_EQUAL(arguments(0x10000, 128, 4, 100).count, 0);
	CU_ASSERT_EQUAL(arguments(0x10020, 64, 4, 100).count, 1); /* each lies in two lines */
}

TEST(sharing, of_arguments_is_none_for_numbers_one_thread_or_lives_apart)
{
	CU_ASSERT_EQUAL(arguments(0x10000, 4, 4, 100).count, 0); /* int */
	CU_ASSERT_EQUAL(arguments(0, 8, 4, 100).count, 0);	 /* no addresses */
	CU_ASSERT_EQUAL(arguments(0x10000, 24, 1, 100).count, 0);
	CU_ASSERT_EQUAL(arguments(0x10000, 0, 4, 100).count, 0); /* all get the same */
	CU_ASSERT_EQUAL(arguments(0x10000, 24, 4, 5).count, 0);	 /* one after the other */
	CU_ASSERT_EQUAL(arguments(0x10000, 8192, 4, 100).count, 0);
}

TEST(sharing, of_arguments_is_by_routine_and_creator)
{
	struct argument_use use[] = {{1, 1, 5, 0x10000, 2, 0, 100, 0},
				     {1, 1, 6, 0x10010, 3, 0, 100, 0}};
	struct found f = {0};
	sharing_arguments(use, COUNT(use), 64, take, &f);
	CU_ASSERT_EQUAL(f.count, 0);
	use[1].routine = 5;
	use[1].parent = 2;
	sharing_arguments(use, COUNT(use), 64, take, &f);
	CU_ASSERT_EQUAL(f.count, 0);
}

TEST(sharing, lines_are_judged_by_who_wrote_which_word)
{
	/* offset, thread, reads, writes */
	struct word_use own[] = {{0, 1, 0, 100}, {40, 2, 0, 90}};
	struct word_use one[] = {{8, 1, 50, 50}, {8, 2, 50, 50}};
	struct word_use guarded[] = {
	    {0, 1, 50, 50}, {0, 2, 50, 50}, {40, 1, 50, 50}, {40, 2, 50, 50}};
	struct word_use readers[] = {{0, 1, 50, 50}, {40, 2, 70, 0}, {40, 3, 70, 0}};
	struct word_use constants[] = {{0, 1, 50, 0}, {40, 2, 70, 0}};
	struct word_use alone[] = {{0, 1, 50, 50}, {40, 1, 0, 70}};
	CU_ASSERT_EQUAL(sharing_line(own, COUNT(own), 50), LINE_FALSE);
	CU_ASSERT_EQUAL(sharing_line(own, COUNT(own), 7), LINE_UNCLEAR);
	CU_ASSERT_EQUAL(sharing_line(one, COUNT(one), 50), LINE_SHARED);
	CU_ASSERT_EQUAL(sharing_line(guarded, COUNT(guarded), 50), LINE_SHARED);
	CU_ASSERT_EQUAL(sharing_line(readers, COUNT(readers), 50), LINE_FALSE);
	CU_ASSERT_EQUAL(sharing_line(constants, COUNT(constants), 50), LINE_READ);
	CU_ASSERT_EQUAL(sharing_line(alone, COUNT(alone), 50), LINE_READ);
}
