/* What Python programs are told, from known sums. */
#include "reports/python/python.h"
#include "tests/unit/unit.h"
#include <math.h>
#include <string.h>

#define MS 1e6

/* Two threads that compute 500 ms each under one GIL. */
static struct python_sums turns(void)
{
	return (struct python_sums){.wall = 1020 * MS,
				    .alone = 20 * MS,
				    .serial = 20 * MS,
				    .work = 1020 * MS,
				    .longest = 500 * MS,
				    .held = 1020 * MS,
				    .held_wall = 1020 * MS,
				    .waited = 1000 * MS,
				    .cores = 2,
				    .workers = 2,
				    .computing = 2,
				    .computing_work = 1000 * MS,
				    .computing_held = 1000 * MS,
				    .computing_waited = 980 * MS,
				    .processes = 1,
				    .start_pool = 16 * MS,
				    .start_parent = 2 * MS,
				    .start_child = 4 * MS};
}

static bool near(double a, double b)
{
	return fabs(a - b) < 0.005;
}

TEST(python, threads_that_take_turns)
{
	struct python_sums s = turns();
	struct python_convoy none = {0};
	struct python_figures f = python_figures_of(&s);
	CU_ASSERT(near(f.now.value, 1.0));
	CU_ASSERT(near(f.threads.value, 1.0));
	CU_ASSERT(near(f.processes.value, 1020.0 / (20 + 500 + 16 + 2 * (2 + 4) / 2)));
	CU_ASSERT(near(f.free_threaded.value, 1020.0 / 520));
	CU_ASSERT(python_kind_of(&s, &none) == PYTHON_gil);
}

TEST(python, figures_lie_in_their_intervals_and_within_the_cores)
{
	struct python_sums s = turns();
	for (int cores = 1; cores <= 64; cores *= 2) {
		s.cores = s.workers = cores;
		s.longest = 1000 * MS / cores;
		struct python_figures f = python_figures_of(&s);
		const struct python_figure *all[] = {&f.now, &f.threads, &f.processes,
						     &f.free_threaded, &f.even};
		for (int i = 0; i < 5; i++) {
			CU_ASSERT(all[i]->low <= all[i]->value && all[i]->value <= all[i]->high);
			CU_ASSERT(all[i]->value <= cores + 0.001);
		}
		CU_ASSERT(f.processes.value <= f.free_threaded.value + 0.001);
		CU_ASSERT(f.threads.value <= f.free_threaded.value + 0.001);
	}
}

TEST(python, who_releases_the_gil_is_not_bound_by_it)
{
	struct python_sums s = turns();
	struct python_convoy none = {0};
	s.wall = 520 * MS;
	s.held = s.held_wall = s.computing_held = 50 * MS;
	s.waited = s.computing_waited = 5 * MS;
	CU_ASSERT(python_kind_of(&s, &none) == PYTHON_none);
	CU_ASSERT(near(python_figures_of(&s).now.value, 1020.0 / 520));
	CU_ASSERT(near(python_figures_of(&s).threads.value, 1020.0 / 520));
}

TEST(python, one_thread_that_holds_it_all_the_time_is_no_problem)
{
	struct python_sums s = turns();
	struct python_convoy none = {0};
	s.alone = s.serial = 1000 * MS;
	s.waited = s.computing_waited = 0;
	s.workers = s.computing = 1;
	CU_ASSERT(python_kind_of(&s, &none) == PYTHON_none);
}

TEST(python, a_convoy_has_a_victim_that_needs_little)
{
	struct python_convoy c = {.life = 1000 * MS,
				  .waited = 900 * MS,
				  .waits = 180,
				  .held = 3 * MS,
				  .takes = 180,
				  .requests = 178,
				  .others_held = 990 * MS};
	struct python_sums s = turns();
	s.computing = 1;
	CU_ASSERT(python_is_convoy(&c));
	CU_ASSERT(python_kind_of(&s, &c) == PYTHON_convoy);
	c.held = 400 * MS; /* it computes, too */
	CU_ASSERT(!python_is_convoy(&c));
	c.held = 3 * MS;
	c.requests = 0; /* it never had to ask */
	CU_ASSERT(!python_is_convoy(&c));
	c.requests = 178;
	c.waited = 20 * MS;
	CU_ASSERT(!python_is_convoy(&c));
}

TEST(python, messages_cost_by_their_number_or_by_their_size)
{
	struct python_sums s = {.wall = 1000 * MS,
				.work = 1000 * MS,
				.cost = 700 * MS,
				.longest = 500 * MS,
				.cores = 2,
				.workers = 3,
				.computing = 3,
				.processes = 3,
				.messages = 20000,
				.message_bytes = 20000 * 200.0};
	struct python_convoy none = {0};
	CU_ASSERT(python_kind_of(&s, &none) == PYTHON_tasks);
	s.messages = 20;
	s.message_bytes = 20 * 5e6;
	CU_ASSERT(python_kind_of(&s, &none) == PYTHON_transfer);
	s.cost = 100 * MS;
	CU_ASSERT(python_kind_of(&s, &none) == PYTHON_none);
}

TEST(python, messages_now_and_then_hold_nobody_back)
{
	struct python_sums s = {.wall = 1000 * MS,
				.work = 60 * MS,
				.cost = 90 * MS,
				.longest = 60 * MS,
				.input = 840 * MS,
				.cores = 2,
				.workers = 3,
				.computing = 3,
				.processes = 3,
				.messages = 40,
				.message_bytes = 40 * 50.0};
	struct python_convoy none = {0};
	CU_ASSERT(python_kind_of(&s, &none) == PYTHON_io);
}

TEST(python, input_is_no_matter_of_the_gil)
{
	struct python_sums s = {.wall = 1000 * MS,
				.work = 300 * MS,
				.input = 5000 * MS,
				.longest = 900 * MS,
				.held = 300 * MS,
				.held_wall = 300 * MS,
				.waited = 200 * MS,
				.computing = 6,
				.computing_work = 300 * MS,
				.computing_held = 290 * MS,
				.computing_waited = 200 * MS,
				.cores = 2,
				.workers = 6,
				.processes = 1};
	struct python_convoy none = {0};
	CU_ASSERT(python_kind_of(&s, &none) == PYTHON_io);
	s.input = 100 * MS;
	CU_ASSERT(python_kind_of(&s, &none) == PYTHON_none);
}

TEST(python, processes_are_started_for_cores_or_for_workers)
{
	struct python_sums s = turns();
	s.workers = 6;
	s.longest = 1000 * MS / 6;
	struct python_figure f = python_figures_of(&s).processes;
	double two = 16 + 2 * 3, six = 16 + 6 * 3;
	CU_ASSERT(near(f.value, 1020 / (520 + (two + six) / 2)));
	CU_ASSERT(f.high >= 1020 / (520 + two / 2) - 0.001);
	CU_ASSERT(f.low <= 1020 / (520 + six * 1.5) + 0.001);
	s.start_pool = 300 * MS; /* it costs more than it brings */
	CU_ASSERT(python_figures_of(&s).processes.high > 1);
	CU_ASSERT(python_figures_of(&s).processes.low < 1);
}

TEST(python, what_one_thread_may_not_take_widens_the_range)
{
	struct python_sums s = turns();
	struct python_figure sure = python_figures_of(&s).free_threaded;
	s.doubt = 200 * MS;
	struct python_figure f = python_figures_of(&s).free_threaded;
	CU_ASSERT(near(f.value, 920.0 / 520));
	CU_ASSERT(near(f.low, sure.low * 820 / 1020));
	CU_ASSERT(near(f.high, sure.high));
	s.cost = 3 * s.work; /* then more of it is likely to be for messages */
	CU_ASSERT(near(python_figures_of(&s).free_threaded.value, (1020 - 150.0) / 520));
	s.doubt = 5000 * MS;
	CU_ASSERT(python_figures_of(&s).free_threaded.low >= 0);
}

/* Four processes: one has 600 ms of 1000, and is alone with them at the end. */
static struct python_sums uneven(void)
{
	return (struct python_sums){.wall = 900 * MS,
				    .alone = 560 * MS,
				    .serial = 560 * MS,
				    .serial_first = 60 * MS,
				    .work = 1060 * MS,
				    .longest = 100 * MS,
				    .cores = 2,
				    .workers = 4,
				    .processes = 4,
				    .started = 40 * MS,
				    .started_workers = 60 * MS,
				    .nobody = 10 * MS};
}

TEST(python, what_a_worker_does_alone_can_be_divided)
{
	struct python_sums s = uneven();
	struct python_figures f = python_figures_of(&s);
	CU_ASSERT(near(f.threads.value, 1060.0 / (560 + 250)));
	CU_ASSERT(near(f.even.value, 1060.0 / (60 + 500 + 40 * 0.75 + 60 / 2 + 10)));
	CU_ASSERT(f.even.low < f.even.value && f.even.value < f.even.high);
	s.processes = 1; /* threads, that have the GIL for 900 ms */
	s.held = 960 * MS;
	CU_ASSERT(
	    near(python_figures_of(&s).even.value, 1060.0 / (60 + 900 + 40 * 0.75 + 60 / 2 + 10)));
}

TEST(python, who_waits_for_messages_is_awaited_by_nobody_without_them)
{
	struct python_sums s = uneven();
	double before = python_figures_of(&s).even.value;
	s.nobody = 200 * MS;
	CU_ASSERT(python_figures_of(&s).even.value < before);
	s.woken = 190 * MS;
	CU_ASSERT(near(python_figures_of(&s).even.value, before));
	s.woken = 900 * MS;
	CU_ASSERT(python_figures_of(&s).even.value >= before);
}

TEST(python, cores_of_a_virtual_machine_may_give_less)
{
	struct python_sums s = turns();
	struct python_figure sure = python_figures_of(&s).free_threaded;
	s.virtual_cores = true;
	struct python_figure f = python_figures_of(&s).free_threaded;
	CU_ASSERT(near(f.value, sure.value) && near(f.high, sure.high));
	CU_ASSERT(near(f.low, 1020.0 / (20 + 1000 / 1.4) * 0.94));
	CU_ASSERT(f.low < sure.low);
	s.cores = 1;
	CU_ASSERT(near(python_figures_of(&s).free_threaded.low, 0.94));
}
