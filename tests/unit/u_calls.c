/* Recursions: which calls are relatives, and what is made of the memory that they hand on. */
#include "reports/advise/handed.h"
#include "reports/advise/judge.h"
#include "reports/advise/pages.h"
#include "tests/unit/unit.h"
#include <math.h>
#include <stdlib.h>

enum { MAIN, F, G, FUNCTIONS };		      /* f calls itself from two places */
enum { IN_MAIN, LEFT, RIGHT, INSIDE, OTHER }; /* codes */
#define LEVELS 6			      /* of calls below the outermost one */
#define LEAVES (1u << LEVELS)
#define TOUCHES 20000
#define MEMORY (UINT64_C(1) << 32)

struct example {
	struct code_function function[FUNCTIONS];
	struct codes codes;
	struct regions regions;
	struct calls calls;
	struct touch_sample *touch;
	size_t touches;
	uint32_t loop; /* that f calls itself in */
	struct code_variable variable[2];
	uint32_t run;
	bool counts; /* the first time round stacks are noted only */
};

typedef void use_memory(struct example *, const struct stack_frame *, size_t frames, uint32_t first,
			uint32_t leaves);

/* One sample in that call. */
static void touch(struct example *e, const struct stack_frame *f, size_t frames, uint64_t page,
		  bool writes)
{
	struct step step[LEVELS + 2];
	if (!e->counts) {
		steps_note(&e->codes, f, frames);
		calls_note(&e->calls, &e->codes, f, frames);
		return;
	}
	size_t steps = steps_of(&e->codes, f, frames, step, LEVELS + 2);
	uint32_t region = regions_add(&e->regions, step, steps, 1, false, F);
	CU_ASSERT_FATAL(e->touches < TOUCHES);
	e->touch[e->touches] = (struct touch_sample){
	    .thread = 1,
	    .time = (int64_t)e->touches * 1000,
	    .address = MEMORY + page * 4096,
	    .region = region,
	    .reads = !writes,
	    .writes = writes,
	    .call = calls_add(&e->calls, &e->codes, &e->regions, region, f, frames),
	    .run = e->run};
	e->touches++;
}

/* What the program does with leaves [first, first + leaves): below, then itself. */
static void call(struct example *e, struct stack_frame *f, size_t frames, uint32_t first,
		 uint32_t leaves, use_memory *use)
{
	for (uint32_t side = LEFT; leaves > 1 && side <= RIGHT; side++) {
		f[frames - 1] = (struct stack_frame){side, {F, e->loop}};
		call(e, f, frames + 1, first + (side == RIGHT ? leaves / 2 : 0), leaves / 2, use);
	}
	f[frames - 1] = (struct stack_frame){INSIDE, {F, CODE_NONE}};
	use(e, f, frames, first, leaves);
}

static void begin(struct example *e)
{
	*e = (struct example){.loop = CODE_NONE};
	e->function[MAIN].name = "main";
	e->function[F].name = "f";
	e->function[G].name = "g";
	e->codes.function = e->function;
	e->codes.functions = FUNCTIONS;
	e->touch = malloc(TOUCHES * sizeof(*e->touch));
	CU_ASSERT_PTR_NOT_NULL_FATAL(e->touch);
	regions_init(&e->regions);
	calls_init(&e->calls);
}

static void end(struct example *e)
{
	regions_free(&e->regions);
	calls_free(&e->calls);
	free(e->touch);
}

static void run(struct example *e, use_memory *use)
{
	struct stack_frame f[LEVELS + 3] = {{IN_MAIN, {MAIN, CODE_NONE}}};
	e->run++;
	call(e, f, 2, 0, LEAVES, use);
}

/* So often, all of it sampled. */
static struct judgement judge(struct example *e, use_memory *use, int runs)
{
	const struct region_times times[3] = {
	    {INFINITY, INFINITY}, {INFINITY, INFINITY}, {INFINITY, INFINITY}};
	run(e, use);
	e->counts = true;
	for (int i = 0; i < runs; i++)
		run(e, use);
	regions_sum(&e->regions);
	calls_sum(&e->calls);
	calls_state(&e->calls, &e->codes, &e->regions);
	pages_count(&e->regions, e->touch, e->touches, times);
	handed_count(&e->regions, &e->calls, e->touch, e->touches);
	CU_ASSERT_EQUAL_FATAL(e->regions.count, 2);
	return judge_region(&e->codes, &e->regions.region[1]);
}

static struct judgement judged(use_memory *use, int runs, uint32_t loop)
{
	struct example e;
	begin(&e);
	e.loop = loop;
	struct judgement j = judge(&e, use, runs);
	end(&e);
	return j;
}

/* Each leaf is a page; what a call makes of it is read by the one that called it. */
static void merge(struct example *e, const struct stack_frame *f, size_t frames, uint32_t first,
		  uint32_t leaves)
{
	for (uint32_t i = first; i < first + leaves; i++) {
		if (leaves > 1)
			touch(e, f, frames, i, false);
		touch(e, f, frames, i, true);
	}
}

static void merge_in_one_space(struct example *e, const struct stack_frame *f, size_t frames,
			       uint32_t first, uint32_t leaves)
{
	merge(e, f, frames, first, leaves);
	for (uint32_t i = 0; i < leaves; i++)
		touch(e, f, frames, LEAVES + i, false);
	for (uint32_t i = 0; i < leaves; i++)
		touch(e, f, frames, LEAVES + i, true);
}

static void merge_few(struct example *e, const struct stack_frame *f, size_t frames, uint32_t first,
		      uint32_t leaves)
{
	touch(e, f, frames, first * 10000 + leaves * 100, leaves == 1);
}

static void merge_and_sum(struct example *e, const struct stack_frame *f, size_t frames,
			  uint32_t first, uint32_t leaves)
{
	merge(e, f, frames, first, leaves);
	touch(e, f, frames, 1000, true);
	if (e->counts)
		e->touch[e->touches - 1].reads = true;
}

/* A table that all look into. */
static void remember(struct example *e, const struct stack_frame *f, size_t frames, uint32_t first,
		     uint32_t leaves)
{
	uint32_t at = (first * 8 + leaves) * 2654435761u;
	for (uint32_t i = 0; i < 4; i++)
		touch(e, f, frames, (at >> (8 * i)) % 64, i == 3);
}

/* A place in a text that all move on; what each call makes is its own, and much. */
static void parse(struct example *e, const struct stack_frame *f, size_t frames, uint32_t first,
		  uint32_t leaves)
{
	merge(e, f, frames, first, leaves);
	touch(e, f, frames, 1000, false);
	touch(e, f, frames, 1000, true);
}

TEST(calls, that_share_nothing_are_apart)
{
	struct judgement j = judged(merge, 1, CODE_NONE);
	CU_ASSERT_EQUAL(j.is, INDEPENDENCE_seen);
	CU_ASSERT_EQUAL(j.reason, REASON_calls_apart);
	CU_ASSERT_EQUAL(judged(merge_and_sum, 1, CODE_NONE).reason, REASON_calls_apart);
}

TEST(calls, that_look_into_one_table_are_not)
{
	struct judgement j = judged(remember, 2, CODE_NONE);
	CU_ASSERT_EQUAL(j.is, INDEPENDENCE_unknown);
	CU_ASSERT_EQUAL(j.reason, REASON_calls_share);
	CU_ASSERT_EQUAL(judged(merge_in_one_space, 1, CODE_NONE).reason, REASON_calls_share);
}

/* Of some hundred pages it is a single one. */
TEST(calls, that_move_on_one_place_are_not)
{
	struct judgement j = judged(parse, 1, CODE_NONE);
	CU_ASSERT_EQUAL(j.is, INDEPENDENCE_unknown);
	CU_ASSERT_EQUAL(j.reason, REASON_calls_share);
}

/* Two functions use a variable, which samples need not have met. */
static enum judge_reason with_variable(uint32_t reader, uint32_t writer)
{
	struct example e;
	begin(&e);
	e.variable[0] = (struct code_variable){.address = 64, .function = reader, .reads = true};
	e.variable[1] = (struct code_variable){.address = 64, .function = writer, .writes = true};
	e.codes.variable = e.variable;
	e.codes.variables = 2;
	struct judgement j = judge(&e, merge, 1);
	end(&e);
	return j.reason;
}

TEST(calls, that_read_and_change_a_variable_are_not)
{
	CU_ASSERT_EQUAL(with_variable(F, F), REASON_calls_state);
	CU_ASSERT_EQUAL(with_variable(F, MAIN), REASON_calls_apart); /* before it */
	CU_ASSERT_EQUAL(with_variable(MAIN, F), REASON_calls_apart); /* behind it */
}

TEST(calls, from_one_place_in_a_loop_tell_nothing)
{
	struct judgement j = judged(merge, 1, 7);
	CU_ASSERT_EQUAL(j.is, INDEPENDENCE_unknown);
	CU_ASSERT_EQUAL(j.reason, REASON_calls_alike);
}

TEST(calls, of_which_little_is_seen_tell_nothing)
{
	struct judgement j = judged(merge_few, 1, CODE_NONE);
	CU_ASSERT_EQUAL(j.is, INDEPENDENCE_unknown);
	CU_ASSERT_EQUAL(j.reason, REASON_recursion);
}

/* The leaves go round by one from run to run: what one run leaves, another call of the next reads.
 */
static void turn(struct example *e, const struct stack_frame *f, size_t frames, uint32_t first,
		 uint32_t leaves)
{
	for (uint32_t i = first; i < first + leaves; i++) {
		touch(e, f, frames, (i + e->run * (LEAVES / 2)) % LEAVES, false);
		touch(e, f, frames, (i + e->run * (LEAVES / 2)) % LEAVES, true);
	}
}

TEST(calls, of_another_run_do_not_count)
{
	CU_ASSERT_EQUAL(judged(turn, 8, CODE_NONE).reason, REASON_calls_apart);
}

/* f(f(f)), where the innermost one, or what it went on to, is met. */
TEST(calls, are_relatives_when_one_made_the_other)
{
	struct example e;
	struct stack_frame f[5] = {{IN_MAIN, {MAIN, CODE_NONE}}};
	struct stack_frame gone[4] = {{IN_MAIN, {MAIN, CODE_NONE}},
				      {LEFT, {F, CODE_NONE}},
				      {RIGHT, {F, CODE_NONE}},
				      {OTHER, {G, CODE_NONE}}};
	uint32_t id[2][2];
	begin(&e);
	run(&e, merge);
	e.counts = true;
	run(&e, merge);
	for (uint32_t a = LEFT; a <= RIGHT; a++)
		for (uint32_t b = LEFT; b <= RIGHT; b++) {
			f[1] = (struct stack_frame){a, {F, CODE_NONE}};
			f[2] = (struct stack_frame){b, {F, CODE_NONE}};
			f[3] = (struct stack_frame){INSIDE, {F, CODE_NONE}};
			id[a - LEFT][b - LEFT] = calls_add(&e.calls, &e.codes, &e.regions, 1, f, 4);
		}
	uint32_t left = calls_add(&e.calls, &e.codes, &e.regions, 1, gone, 2);
	CU_ASSERT_EQUAL(calls_add(&e.calls, &e.codes, &e.regions, 1, gone, 4), id[0][1]);
	CU_ASSERT(calls_are_relatives(&e.calls, left, id[0][0]));
	CU_ASSERT(calls_are_relatives(&e.calls, id[0][1], left));
	CU_ASSERT(calls_are_relatives(&e.calls, left, left));
	CU_ASSERT(!calls_are_relatives(&e.calls, id[0][0], id[0][1]));
	CU_ASSERT(!calls_are_relatives(&e.calls, left, id[1][0]));
	/* a stack that was too deep begins somewhere inside */
	CU_ASSERT_EQUAL(calls_add(&e.calls, &e.codes, &e.regions, 1, f + 1, 3), CALL_NONE);
	end(&e);
}

/* So that threads could be given them: some 32 of 127 calls. */
TEST(calls, are_gathered_to_tasks)
{
	struct example e;
	size_t tasks = 0;
	begin(&e);
	run(&e, merge);
	e.counts = true;
	run(&e, merge);
	calls_sum(&e.calls);
	for (uint32_t i = 1; i < e.calls.count; i++) {
		const struct call *c = &e.calls.call[i];
		tasks += c->task == i;
		CU_ASSERT(calls_are_relatives(&e.calls, c->task, i));
		CU_ASSERT(c->task == i || c->samples * CALLS_TASKS < c->all);
	}
	CU_ASSERT(tasks >= 31 && tasks < 64);
	end(&e);
}
