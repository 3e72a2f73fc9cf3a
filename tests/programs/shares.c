/* shares [THREADS [TICKS [SERIAL]]]: so many threads share TICKS sleeps of 5 ms; SERIAL more are
 * slept before by one. Points of progress: tick, as many as there are; thread, one for each.
 * THREADS 0: what SHARES_THREADS says, else one for each core it may use. */
#include "collectors/parprof.h"
#include "known.h"
#include <sched.h>

static long ticks;

static void tick(void)
{
	known_sleep(5);
	parprof_progress("tick");
}

static void *work(void *number)
{
	while (__atomic_fetch_sub(&ticks, 1, __ATOMIC_RELAXED) > 0)
		tick();
	parprof_progress("thread");
	return number;
}

static int cores(void)
{
	cpu_set_t set;
	IS(sched_getaffinity(0, sizeof(set), &set), 0);
	return CPU_COUNT(&set);
}

int main(int argc, char **argv)
{
	const char *told = getenv("SHARES_THREADS");
	int threads = argc > 1 ? atoi(argv[1]) : 0;
	ticks = argc > 2 ? atol(argv[2]) : 48;
	for (int i = argc > 3 ? atoi(argv[3]) : 0; i > 0; i--)
		known_sleep(5);
	threads = threads ? threads : told ? atoi(told) : cores();
	known_threads(threads, work);
	printf("%d threads on %d cores\n", threads, cores());
	fprintf(stderr, "done\n");
	return 0;
}
