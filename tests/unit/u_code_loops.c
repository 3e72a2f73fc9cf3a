/* The loops of the functions of tests/programs/loops.c, of hand-made code, and of no code. */
#include "collectors/kernel/code_loops.h"
#include "collectors/kernel/image_around.h"
#include "collectors/kernel/image_file.h"
#include "tests/unit/known_binary.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <string.h>

static struct binary *program;

static struct code_loops loops_of(const char *function)
{
	struct code_loops loops = {0};
	size_t count = 0;
	program = known_open("loops");
	const struct symbol *s = known_symbol(&program->functions, function);
	CU_ASSERT_FATAL(s != NULL);
	const unsigned char *code = binary_code(program, s->address, &count);
	CU_ASSERT_FATAL(code != NULL && count >= s->size);
	CU_ASSERT_EQUAL(code_loops_find(&loops, code, s->size, s->address), 0);
	binary_close(program);
	return loops;
}

static struct code_loops loops_in(const unsigned char *code, size_t count)
{
	struct code_loops loops;
	CU_ASSERT_EQUAL(code_loops_find(&loops, code, count, 0x1000), 0);
	return loops;
}

static int depth_of(const struct code_loops *l, int loop)
{
	int depth = 0;
	for (; loop >= 0; loop = l->loop[loop].parent)
		depth++;
	return depth;
}

/* How many loops lie so deep. */
static int count_at(const struct code_loops *l, int depth)
{
	int count = 0;
	for (int i = 0; i < l->count; i++)
		count += depth_of(l, i) == depth;
	return count;
}

TEST(code_loops, none_in_straight_code)
{
	struct code_loops l = loops_of("straight");
	CU_ASSERT_EQUAL(l.count, 0);
	CU_ASSERT_EQUAL(code_loops_at(&l, l.address), -1);
	CU_ASSERT(l.instructions >= 3);
	code_loops_free(&l);
}

TEST(code_loops, one_with_its_header)
{
	struct code_loops l = loops_of("fill");
	CU_ASSERT_EQUAL_FATAL(l.count, 1);
	CU_ASSERT(l.loop[0].header > l.address);
	CU_ASSERT(l.loop[0].instructions >= 3 && l.loop[0].instructions <= 6);
	CU_ASSERT(!l.loop[0].calls && !l.loop[0].inner && !l.loop[0].entered);
	CU_ASSERT_EQUAL(l.loop[0].parent, -1);
	CU_ASSERT_EQUAL(code_loops_at(&l, l.loop[0].header), 0);
	CU_ASSERT_EQUAL(code_loops_at(&l, l.address), -1);
	CU_ASSERT_EQUAL(code_loops_at(&l, l.address - 1), -1);
	CU_ASSERT_EQUAL(code_loops_at(&l, l.address + 4096), -1);
	code_loops_free(&l);
}

TEST(code_loops, nested_in_each_other)
{
	struct code_loops l = loops_of("nested");
	CU_ASSERT_EQUAL(count_at(&l, 1), 1);
	CU_ASSERT(count_at(&l, 2) >= 2);
	CU_ASSERT_EQUAL(count_at(&l, 3), 1);
	for (int i = 0; i < l.count; i++) {
		CU_ASSERT(l.loop[i].parent < i);
		CU_ASSERT_EQUAL(code_loops_at(&l, l.loop[i].header), i);
	}
	code_loops_free(&l);
}

TEST(code_loops, that_call_say_so_outside_too)
{
	struct code_loops l = loops_of("calls");
	CU_ASSERT_EQUAL_FATAL(l.count, 2);
	CU_ASSERT(l.loop[0].calls && l.loop[0].inner && l.loop[0].parent == -1);
	CU_ASSERT(l.loop[1].calls && !l.loop[1].inner && l.loop[1].parent == 0);
	code_loops_free(&l);
}

TEST(code_loops, around_jump_tables)
{
	struct code_loops l = loops_of("interprets");
	CU_ASSERT_EQUAL_FATAL(l.count, 1);
	CU_ASSERT(l.loop[0].instructions > 15);
	code_loops_free(&l);
}

TEST(code_loops, with_a_cold_part_elsewhere)
{
	struct code_loops l = loops_of("rarely");
	CU_ASSERT_EQUAL_FATAL(l.count, 1);
	CU_ASSERT(!l.loop[0].calls);
	code_loops_free(&l);
}

TEST(code_loops, are_no_repeated_instructions)
{
	struct code_loops l = loops_of("copies");
	CU_ASSERT_EQUAL(l.count, 0);
	code_loops_free(&l);
}

TEST(code_loops, entered_elsewhere_say_so)
{
	struct code_loops l = loops_of("enters");
	CU_ASSERT_EQUAL_FATAL(l.count, 1);
	code_loops_free(&l);
	/* je +2; nop; nop; dec %ecx; jne to the second nop's place or the first: two entries */
	static const unsigned char two[] = {0x74, 0x01, 0x50, 0x58, 0xff, 0xc9, 0x75, 0xfa, 0xc3};
	l = loops_in(two, sizeof(two));
	CU_ASSERT_EQUAL_FATAL(l.count, 1);
	CU_ASSERT(l.loop[0].entered);
	CU_ASSERT_EQUAL(l.loop[0].carry, CARRY_UNKNOWN);
	code_loops_free(&l);
}

/* Its only loop; the part of a pass that the next one waits for lies between. */
static void check_carry(const char *function, enum code_carry kind, double least, double most)
{
	struct code_loops l = loops_of(function);
	CU_ASSERT_EQUAL(l.count, 1);
	if (l.count != 1 || l.loop[0].carry != kind || l.loop[0].recurrence < least ||
	    l.loop[0].recurrence > most) {
		printf("%s: %d loops, %s %g\n", function, l.count,
		       code_carry_name(l.count ? l.loop[0].carry : CARRY_UNKNOWN),
		       l.count ? l.loop[0].recurrence : 0);
		CU_FAIL("another kind of loop");
	}
	code_loops_free(&l);
}

TEST(code_loops, carry_their_counters)
{
	check_carry("fill", CARRY_INDUCTION, 0, 0);
	check_carry("independent", CARRY_INDUCTION, 0, 0);
	check_carry("stencil", CARRY_INDUCTION, 0, 0);
	check_carry("strided", CARRY_INDUCTION, 0, 0);
	check_carry("skipping", CARRY_INDUCTION, 0, 0);
}

TEST(code_loops, carry_sums_and_the_like)
{
	static const char *const functions[] = {
	    "sum",	    "dot",	    "product",		"parity",
	    "largest",	    "largest_real", "place_of_largest", "counted",
	    "sum_in_memory"};
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		check_carry(functions[i], CARRY_REDUCTION, 0, 0);
}

TEST(code_loops, carry_where_to_go_next)
{
	check_carry("list", CARRY_CHASE, 1, 1);
	check_carry("chain", CARRY_CHASE, 1, 1);
	check_carry("tree", CARRY_CHASE, 0.8, 1);
}

TEST(code_loops, carry_what_the_next_pass_is_made_of)
{
	static const char *const wait[] = {"generator",	    "xorshift", "filter",
					   "filter_of_two", "hash",	"hash_in_memory",
					   "automaton",	    "newton"};
	for (size_t i = 0; i < sizeof(wait) / sizeof(*wait); i++)
		check_carry(wait[i], CARRY_RECURRENCE, 0.9, 1);
	check_carry("running_sum", CARRY_RECURRENCE, 0.3, 1);
	check_carry("fibonacci", CARRY_RECURRENCE, 0.3, 1);
	check_carry("compacts", CARRY_RECURRENCE, 0.1, 0.7);
	check_carry("hardly", CARRY_RECURRENCE, 0.05, 0.4);
}

/* The outer of two loops. */
static void check_outer(const char *function, enum code_carry outer, enum code_carry inner)
{
	struct code_loops l = loops_of(function);
	CU_ASSERT_EQUAL_FATAL(l.count, 2);
	CU_ASSERT(l.loop[0].inner && l.loop[1].parent == 0);
	CU_ASSERT_EQUAL(l.loop[0].carry, outer);
	CU_ASSERT_EQUAL(l.loop[1].carry, inner);
	code_loops_free(&l);
}

TEST(code_loops, carry_on_through_loops_inside)
{
	check_outer("goes_on", CARRY_RECURRENCE, CARRY_RECURRENCE);
	check_outer("begins_anew", CARRY_INDUCTION, CARRY_RECURRENCE);
}

TEST(code_loops, carry_on_through_calls)
{
	check_carry("asks_on", CARRY_RECURRENCE, 0.8, 1);
	check_carry("asks_each", CARRY_REDUCTION, 0, 0);
}

static void add_address(void *data, uint64_t address)
{
	*(uint64_t *)data += address;
}

TEST(code_loops, by_hand)
{
	/* 1000: dec %eax; 1002: dec %ecx; 1004: jne 1002; 1006: jmp 1000 */
	static const unsigned char nest[] = {0xff, 0xc8, 0xff, 0xc9, 0x75, 0xfc, 0xeb, 0xf8};
	struct code_loops l = loops_in(nest, sizeof(nest));
	uint64_t sum = 0;
	CU_ASSERT_EQUAL_FATAL(l.count, 2);
	CU_ASSERT_EQUAL(l.loop[0].header, 0x1000);
	CU_ASSERT_EQUAL(l.loop[1].header, 0x1002);
	CU_ASSERT_EQUAL(l.loop[1].parent, 0);
	CU_ASSERT_EQUAL(l.loop[0].instructions, 2);
	CU_ASSERT_EQUAL(code_loops_at(&l, 0x1005), 1);
	CU_ASSERT_EQUAL(code_loops_at(&l, 0x1007), 0);
	code_loops_each(&l, 1, add_address, &sum);
	CU_ASSERT_EQUAL(sum, 0x1002 + 0x1004);
	code_loops_each(&l, 0, add_address, &sum);
	CU_ASSERT_EQUAL(sum, 2 * (0x1002 + 0x1004) + 0x1000 + 0x1006);
	code_loops_free(&l);
}

TEST(code_loops, to_itself_and_of_nothing)
{
	static const unsigned char self[] = {0xeb, 0xfe};
	struct code_loops l = loops_in(self, sizeof(self));
	CU_ASSERT_EQUAL_FATAL(l.count, 1);
	CU_ASSERT_EQUAL(l.loop[0].header, 0x1000);
	code_loops_free(&l);
	l = loops_in(self, 0);
	CU_ASSERT_EQUAL(l.count, 0);
	code_loops_free(&l);
}

static bool never_returns(void *data, uint64_t address, bool slot)
{
	CU_ASSERT(!slot);
	*(uint64_t *)data = address;
	return false;
}

TEST(code_loops, do_not_go_on_behind_what_never_returns)
{
	/* 1000: jne 1007; 1002: call 1100; 1007: dec %ecx; 1009: jne 1002; ret */
	static const unsigned char code[] = {0x75, 0x05, 0xe8, 0xf9, 0x00, 0x00,
					     0x00, 0xff, 0xc9, 0x75, 0xf7, 0xc3};
	struct code_loops l = loops_in(code, sizeof(code));
	uint64_t called = 0;
	struct code_around around = {&called, never_returns};
	CU_ASSERT_EQUAL(l.count, 1);
	code_loops_free(&l);
	CU_ASSERT_EQUAL(code_loops_find_in(&l, code, sizeof(code), 0x1000, &around), 0);
	CU_ASSERT_EQUAL(l.count, 0);
	CU_ASSERT_EQUAL(called, 0x1100);
	code_loops_free(&l);
}

/* What the calls of a function go to, as far as their bytes tell. */
static uint64_t last_call(struct binary *b, const struct symbol *s)
{
	size_t count = 0;
	const unsigned char *code = binary_code(b, s->address, &count);
	for (uint64_t at = s->size - 5; at > 0; at--) {
		int32_t distance;
		memcpy(&distance, code + at + 1, sizeof(distance));
		if (code[at] == 0xe8)
			return s->address + at + 5 + (uint64_t)(int64_t)distance;
	}
	return 0;
}

TEST(code_loops, know_which_functions_return)
{
	struct binary *b = known_open("loops");
	char *path = known_path("loops");
	struct image_files files;
	image_files_init(&files);
	struct image_map map = {.end = UINT64_MAX, .file = image_file_get(&files.first, path)};
	struct image image = {.map = &map, .count = 1, .room = 1};
	struct code_around around = image_around(&image);
	const struct symbol *dies = known_symbol(&b->functions, "dies");
	const struct symbol *calls = known_symbol(&b->functions, "calls");
	CU_ASSERT_FATAL(dies != NULL && calls != NULL && last_call(b, dies) != 0);
	CU_ASSERT(!around.returns(around.data, dies->address, false));
	CU_ASSERT(!around.returns(around.data, last_call(b, dies), false));
	CU_ASSERT(around.returns(around.data, calls->address, false));
	CU_ASSERT(around.returns(around.data, calls->address + 1, false));
	CU_ASSERT(around.returns(around.data, 1, false));
	CU_ASSERT(around.returns(around.data, 1, true));
	image_files_free(&files);
	free(path);
	binary_close(b);
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* What holds of any bytes. */
static void check_any(const unsigned char *code, size_t count)
{
	struct code_loops l = loops_in(code, count);
	uint32_t end = 0;
	for (int i = 0; i < l.count; i++) {
		CU_ASSERT(l.loop[i].header >= 0x1000 && l.loop[i].header < 0x1000 + count);
		CU_ASSERT(l.loop[i].parent < i && l.loop[i].parent >= -1);
		CU_ASSERT(l.loop[i].recurrence <= 1);
		CU_ASSERT_EQUAL(code_loops_at(&l, l.loop[i].header), i);
		if (l.loop[i].parent >= 0)
			CU_ASSERT(l.loop[l.loop[i].parent].inner);
	}
	for (size_t s = 0; s < l.stretches; s++) {
		CU_ASSERT(l.stretch[s].begin >= end && l.stretch[s].end > l.stretch[s].begin);
		end = l.stretch[s].end;
	}
	CU_ASSERT(end <= count);
	code_loops_free(&l);
}

TEST(code_loops, of_bytes_that_are_no_code)
{
	unsigned char code[600];
	uint64_t state = 1;
	for (int round = 0; round < 2000; round++) {
		size_t count = 1 + next_random(&state) % sizeof(code);
		for (size_t i = 0; i < count; i++)
			code[i] = (unsigned char)next_random(&state);
		check_any(code, count);
	}
}

/* Short jumps, mostly, to anywhere near: loops of many entries in each other. */
TEST(code_loops, of_jumps_without_order)
{
	static const unsigned char begins[] = {0x74, 0x75, 0x7c, 0xeb, 0x72, 0x74, 0x75, 0xff};
	unsigned char code[240];
	uint64_t state = 2;
	for (int round = 0; round < 2000; round++) {
		size_t count = 2 + next_random(&state) % (sizeof(code) - 2);
		for (size_t i = 0; i < count; i += 2) {
			code[i] = begins[next_random(&state) % sizeof(begins)];
			if (i + 1 < count)
				code[i + 1] =
				    (unsigned char)(code[i] == 0xff ? 0xe0
								    : next_random(&state) * 2);
		}
		check_any(code, count);
	}
}
