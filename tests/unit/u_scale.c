/* Points, orders of cores, and verdicts of sweeps whose times are made up. */
#include "profiler/text.h"
#include "reports/fit/random.h"
#include "profiler/store.h"
#include "reports/scale/figures.h"
#include "reports/scale/forecast.h"
#include "reports/scale/keep.h"
#include "reports/scale/plan.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void expect_list(int *list, size_t count, const char *expected)
{
	struct text t = {0};
	for (size_t i = 0; i < count; i++)
		text_format(&t, "%s%d", i ? " " : "", list[i]);
	CU_ASSERT_STRING_EQUAL(text_string(&t), expected);
	text_free(&t);
	free(list);
}

TEST(scale, lists_are_sorted_and_each_number_is_there_once)
{
	size_t count;
	int *list = plan_list("8,1,2-4,3", &count);
	expect_list(list, count, "1 2 3 4 8");
	list = plan_list("7", &count);
	expect_list(list, count, "7");
	static const char *const wrong[] = {"",	   ",",	 "1,",	"0",	"a",	 "1-",
					    "4-2", "-1", "1 2", "1,,2", "1-2-3", "99999999999"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CU_ASSERT_PTR_NULL(plan_list(wrong[i], &count));
}

TEST(scale, points_by_default_reach_the_last_core_and_are_enough_for_a_fit)
{
	size_t count;
	int *list = plan_default(1, &count);
	expect_list(list, count, "1");
	list = plan_default(8, &count);
	expect_list(list, count, "1 2 3 4 5 6 7 8");
	list = plan_default(10, &count);
	expect_list(list, count, "1 2 3 4 6 8 10");
	list = plan_default(32, &count);
	expect_list(list, count, "1 2 3 4 6 8 12 16 24 32");
	for (int most = 6; most <= PLAN_MOST; most++) {
		list = plan_default(most, &count);
		CU_ASSERT_TRUE(count >= 6 && list[0] == 1 && list[count - 1] == most);
		for (size_t i = 1; i < count; i++)
			CU_ASSERT_TRUE(list[i] > list[i - 1]);
		free(list);
	}
}

/* A processor: its socket and core, in the form of /sys. */
static void put_cpu(const char *folder, int cpu, int socket, int core)
{
	struct {
		const char *name;
		int value;
	} const files[] = {{"physical_package_id", socket}, {"core_id", core}};
	char path[200];
	snprintf(path, sizeof(path), "%s/cpu%d", folder, cpu);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/cpu%d/topology", folder, cpu);
	mkdir(path, 0755);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/cpu%d/topology/%s", folder, cpu, files[i].name);
		FILE *f = fopen(path, "w");
		fprintf(f, "%d\n", files[i].value);
		fclose(f);
	}
}

static void expect_order(enum pin pin, const char *folder, const char *expected)
{
	struct cores c = {.cpu = {0, 1, 2, 3, 4, 5, 6, 7}, .count = 8};
	cores_order(&c, pin, folder);
	int *list = memory_new(8, sizeof(int));
	memcpy(list, c.cpu, 8 * sizeof(int));
	expect_list(list, 8, expected);
}

/* Two sockets of two cores with two hardware threads each, numbered as on most machines: all first
 * threads, then all second ones. */
TEST(scale, whole_cores_come_before_second_threads)
{
	struct scratch s;
	char command[200];
	scratch_begin(&s);
	for (int cpu = 0; cpu < 8; cpu++)
		put_cpu(s.folder, cpu, cpu % 2, cpu / 2 % 2);
	expect_order(PIN_COMPACT, s.folder, "0 2 1 3 4 6 5 7");
	expect_order(PIN_SCATTER, s.folder, "0 1 2 3 4 5 6 7");
	snprintf(command, sizeof(command), "rm -r %s/cpu*", s.folder);
	CU_ASSERT_EQUAL(system(command), 0);
	expect_order(PIN_COMPACT, s.folder, "0 1 2 3 4 5 6 7"); /* nothing known */
	scratch_end(&s);
}

TEST(scale, a_point_puts_its_number_into_every_placeholder)
{
	char *command[] = {"prog", "-t{n}", "{n}:{n}", "plain", "", NULL};
	struct plan p = {.command = command, .placeholder = "{n}", .pin = PIN_NONE};
	struct execution e = plan_execution(&p, &(struct plan_point){12, 4, 12});
	CU_ASSERT_STRING_EQUAL(e.argv[1], "-t12");
	CU_ASSERT_STRING_EQUAL(e.argv[2], "12:12");
	CU_ASSERT_STRING_EQUAL(e.argv[3], "plain");
	CU_ASSERT_STRING_EQUAL(e.argv[4], "");
	CU_ASSERT_PTR_NULL(e.argv[5]);
	CU_ASSERT_FALSE(e.pinned);
	plan_release(&e);
}

#define RUNS 7

/* Times that a speedup for each n gives, with so much noise. */
static struct figures made(const int *n, const double *speedup, size_t count, double noise,
			   size_t runs)
{
	struct random r = random_seed(11);
	struct figures f = {.points = memory_new(count, sizeof(*f.points)), .count = count};
	for (size_t i = 0; i < count; i++) {
		f.points[i] = (struct figures_point){.n = n[i],
						     .runs = runs,
						     .seconds = memory_new(runs, sizeof(double)),
						     .busy = 0.5};
		for (size_t k = 0; k < runs; k++)
			f.points[i].seconds[k] = 2 / speedup[i] * exp(noise * random_normal(&r));
	}
	return f;
}

static void expect_verdict(const double *speedup, double noise, const char *verdict, int best,
			   int knee)
{
	static const int n[] = {1, 2, 3, 4, 6, 8};
	struct figures f = made(n, speedup, 6, noise, RUNS);
	figures_make(&f);
	CU_ASSERT_STRING_EQUAL(f.verdict, verdict);
	if (best)
		CU_ASSERT_EQUAL(f.best, best);
	if (knee)
		CU_ASSERT_EQUAL(f.knee, knee);
	figures_free(&f);
}

TEST(scale, verdicts_are_what_the_times_say)
{
	expect_verdict((double[]){1, 2, 3, 4, 6, 8}, 0.01, "fine", 8, 8);
	expect_verdict((double[]){1, 2.1, 3.4, 5, 8, 12}, 0.01, "fine", 8, 8);
	expect_verdict((double[]){1, 1.9, 2.7, 3.3, 4, 4.6}, 0.01, "limited", 8, 8);
	expect_verdict((double[]){1, 1.9, 2.5, 2.52, 2.53, 2.54}, 0.005, "stops", 3, 3);
	expect_verdict((double[]){1, 1.9, 2.5, 2.3, 1.9, 1.5}, 0.01, "slower", 3, 3);
	expect_verdict((double[]){1, 1, 1, 1, 1, 1}, 0.005, "none", 1, 1);
	expect_verdict((double[]){1, 0.9, 0.8, 0.7, 0.6, 0.5}, 0.01, "none", 1, 1);
	expect_verdict((double[]){1, 1, 1.02, 1, 1.05, 1.06}, 0.3, "noise", 0, 0);
	expect_verdict((double[]){1, 2, 3, 4, 6, 8}, 0.3, "fine", 0, 0);
}

TEST(scale, a_busy_machine_and_too_few_runs_give_no_verdict)
{
	static const int n[] = {1, 2};
	static const double twice[] = {1, 2};
	struct figures f = made(n, twice, 2, 0.01, RUNS);
	f.points[1].others = 0.3;
	f.points[1].busy = 0.98;
	figures_make(&f);
	CU_ASSERT_STRING_EQUAL(f.verdict, "crowded");
	figures_free(&f);
	/* a program that sleeps is in nobody's way */
	f = made(n, twice, 2, 0.01, RUNS);
	f.points[1].others = 0.95;
	f.points[1].busy = 0.98;
	figures_make(&f);
	CU_ASSERT_STRING_EQUAL(f.verdict, "fine");
	figures_free(&f);
	f = made(n, twice, 2, 0.01, 4);
	figures_make(&f);
	CU_ASSERT_STRING_EQUAL(f.verdict, "few");
	CU_ASSERT_FALSE(f.points[1].speedup.known);
	CU_ASSERT_DOUBLE_EQUAL(f.points[1].speedup.middle, 2, 0.1);
	figures_free(&f);
	f = made(n, twice, 1, 0.01, RUNS);
	figures_make(&f);
	CU_ASSERT_STRING_EQUAL(f.verdict, "few");
	CU_ASSERT_EQUAL(f.best, 0);
	figures_free(&f);
}

TEST(scale, serial_parts_are_those_of_the_laws)
{
	static const int n[] = {2, 4, 8};
	static const double same[] = {1, 1, 1};
	/* compared with the first point: twice and four times as many */
	struct figures f = made(n, (double[]){1, amdahl(0.2, 2), amdahl(0.2, 4)}, 3, 0, RUNS);
	figures_make(&f);
	CU_ASSERT_TRUE(isnan(f.points[0].serial));
	CU_ASSERT_DOUBLE_EQUAL(f.points[1].serial, 0.2, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(f.points[2].serial, 0.2, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(f.points[2].efficiency, amdahl(0.2, 4) / 4, 1e-9);
	figures_free(&f);
	/* the work grows, the time does not: nothing is serial */
	f = made(n, same, 3, 0, RUNS);
	f.grows = true;
	figures_make(&f);
	CU_ASSERT_DOUBLE_EQUAL(f.points[2].speedup.middle, 4, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(f.points[2].serial, 0, 1e-9);
	CU_ASSERT_STRING_EQUAL(f.verdict, "fine");
	figures_free(&f);
}

/* A replay that thinks n cores or threads are half of n times as fast. */
static int half(__attribute__((unused)) struct store *recording, struct predict_point *points,
		size_t count, double *error)
{
	for (size_t i = 0; i < count; i++) {
		points[i].speedup = (points[i].threads ? points[i].threads : points[i].cores) / 2.0;
		points[i].low = points[i].speedup * 0.9;
		points[i].high = points[i].speedup * 1.1;
	}
	*error = 0.01;
	return 0;
}

/* A sweep over these n whose times have these speedups, in the store; its id. */
static int64_t put_sweep(struct store *store, const struct plan *plan, const double *speedup,
			 const struct identity *identity)
{
	struct sweep s = {
	    .plan = plan, .rounds = 5, .runs = memory_new(5 * plan->count, sizeof(*s.runs))};
	struct figures f;
	for (size_t i = 0; i < 5 * plan->count; i++) {
		s.runs[i].position = (int)i + 1;
		s.runs[i].took.wall_ns = (int64_t)(1e9 / speedup[i / 5]);
	}
	figures_gather(&f, &s, false);
	int64_t id = keep_sweep(store, &s, &f, identity);
	figures_free(&f);
	free(s.runs);
	return id;
}

TEST(scale, old_predictions_stand_beside_new_measurements)
{
	struct scratch s;
	struct plan_point points[] = {{1, 1, 1}, {2, 2, 2}, {4, 4, 4}};
	struct plan plan = {.points = points, .count = 3};
	struct identity this = {"prog {n}", "/prog", "abc"}, other = {"prog {n}", "/prog", "def"};
	struct forecast f = {0};
	scratch_begin(&s);
	struct store *store = store_create(s.path, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	CU_ASSERT_EQUAL(forecast_ask(&f, &plan, NULL, half), 0);
	CU_ASSERT_DOUBLE_EQUAL(f.points[2].speedup, 4, 1e-9); /* against the first point */
	int64_t first = put_sweep(store, &plan, (double[]){1, 2, 4}, &this);
	CU_ASSERT_EQUAL(forecast_keep(&f, store, &plan, &this, first), 0);
	put_sweep(store, &plan, (double[]){1, 2, 2}, &this);
	put_sweep(store, &plan, (double[]){1, 1, 1}, &other); /* another build */
	CU_ASSERT_EQUAL(store_value(store, "SELECT count(*) FROM prediction_check", 0), 4);
	CU_ASSERT_EQUAL(store_value(store, "SELECT sum(held) FROM prediction_check", 0), 3);
	CU_ASSERT_EQUAL(store_value(store,
				    "SELECT round(100 * off) FROM prediction_check "
				    "WHERE sweep = 2 AND n = 4",
				    0),
			100);
	store_close(store);
	forecast_free(&f);
	scratch_end(&s);
}

static int refuse(__attribute__((unused)) struct store *recording,
		  __attribute__((unused)) struct predict_point *points,
		  __attribute__((unused)) size_t count, __attribute__((unused)) double *error)
{
	return -1;
}

TEST(scale, a_replay_that_fails_gives_no_forecast)
{
	struct plan_point points[] = {{1, 1, 1}, {2, 2, 2}};
	struct plan plan = {.points = points, .count = 2};
	struct forecast f = {0};
	CU_ASSERT_EQUAL(forecast_ask(&f, &plan, NULL, refuse), -1);
	CU_ASSERT_PTR_NULL(f.points);
	CU_ASSERT_EQUAL(forecast_keep(&f, NULL, &plan, NULL, 1), 0);
}
