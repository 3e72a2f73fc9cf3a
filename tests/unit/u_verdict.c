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

static void expect(const struct figures *f, const char *code)
{
	CU_ASSERT_STRING_EQUAL(verdict_code(f), code);
}

TEST(verdict, waiting_for_locks_comes_first)
{
	struct figures f = eight_threads();
	f.lock_ns = 20 * SECOND;
	f.contended = 10;
	expect(&f, "contended");
	f.lock_ns = SECOND / 10;
	expect(&f, "cheap");
	f.idle_ns = 79 * SECOND; /* a tenth of the time with work */
	expect(&f, "contended");
}

TEST(verdict, honest_opposites)
{
	struct figures f = eight_threads();
	expect(&f, "uncontended");
	f.idle_ns = 60 * SECOND;
	expect(&f, "idle");
	f.barrier_ns = f.phase_ns = 10 * SECOND;
	expect(&f, "barrier");
}

TEST(verdict, too_little_to_say)
{
	struct figures f = eight_threads();
	f.wall_ns = SECOND / 100;
	expect(&f, "short");
	f.threads = 0;
	expect(&f, "unseen");
}

TEST(verdict, one_thread_per_process)
{
	struct figures f = eight_threads();
	f.threads_at_most = 1;
	f.processes = 8;
	expect(&f, "single");
	f.contended = 1; /* of a lock between processes */
	f.lock_ns = 1;
	expect(&f, "cheap");
}
