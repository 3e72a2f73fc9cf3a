/* Groups of counters: their files, and what their events are called on other processors. */
#include "collectors/kernel/counter_group.h"
#include "collectors/kernel/counter_name.h"
#include "profiler/counters.h"
#include "tests/unit/unit.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TEST(counter_group, a_file_is_read)
{
	struct counter_library l = {0};
	CU_ASSERT_EQUAL(counter_library_add(&l, "# words\ngroup g\nabout what it is for\n"
						"event a count x::A y::B:C -- all a\n"
						"event t ns perf::T\nuses b c\n"
						"metric m ratio 2 * a / (t + 1) -- the m\n"),
			0);
	const struct counter_event *a = counter_event_find(&l, "a");
	const struct counter_group *g = counter_group_find(&l, "g");
	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	CU_ASSERT_PTR_NOT_NULL_FATAL(g);
	CU_ASSERT_STRING_EQUAL(a->alternative[1], "y::B:C");
	CU_ASSERT_PTR_NULL(a->alternative[2]);
	CU_ASSERT_STRING_EQUAL(a->about, "all a");
	CU_ASSERT_STRING_EQUAL(g->about, "what it is for");
	CU_ASSERT_STRING_EQUAL(g->event[3], "c");
	CU_ASSERT_PTR_NULL(g->event[4]);
	CU_ASSERT_EQUAL_FATAL(l.metric_count, 1);
	CU_ASSERT_STRING_EQUAL(l.metrics[0].formula, "2 * a / (t + 1)");
	CU_ASSERT_STRING_EQUAL(l.metrics[0].unit, "ratio");
	CU_ASSERT_STRING_EQUAL(l.metrics[0].about, "the m");
	counter_library_free(&l);
}

TEST(counter_group, a_wrong_line_is_told_by_its_number)
{
	static const struct {
		const char *text;
		int line;
	} wrong[] = {{"event a count x::A", 1},
		     {"group g\nwhat is this", 2},
		     {"group g\nevent a count", 2},
		     {"group g\nmetric m share", 2},
		     {"\ngroup g\ngroup g", 3},
		     {"group", 1},
		     {"group g\nevent a count x\nevent a count y", 3}};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct counter_library l = {0};
		CU_ASSERT_EQUAL(counter_library_add(&l, wrong[i].text), wrong[i].line);
		counter_library_free(&l);
	}
}

static int takes(const struct counter_group *g, const char *name, size_t length)
{
	for (char *const *e = g->event; *e; e++)
		if (strlen(*e) == length && !strncmp(*e, name, length))
			return 1;
	return 0;
}

TEST(counter_group, formulas_use_events_of_their_group)
{
	struct counter_choices c;
	counter_choices_make(&c, "");
	CU_ASSERT(c.library.group_count >= 6);
	for (size_t i = 0; i < c.library.metric_count; i++) {
		const struct counter_metric *m = &c.library.metrics[i];
		const struct counter_group *g = counter_group_find(&c.library, m->group);
		for (const char *at = m->formula; *at;) {
			size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789");
			if (isalpha((unsigned char)*at) && !takes(g, at, n))
				CU_FAIL("a formula has a name that is no event of its group");
			at += n ? n : 1;
		}
	}
	counter_choices_free(&c);
}

/* libpfm4 reads this variable at its start: it then knows the events of all processors. */
TEST(counter_group, libpfm4_knows_every_name)
{
	struct counter_choices c;
	setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);
	counter_choices_make(&c, "");
	for (size_t i = 0; i < c.library.event_count; i++)
		for (char *const *name = c.library.events[i].alternative; *name; name++) {
			struct perf_event_attr attr;
			const char *why = counter_encode(*name, &attr);
			if (why)
				fprintf(stderr, "%s: %s\n", *name, why);
			CU_ASSERT_PTR_NULL(why);
			CU_ASSERT_EQUAL(attr.exclude_kernel, !strstr(*name, ":k"));
		}
	counter_choices_free(&c);
}

TEST(counter_group, names_are_groups_events_or_libpfm4_s)
{
	struct counter_choices c;
	counter_choices_make(&c, "software,page_faults,perf::CPU-CLOCK,,cycles,perf::CPU-CLOCK");
	CU_ASSERT_EQUAL(c.group_count, 1);
	CU_ASSERT_EQUAL_FATAL(c.count, 8);
	CU_ASSERT_STRING_EQUAL(c.choice[0].event->name, "task_clock");
	CU_ASSERT_STRING_EQUAL(c.choice[6].event->name, "perf::CPU-CLOCK");
	CU_ASSERT_STRING_EQUAL(c.choice[6].event->unit, "ns");
	CU_ASSERT_STRING_EQUAL(c.choice[7].event->alternative[0], "perf::CYCLES");
	counter_choices_free(&c);
}
