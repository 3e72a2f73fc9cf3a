/* Which verdict follows from which figures. */
#include "reports/verdict.h"
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
