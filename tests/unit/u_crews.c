#include "reports/replay/deal.h"
#include "reports/replay/engine.h"
#include "tests/unit/program_text.h"
#include "tests/unit/unit.h"
#include <string.h>

static const enum object_kind kinds[] = {OBJECT_LOCK, OBJECT_BARRIER, OBJECT_TOKENS, OBJECT_TOKENS};

struct scene {
	struct history h;
	struct program p, dealt;
	struct crews crews;
};

/* Thread 0 creates all others, which are one group. */
static void begin(struct scene *s, const char *text)
{
	*s = (struct scene){0};
	program_from_text(&s->p, kinds, 4, text);
	for (uint32_t t = 0; t < s->p.threads; t++) {
		struct history_thread *x = history_add_thread(&s->h, "t");
		x->begin = t;
		x->end = 1000;
		s->p.thread[t].group = t > 0;
	}
	crews_find(&s->crews, &s->p, &s->h);
}

static const char *dealt(struct scene *s, enum deal_map map, uint32_t threads, uint32_t thread)
{
	struct staff staff = {1, threads};
	struct deal deal = {map, &staff, threads > 0};
	program_free(&s->dealt);
	deal_apply(&s->dealt, &s->p, &s->crews, &deal);
	return program_text(&s->dealt, thread);
}

static void end(struct scene *s)
{
	program_free(&s->p);
	program_free(&s->dealt);
	crews_free(&s->crews);
	history_free(&s->h);
}

#define THINK_FIRST "9 +A@1 2 -A@1 9 +A@1 2 -A@1 9 +A@1 2 -A@1 9 +A@1 2 -A@1"

TEST(crews, a_unit_begins_with_the_thinking_when_that_comes_first)
{
	struct scene s;
	begin(&s, "!1 ?1 | " THINK_FIRST);
	CU_ASSERT_EQUAL(s.crews.count, 1);
	CU_ASSERT_EQUAL(s.crews.crew[0].units, 4);
	CU_ASSERT_EQUAL(s.crews.crew[0].work_ns, 44);
	CU_ASSERT_STRING_EQUAL(dealt(&s, DEAL_FIXED, 4, 1), "9 +A 2 -A");
	CU_ASSERT_STRING_EQUAL(dealt(&s, DEAL_FIXED, 4, 4), "9 +A 2 -A");
	CU_ASSERT_EQUAL(s.dealt.threads, 5);
	end(&s);
}

TEST(crews, a_unit_ends_with_the_work_when_that_comes_last)
{
	struct scene s;
	begin(&s, "!1 ?1 | 1 +A@1 2 -A@1 9 +A@1 2 -A@1 9 +A@1 2 -A@1 9 +A@1 2 -A@1 9");
	CU_ASSERT_EQUAL(s.crews.crew[0].units, 4);
	CU_ASSERT_STRING_EQUAL(dealt(&s, DEAL_DYNAMIC, 2, 2),
			       "1 ( +A 2 -A 9; +A 2 -A 9; +A 2 -A 9; +A 2 -A 9; )");
	end(&s);
}

TEST(crews, work_is_dealt_in_order_of_time_and_none_is_lost)
{
	for (uint32_t n = 1; n <= 6; n++) {
		struct scene s;
		struct machine m = {.cores = 8, .quantum = 1000000};
		struct outcome o = {0};
		begin(&s, "!1 !2 ?1 ?2 | " THINK_FIRST " | " THINK_FIRST);
		dealt(&s, DEAL_FIXED, n, 1);
		CU_ASSERT_EQUAL(engine_run(&s.dealt, &m, &o), 0);
		CU_ASSERT_EQUAL(o.cpu, 2 * 44);
		dealt(&s, DEAL_DYNAMIC, n, 1);
		CU_ASSERT_EQUAL(engine_run(&s.dealt, &m, &o), 0);
		CU_ASSERT_EQUAL(o.cpu, 2 * 44);
		end(&s);
	}
}

TEST(crews, what_is_done_once_is_done_by_each_thread)
{
	struct scene s;
	begin(&s, "!1 ?1 | 50 %B +A@1 2 -A@1 9 +A@1 2 -A@1 9 +A@1 2 -A@1 9 %B 70");
	s.p.object[1].parties = 1;
	CU_ASSERT_STRING_EQUAL(dealt(&s, DEAL_FIXED, 3, 1), "16 %B +A 2 -A 9 %B 23");
	CU_ASSERT_EQUAL(s.dealt.object[1].parties, 3);
	end(&s);
}

TEST(crews, work_between_barriers_without_units_is_divided)
{
	struct scene s;
	begin(&s, "!1 !2 ?1 ?2 | 60 %B 20 %B | 30 %B 20 %B");
	s.p.object[1].parties = 2;
	CU_ASSERT_STRING_EQUAL(dealt(&s, DEAL_FIXED, 4, 1), "30 %B 10 %B");
	CU_ASSERT_STRING_EQUAL(dealt(&s, DEAL_FIXED, 4, 4), "15 %B 10 %B");
	CU_ASSERT_EQUAL(s.dealt.object[1].parties, 4);
	CU_ASSERT_STRING_EQUAL(dealt(&s, DEAL_FIXED, 1, 1), "120 %B 40 %B");
	end(&s);
}

TEST(crews, who_takes_from_a_queue_takes_the_next_item)
{
	struct scene s;
	begin(&s, "!1 !2 >C >C >C >C ?1 ?2 | <C@1 +A@1 1 -A@1 9 <C@1 +A@1 1 -A@1 9 <C@1 +A@1 1 "
		  "-A@1 9 | <C@1 +A@1 1 -A@1 50");
	CU_ASSERT_EQUAL(s.crews.crew[0].units, 4);
	CU_ASSERT(s.crews.crew[0].pulls);
	dealt(&s, DEAL_AS_SEEN, 0, 1);
	CU_ASSERT_EQUAL(s.dealt.pools, 1);
	CU_ASSERT_EQUAL(s.dealt.pool[0].count, 4);
	end(&s);
}

TEST(crews, stages_of_one_routine_are_crews_of_their_own)
{
	struct scene s;
	begin(&s, "!1 !2 >C >C >C ?1 ?2 | <C@1 9 >D <C@1 9 >D <C@1 9 >D | <D@1 9 <D@1 9 <D@1 9");
	CU_ASSERT_EQUAL(s.crews.count, 2);
	end(&s);
}

TEST(crews, threads_of_one_place_created_after_each_other_are_crews_of_their_own)
{
	struct scene s;
	begin(&s, "!1 ?1 !2 ?2 | 100 | 100");
	s.h.thread[1].end = 1;
	crews_free(&s.crews);
	crews_find(&s.crews, &s.p, &s.h);
	CU_ASSERT_EQUAL(s.crews.count, 2);
	CU_ASSERT_STRING_EQUAL(dealt(&s, DEAL_FIXED, 2, 1), "50");
	CU_ASSERT_STRING_EQUAL(dealt(&s, DEAL_FIXED, 2, 2), "50");
	CU_ASSERT_EQUAL(s.dealt.threads, 5);
	end(&s);
}
