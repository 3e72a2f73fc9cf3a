/* The advice, of trees, pieces and addresses with known answers. */
#include "reports/advise/advice.h"
#include "reports/advise/crews.h"
#include "reports/advise/pages.h"
#include "reports/advise/shared_state.h"
#include "reports/advise/steps.h"
#include "reports/advise/stream.h"
#include "reports/replay/serial.h"
#include "tests/unit/unit.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MS 1e6

static bool near(double a, double b)
{
	return fabs(a - b) < 0.01 * fmax(1, fabs(b));
}

/* Two threads that are twice as fast, for nothing. */
static const struct crew two = {.threads = 2, .gain = 2, .memory_gain = 2};

/* A loop of so many samples in a run of 1000 of 1 ms; its pieces take so long. */
struct example {
	struct code_function function;
	struct loop_fact loop[4];
	struct codes codes;
	struct regions regions;
	struct proposal proposal;
};

static void begin(struct example *e)
{
	*e = (struct example){.function = {.name = "f"}};
	e->codes.function = &e->function;
	e->codes.functions = 1;
	e->codes.loop = e->loop;
	for (int i = 0; i < 4; i++)
		e->loop[i] =
		    (struct loop_fact){.parent = CODE_NONE, .recurrence = -1, .words.delay = -1};
	regions_init(&e->regions);
}

static void timed(struct loop_fact *l, double ns)
{
	l->pieces = 100;
	l->piece_ns = 100 * ns;
	l->piece_squares = 100 * ns * ns;
	l->piece_max_ns = ns;
}

static double propose(struct example *e, double serial, const struct crew *crew)
{
	regions_sum(&e->regions);
	proposal_make(&e->proposal, &e->regions, &e->codes, MS, serial, NULL, crew);
	return (serial + e->proposal.part[0].work) /
	       proposal_time(&e->proposal, &e->regions, crew, 0);
}

static void end(struct example *e)
{
	proposal_free(&e->proposal);
	regions_free(&e->regions);
}

TEST(advise, amdahl_of_one_loop)
{
	struct example e;
	struct step loop = {REGION_LOOP, 0, 0};
	begin(&e);
	regions_add(&e.regions, &loop, 1, 800, false, 0);
	regions_add(&e.regions, NULL, 0, 200, false, 0);
	CU_ASSERT(near(propose(&e, 0, &two), 1 / 0.6));
	CU_ASSERT(near(proposal_ceiling(&e.proposal, &e.regions).middle, 5));
	end(&e);
}

TEST(advise, what_is_blocked_stays)
{
	struct example e;
	struct step loop = {REGION_LOOP, 0, 0};
	begin(&e);
	regions_add(&e.regions, &loop, 1, 1000, false, 0);
	CU_ASSERT(near(propose(&e, 1000 * MS, &two), 2 / 1.5));
	end(&e);
}

/* What many samples say of this run holds less of another, where not all is divided. */
TEST(advise, parts_vary_from_run_to_run)
{
	for (int serial = 0; serial <= 200000; serial += 200000) {
		struct example e;
		struct step loop = {REGION_LOOP, 0, 0};
		begin(&e);
		regions_add(&e.regions, &loop, 1, 1000000 - serial, false, 0);
		regions_add(&e.regions, NULL, 0, serial, false, 0);
		propose(&e, 0, &two);
		struct estimate most = proposal_ceiling(&e.proposal, &e.regions);
		if (serial)
			CU_ASSERT(near(most.middle, 5) && most.low < 4.6 && most.high > 5.5)
		else
			CU_ASSERT(most.low > 1000)
		end(&e);
	}
}

/* The outer loop cannot be divided, the inner one costs something each time it begins. */
TEST(advise, an_inner_loop_pays_for_each_entry)
{
	for (int cheap = 0; cheap < 2; cheap++) {
		struct example e;
		struct step path[2] = {{REGION_LOOP, 0, 0}, {REGION_LOOP, 1, 0}};
		struct crew crew = two;
		begin(&e);
		e.loop[0].carry = CARRY_recurrence;
		e.loop[0].recurrence = 1;
		timed(&e.loop[0], cheap ? 10 * MS : 1000);
		crew.entry = 10000;
		regions_add(&e.regions, path, 2, 1000, false, 0);
		double speedup = propose(&e, 0, &crew);
		/* 100 entries of 10 us beside 1 s; a million of them */
		CU_ASSERT(near(speedup, cheap ? 1 / 0.501 : 1));
		CU_ASSERT(e.proposal.part[2].divided == (cheap != 0));
		end(&e);
	}
}

TEST(advise, the_outer_of_two_loops_is_divided_once)
{
	struct example e;
	struct step path[2] = {{REGION_LOOP, 0, 0}, {REGION_LOOP, 1, 0}};
	struct crew crew = two;
	begin(&e);
	timed(&e.loop[0], MS);
	crew.entry = 10000;
	regions_add(&e.regions, path, 2, 900, false, 0);
	regions_add(&e.regions, path, 1, 100, false, 0);
	CU_ASSERT(near(propose(&e, 0, &crew), 2));
	CU_ASSERT(e.proposal.part[1].divided && !e.proposal.part[2].divided);
	end(&e);
}

TEST(advise, three_pieces_on_two_threads_take_two_turns)
{
	struct example e;
	struct step loop = {REGION_LOOP, 0, 0};
	begin(&e);
	timed(&e.loop[0], 1000 * MS / 3);
	regions_add(&e.regions, &loop, 1, 1000, false, 0);
	CU_ASSERT(near(propose(&e, 0, &two), 1.5));
	end(&e);
}

TEST(advise, a_pass_that_waits_for_half_of_the_one_before)
{
	struct loop_fact l = {.recurrence = 0.4, .carry = CARRY_recurrence, .words.delay = -1};
	struct judgement j = judge_loop(&l);
	CU_ASSERT_EQUAL(j.is, INDEPENDENCE_unknown);
	CU_ASSERT_DOUBLE_EQUAL(j.bound, 0.4, 1e-9);
	l.recurrence = 0.9;
	CU_ASSERT_EQUAL(judge_loop(&l).is, INDEPENDENCE_dependent);
	l.marked = true;
	CU_ASSERT_EQUAL(judge_loop(&l).is, INDEPENDENCE_said);
}

TEST(advise, words_that_passes_hand_on)
{
	struct loop_fact l = {
	    .recurrence = -1,
	    .words = {
		.watched = 20, .met = 15, .read = 5, .own = 5, .accumulated = 5, .delay = -1}};
	CU_ASSERT_EQUAL(judge_loop(&l).is, INDEPENDENCE_seen);
	CU_ASSERT_EQUAL(judge_loop(&l).reason, REASON_sums);
	l.words.carried = l.words.carried_apart = 10;
	l.words.delay = 0.01;
	CU_ASSERT_EQUAL(judge_loop(&l).is, INDEPENDENCE_dependent); /* data, not a state */
	l.words.carried = l.words.carried_apart = 2;
	CU_ASSERT_EQUAL(judge_loop(&l).is, INDEPENDENCE_unknown);
	CU_ASSERT_EQUAL(judge_loop(&l).reason, REASON_state);
	l.words.delay = 0.9;
	CU_ASSERT_EQUAL(judge_loop(&l).is, INDEPENDENCE_dependent);
	l.words = (struct loop_words){.watched = 2, .met = 2, .read = 2, .delay = -1};
	CU_ASSERT_EQUAL(judge_loop(&l).is, INDEPENDENCE_unknown); /* too few say nothing */
}

/* f calls itself in two places; level n is n calls deep. */
static void note(struct codes *c, struct stack_frame *f, size_t count)
{
	for (size_t i = 0; i < count; i++)
		f[i] = (struct stack_frame){(uint32_t)(i % 2), {0, CODE_NONE}};
	steps_note(c, f, count);
}

TEST(advise, a_recursion_is_one_region)
{
	struct example e;
	struct stack_frame f[8];
	struct step step[8];
	begin(&e);
	note(&e.codes, f, 8);
	CU_ASSERT_TRUE_FATAL(e.function.recursive && e.function.branches);
	for (size_t depth = 1; depth <= 8; depth++) {
		CU_ASSERT_EQUAL(steps_of(&e.codes, f, depth, step, 8), 1);
		CU_ASSERT_EQUAL(step[0].level, depth);
		regions_add(&e.regions, step, 1, 100, false, 0);
	}
	CU_ASSERT_EQUAL(e.regions.count, 2);
	/* The first call is alone, the others divide: 100 + 700 / 2. */
	CU_ASSERT(near(propose(&e, 0, &two), 800 / 450.0));
	CU_ASSERT(near(proposal_ceiling(&e.proposal, &e.regions).middle, 8));
	end(&e);
}

TEST(advise, calls_from_one_place_are_a_row)
{
	struct example e;
	struct stack_frame f[4];
	begin(&e);
	for (int i = 0; i < 4; i++)
		f[i] = (struct stack_frame){7, {0, CODE_NONE}};
	steps_note(&e.codes, f, 4);
	CU_ASSERT(e.function.recursive && !e.function.branches);
	end(&e);
}

TEST(advise, loops_around_calls_come_from_outside)
{
	struct example e;
	struct step step[8];
	struct stack_frame f[2] = {{0, {0, 1}}, {1, {0, 2}}};
	begin(&e);
	e.loop[1].parent = 0;
	CU_ASSERT_EQUAL(steps_of(&e.codes, f, 2, step, 8), 3);
	CU_ASSERT(step[0].key == 0 && step[1].key == 1 && step[2].key == 2);
	CU_ASSERT_EQUAL(steps_of(&e.codes, f, 2, step, 2), 2); /* no more than there is room for */
	e.function.interpreter = true;
	CU_ASSERT_EQUAL(steps_of(&e.codes, f, 2, step, 8), 0);
	end(&e);
}

/* Samples each 2 ms of a loop that goes through an array at 4 GB/s, again and again. */
static size_t stream(struct touch_sample *to, uint64_t pc, uint64_t base, double size, bool random)
{
	for (size_t i = 0; i < 200; i++) {
		double way = 4.0 * 2e6 * (double)i + 1000.0 * (double)(rand() % 100);
		uint64_t at = random ? (uint64_t)(rand() % (int)size) : (uint64_t)fmod(way, size);
		to[i] = (struct touch_sample){.thread = 1,
					      .time = (int64_t)i * 2000000,
					      .pc = pc,
					      .address = base + at,
					      .region = 1,
					      .reads = true};
	}
	return 200;
}

/* Of samples in a loop of which a pass of the loop around it takes so long: its rate. */
static double stream_rate(struct touch_sample *s, size_t count, double pass_ns)
{
	struct regions regions;
	const struct step step[2] = {{REGION_LOOP, 0, 0}, {REGION_LOOP, 1, 0}};
	struct region_times times[3] = {{INFINITY, INFINITY}, {pass_ns, INFINITY}, {1, pass_ns}};
	double rate[3];
	regions_init(&regions);
	uint32_t region = regions_add(&regions, step, 2, 1, false, 0);
	for (size_t i = 0; i < count; i++)
		s[i].region = region;
	streams_rate(s, count, &regions, times, rate);
	CU_ASSERT(rate[0] == 0 && rate[1] == 0);
	regions_free(&regions);
	return rate[region];
}

TEST(advise, streams_are_as_fast_as_they_are)
{
	struct touch_sample s[800];
	size_t n = stream(s, 100, 1ull << 32, 64e6, false);
	double rate = stream_rate(s, n, 16e6);
	CU_ASSERT(rate > 3.2e9 && rate < 4.8e9);
	CU_ASSERT_EQUAL(stream_rate(s, n, INFINITY), rate);
	n = stream(s, 100, 1ull << 32, 64e6, false);
	n += stream(s + n, 104, 1ull << 32, 64e6, false); /* the same array, unrolled */
	n += stream(s + n, 200, 1ull << 34, 64e6, false);
	rate = stream_rate(s, n, 16e6);
	CU_ASSERT(rate > 6.4e9 && rate < 9.6e9);
}

TEST(advise, rows_of_a_stream_are_no_passes)
{
	struct touch_sample s[200];
	size_t n = stream(s, 100, 1ull << 32, 2e9, false); /* never begins anew */
	double rate = stream_rate(s, n, 1e3);
	CU_ASSERT(rate > 3.2e9 && rate < 4.8e9);
}

TEST(advise, passes_shorter_than_the_pace_of_samples_are_no_stream)
{
	struct touch_sample s[200];
	size_t n = stream(s, 100, 1ull << 32, 6.5e6, false);
	double seems = stream_rate(s, n, INFINITY); /* 1.5 MB further on each time */
	CU_ASSERT(seems > 0.6e9 && seems < 0.9e9);
	CU_ASSERT_EQUAL(stream_rate(s, n, 6.5e6 / 4), 0);
	CU_ASSERT_EQUAL(stream_rate(s, n, 9e6), seems); /* as seldom as it seems */
}

TEST(advise, what_is_met_at_random_is_no_stream)
{
	struct touch_sample s[200];
	size_t n = stream(s, 100, 1ull << 32, 64e6, true);
	CU_ASSERT_EQUAL(stream_rate(s, n, INFINITY), 0);
	n = stream(s, 100, 1ull << 32, 1e6, false); /* many passes between two samples */
	CU_ASSERT(stream_rate(s, n, INFINITY) < 0.5e9);
}

/* A loop with short passes writes 32 pages and reads them, later or never, or in the same sample.
 */
static struct judgement of_pages(int64_t later_ns, bool at_once, double pass, double entry)
{
	struct example e;
	struct step loop = {REGION_LOOP, 0, 0};
	struct touch_sample s[64];
	struct region_times times[2] = {{INFINITY, INFINITY}, {pass, entry}};
	begin(&e);
	if (isfinite(pass))
		timed(&e.loop[0], pass);
	regions_add(&e.regions, &loop, 1, 100, false, 0);
	for (int i = 0; i < 32; i++) {
		uint64_t at = (1ull << 32) + (uint64_t)i * 4096;
		int64_t time = i * 1000000;
		s[i] = (struct touch_sample){.thread = 1,
					     .time = time,
					     .pc = 10,
					     .address = at,
					     .region = 1,
					     .writes = true};
		s[32 + i] = (struct touch_sample){.thread = 1,
						  .time = time + later_ns,
						  .pc = 20,
						  .address = at + (later_ns ? 0 : 8) * !at_once,
						  .region = 1,
						  .reads = true};
	}
	pages_count(&e.regions, s, later_ns || at_once ? 64 : 32, times);
	struct judgement j = judge_region(&e.codes, &e.regions.region[1]);
	end(&e);
	return j;
}

TEST(advise, pages_that_passes_hand_on)
{
	CU_ASSERT_EQUAL(of_pages(500000, false, 1000, INFINITY).is, INDEPENDENCE_dependent);
	/* what is hardly ever met twice may have been read */
	CU_ASSERT_EQUAL(of_pages(0, false, 1000, INFINITY).is, INDEPENDENCE_unknown);
	CU_ASSERT_EQUAL(of_pages(0, true, 1000, INFINITY).is,
			INDEPENDENCE_unknown); /* sums tell nothing */
	/* read in the next round of what is around it */
	CU_ASSERT_EQUAL(of_pages(5000000, false, 1000, 5000000).reason, REASON_pages_apart);
	/* in the same pass, as likely as not */
	CU_ASSERT_EQUAL(of_pages(5000000, false, 8000000, 5000000).is, INDEPENDENCE_unknown);
	CU_ASSERT_EQUAL(of_pages(5000000, false, INFINITY, 5000000).is, INDEPENDENCE_unknown);
}

TEST(advise, turns_at_a_lock_are_not_alone)
{
	static const struct phase alone[] = {{0, 10}, {20, 30}, {40, 60}, {12, 18}, {70, 80}};
	static const struct phase turns[] = {{5, 22}, {45, 46}, {50, 55}, {70, 80}};
	static const struct phase left[] = {{0, 5}, {22, 30}, {40, 45}, {46, 50}, {55, 60}};
	struct serial s = {.phase = calloc(5, sizeof(*s.phase)),
			   .of_thread = calloc(3, sizeof(*s.of_thread)),
			   .count = 5};
	memcpy(s.phase, alone, sizeof(alone));
	s.of_thread[0] = (struct range){0, 3};
	s.of_thread[1] = (struct range){3, 2};
	serial_leave_out(&s, 2, turns, 4);
	CU_ASSERT_EQUAL(s.count, 5);
	CU_ASSERT_EQUAL(memcmp(s.phase, left, sizeof(left)), 0);
	CU_ASSERT_EQUAL(s.of_thread[0].count, 5);
	CU_ASSERT_EQUAL(s.of_thread[1].count, 0);
	serial_leave_out(&s, 2, NULL, 0);
	CU_ASSERT_EQUAL(s.count, 5);
	serial_free(&s);
}

static struct advice_case usual(void)
{
	return (struct advice_case){.wall = 3000 * MS,
				    .samples = 700,
				    .cpus = 2,
				    .estimate = {2, 1.8, 1.9, 2},
				    .without_memory = 1.9,
				    .without_costs = 1.95,
				    .without_sharing = 1.9};
}

TEST(advise, verdicts)
{
	struct advice_case c = usual();
	CU_ASSERT_EQUAL(advice_of(&c).worth, WORTH_yes);
	c.unknown = 0.5;
	CU_ASSERT_EQUAL(advice_of(&c).worth, WORTH_yes_if);
	c = usual();
	c.wall = 100 * MS;
	CU_ASSERT_EQUAL(advice_of(&c).worth, WORTH_short);
	c = usual();
	c.several = 1500 * MS;
	CU_ASSERT_EQUAL(advice_of(&c).worth, WORTH_parallel);
	c = usual();
	c.cpus = 1;
	CU_ASSERT_EQUAL(advice_of(&c).reason, ADVICE_one_core);
	c = usual();
	c.estimate = (struct estimate){2, 1.2, 1.5, 1.6};
	CU_ASSERT_EQUAL(advice_of(&c).reason, ADVICE_memory);
	c = usual();
	c.paced = 400 * MS;
	CU_ASSERT_EQUAL(advice_of(&c).reason, ADVICE_waiting);
	c = usual();
	c.samples = 3;
	CU_ASSERT_EQUAL(advice_of(&c).reason, ADVICE_unsampled);
}

TEST(advise, verdicts_against)
{
	struct advice_case c = usual();
	c.estimate = (struct estimate){2, 1, 1.1, 1.2};
	c.without_memory = c.without_costs = 1.15;
	CU_ASSERT_EQUAL(advice_of(&c).worth, WORTH_limited);
	CU_ASSERT_EQUAL(advice_of(&c).reason, ADVICE_cores);
	c.without_sharing = 1.15;
	CU_ASSERT_EQUAL(advice_of(&c).reason, ADVICE_serial);
	c.dependent = 0.6;
	CU_ASSERT_EQUAL(advice_of(&c).reason, ADVICE_dependent);
	c.without_costs = 1.8;
	CU_ASSERT_EQUAL(advice_of(&c).reason, ADVICE_grain);
	c.waiting = 2000 * MS;
	CU_ASSERT_EQUAL(advice_of(&c).worth, WORTH_limited);
	CU_ASSERT_EQUAL(advice_of(&c).reason, ADVICE_waiting);
}

TEST(advise, crews_get_what_was_measured)
{
	struct crew crew[CREW_COUNT];
	struct price gain = {1.8, 1.9, 1.95}, memory = {1.3, 1.4, 1.5};
	struct machine_prices m = {.cpus = 2, .cores = 2, .computes = 1, .memories = 1};
	m.compute[0] = (struct gain_at){2, gain};
	m.memory[0] = (struct gain_at){2, memory};
	crews_make(crew, &m, 2);
	CU_ASSERT(crew[CREW_LOW].gain < 1.8 && crew[CREW_HIGH].gain <= 2.1);
	CU_ASSERT(crew[CREW_MIDDLE].gain > 1.8 && crew[CREW_MIDDLE].gain <= 1.9);
	CU_ASSERT(crew[CREW_MIDDLE].memory_gain <= 1.4);
	crews_make(crew, &m, 8);
	CU_ASSERT(crew[CREW_MIDDLE].gain > 7 && crew[CREW_MIDDLE].gain <= 8);
	CU_ASSERT(crew[CREW_LOW].memory_gain < 1.5 && crew[CREW_HIGH].memory_gain > 5);
}

/* Two cores of two hardware threads each, nothing measured. */
TEST(advise, siblings_are_no_cores)
{
	struct crew crew[CREW_COUNT];
	struct machine_prices m = {.cpus = 4, .cores = 2};
	crews_make(crew, &m, 4);
	CU_ASSERT(crew[CREW_MIDDLE].gain > 2 && crew[CREW_MIDDLE].gain < 2.6);
	CU_ASSERT(crew[CREW_HIGH].gain < 3.2);
}

TEST(advise, functions_of_libc_share_a_state)
{
	const struct shared_state *random = shared_state_find("rand");
	CU_ASSERT_PTR_NOT_NULL_FATAL(random);
	CU_ASSERT(random->locks);
	CU_ASSERT_PTR_EQUAL(shared_state_find("__random"), random);
	const struct shared_state *write = shared_state_find("_IO_fwrite");
	CU_ASSERT_PTR_NOT_NULL_FATAL(write);
	CU_ASSERT_PTR_EQUAL(shared_state_find("__fprintf_chk"), write);
	CU_ASSERT_PTR_EQUAL(shared_state_find("putc_unlocked"), write);
	CU_ASSERT_PTR_EQUAL(shared_state_find("fwrite@@GLIBC_2.2.5"), write);
	CU_ASSERT_PTR_NULL(shared_state_find("rand_r"));
	CU_ASSERT_PTR_NULL(shared_state_find("snprintf"));
	CU_ASSERT_PTR_NULL(shared_state_find("fwrit"));
	CU_ASSERT_PTR_NULL(shared_state_find("memcpy"));
	CU_ASSERT_PTR_NULL(shared_state_find(NULL));
}
