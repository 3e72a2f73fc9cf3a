/* Which verdict follows from which figures. */
#include "profiler/text.h"
#include "reports/verdict.h"
#include "reports/verdict_words.h"
#include "tests/unit/unit.h"

#define SECOND 1000000000ll

/* Eight threads for ten seconds, half of it CPU. */
static struct figures eight_threads(void)
{
	return (struct figures){
	    .threads = 8,
	    .processes = 1,
	    .threads_at_most = 8,
	    .wall_ns = 10 * SECOND,
	    .life_ns = 80 * SECOND,
	    .cpu_ns = 40 * SECOND,
	    .acquisitions = 1000,
	};
}

static void expect(const struct figures *f, const char *finding, const char *code)
{
	CU_ASSERT_STRING_EQUAL(verdict_code(f, finding), code);
}

TEST(verdict, the_first_finding_decides)
{
	struct figures f = eight_threads();
	expect(&f, "lock", "contended");
	expect(&f, "serial", "serial");
	expect(&f, "stage", "stage");
	expect(&f, "no-core", "oversubscribed");
	f.idle_ns = 79 * SECOND;
	expect(&f, "lock", "contended");
}

TEST(verdict, honest_opposites)
{
	struct figures f = eight_threads();
	f.lanes = 4;
	f.got = 2;
	expect(&f, NULL, "uncontended");
	f.contended = 10;
	expect(&f, NULL, "cheap");
	f.got = 3.9;
	expect(&f, NULL, "scales");
	f.run_ns = SECOND;
	f.io_ns = 2 * SECOND;
	expect(&f, NULL, "io");
	f.io_ns = 0;
	f.got = 0.5;
	f.idle_ns = 60 * SECOND;
	expect(&f, NULL, "idle");
}

static void scales_is(const struct figures *f, const char *words)
{
	struct text t = {0};
	verdict_say_scales(f, &t);
	CU_ASSERT_STRING_EQUAL(text_string(&t), words);
	text_free(&t);
}

TEST(verdict, what_others_left_is_little_to_judge_by)
{
	struct figures f = eight_threads();
	f.lanes = 4;
	f.got = 3.9;
	scales_is(&f, "Scales fine: of 4.0x possible 3.9x was got.");
	f.got = 3;
	f.taken = 0.8;
	scales_is(&f, "Scales fine: of 3.2x that other programs left 3.0x was got.");
	f.got = 1.9;
	f.taken = 2;
	scales_is(&f, "Seems to scale, as far as can be told: of 2.0x that other programs left "
		      "1.90x was got.");
}

TEST(verdict, processes_of_one_thread_may_scale)
{
	struct figures f = eight_threads();
	f.threads_at_most = 1;
	f.processes = 8;
	f.lanes = 2;
	f.got = 1;
	expect(&f, NULL, "single");
	f.got = 1.8;
	expect(&f, NULL, "scales");
	f.processes = 1;
	expect(&f, NULL, "single");
}

TEST(verdict, too_little_to_say)
{
	struct figures f = eight_threads();
	f.wall_ns = SECOND / 25;
	expect(&f, "lock", "short");
	f.threads = 0;
	expect(&f, NULL, "unseen");
}

TEST(verdict, one_thread_per_process)
{
	struct figures f = eight_threads();
	f.threads_at_most = 1;
	f.processes = 8;
	expect(&f, NULL, "single");
	f.contended = 1; /* of a lock between processes */
	expect(&f, NULL, "cheap");
}
