/* Passes of loops: what a list of hits says of a word, what instructions do, and traps on this
 * thread. */
#include "collectors/kernel/armed.h"
#include "collectors/kernel/accesses.h"
#include "collectors/kernel/traps.h"
#include "profiler/piece_words.h"
#include "tests/unit/unit.h"
#include <string.h>
#include <unistd.h>

#define WORD 0x1000u

static bool pair(void *data, uint64_t load_pc, uint64_t store_pc)
{
	(void)data;
	return load_pc == 10 && store_pc == 20;
}

/* One letter an event, 1 us apart: | a piece begins; r, w, b reads, writes, does both; + adds at
 * once; l s a load and a store that are one addition; R W the same of the word beside; . nothing; ?
 * not known. */
static size_t events_of(const char *text, struct piece_event *e)
{
	size_t count = 0;
	for (size_t i = 0; text[i]; i++) {
		char c = text[i];
		struct piece_event one = {.time = (i + 1) * 1000,
					  .begin = c == '|',
					  .address = c == 'R' || c == 'W' ? WORD + 4 : WORD,
					  .bytes = 4,
					  .pc = c == 'l'   ? 10
						: c == 's' ? 20
							   : 30,
					  .known = c != '?'};
		one.reads = c && strchr("rRb+l", c);
		one.writes = c && strchr("wWb+s", c);
		one.adds = c == '+';
		if (c != '.')
			e[count++] = one;
	}
	return count;
}

static struct piece_word_seen look(const char *text, uint64_t trap_ns)
{
	struct piece_event e[256];
	struct piece_moment_events of = {.event = e,
					 .count = events_of(text, e),
					 .until_ns = UINT64_MAX,
					 .trap_ns = trap_ns,
					 .accumulates = pair};
	return piece_word_look(&of, WORD, 4);
}

static void is(const char *text, enum piece_kind kind, uint32_t pieces)
{
	struct piece_word_seen seen = look(text, 0);
	CU_ASSERT_EQUAL(seen.kind, kind);
	CU_ASSERT_EQUAL(seen.pieces, pieces);
	if (seen.kind != kind || seen.pieces != pieces)
		fprintf(stderr, "%s: %s in %u\n", text, piece_kind_name(seen.kind), seen.pieces);
}

TEST(pieces, a_word_is_of_the_kind_that_its_uses_show)
{
	is("", PIECE_UNMET, 0);
	is("|||", PIECE_UNMET, 0);
	is("|r|rr|r|", PIECE_READ, 3);
	is("|wr|w|wrw|", PIECE_OWN, 3);
	is("|+|++|+|", PIECE_ACCUMULATED, 3);
	is("|ls|lsls|ls|", PIECE_ACCUMULATED, 3);
	is("|rw|rw|", PIECE_CARRIED, 2);
	is("|b|b|", PIECE_CARRIED, 2);
	is("|w|r|", PIECE_CARRIED, 2);
	is("|+|r|+|", PIECE_CARRIED, 3);
	is("|ls|lrs|", PIECE_CARRIED, 2);
	is("|sl|ls|", PIECE_CARRIED, 2);
}

TEST(pieces, what_one_piece_alone_does_to_a_word_makes_no_other_wait)
{
	is("|rw||||", PIECE_OWN, 1);
	is("|||b|", PIECE_OWN, 1);
	is("|r|rw|", PIECE_OWN, 2);
}

TEST(pieces, only_whole_pieces_count)
{
	is("w|r|r|", PIECE_READ, 2);
	is("|w|w|r", PIECE_OWN, 2);
	is("r", PIECE_UNMET, 0);
}

TEST(pieces, what_cannot_be_decoded_says_nothing)
{
	is("|w|?|r|", PIECE_UNMET, 0);
}

TEST(pieces, of_the_word_beside_is_another_matter)
{
	is("|rW|rW|", PIECE_READ, 2);
	is("|RW|RW|", PIECE_UNMET, 0);
	is("|wR|wR|", PIECE_OWN, 2);
}

TEST(pieces, before_and_after_a_word_was_watched_it_is_not_judged)
{
	struct piece_event e[64];
	struct piece_moment_events of = {.event = e, .accumulates = pair, .until_ns = UINT64_MAX};
	of.count = events_of("|r|w|w|r|r|", e);
	of.armed_ns = 3000; /* the second piece is whole */
	of.until_ns = 7000; /* and the third is, the fourth is not */
	CU_ASSERT_EQUAL(piece_word_look(&of, WORD, 4).kind, PIECE_OWN);
	CU_ASSERT_EQUAL(piece_word_look(&of, WORD, 4).whole, 2);
}

TEST(pieces, the_delay_is_what_passes_from_the_first_read_to_the_last_write)
{
	struct piece_word_seen late = look("|r.......w|r.......w|r.......w|", 10);
	struct piece_word_seen early = look("|rw.......|rw.......|rw.......|", 10);
	struct piece_word_seen none = look("|...w..r...|...w..r...|...w..r...|", 10);
	CU_ASSERT_EQUAL(late.kind, PIECE_CARRIED);
	CU_ASSERT_TRUE(late.timed);
	CU_ASSERT_DOUBLE_EQUAL(late.delay, 0.8, 0.05);
	CU_ASSERT_DOUBLE_EQUAL(early.delay, 0.1, 0.05);
	CU_ASSERT_EQUAL(none.kind, PIECE_OWN);
	CU_ASSERT_FALSE(look("|r.......w|r.......w|", 5000).timed);
}

TEST(pieces, traps_between_are_no_time_of_a_piece)
{
	struct piece_word_seen seen = look("|r.w|r.w|r.w|", 900);
	CU_ASSERT_FALSE(seen.timed);
	seen = look("|r........w|r........w|", 500);
	CU_ASSERT_TRUE(seen.timed);
	CU_ASSERT_DOUBLE_EQUAL(seen.delay, ((10 - 1.0) - (1 - 0.5)) / (11 - 1.5), 0.01);
}

TEST(pieces, one_that_was_interrupted_tells_no_time)
{
	CU_ASSERT_FALSE(look("|r.w|r.w|r.w.............................|r.w|r.w|", 900).timed);
}

static struct access decoded(const char *code, size_t bytes)
{
	struct accesses *a = accesses_open();
	struct access one = access_of(a, (const unsigned char *)code, bytes, 0x400000);
	accesses_close(a);
	return one;
}
#define DECODED(code) decoded(code, sizeof(code) - 1)

TEST(pieces, instructions_read_and_write_memory)
{
	struct access load = DECODED("\x48\x8b\x07");		/* mov (%rdi),%rax */
	struct access store = DECODED("\x48\x89\x07");		/* mov %rax,(%rdi) */
	struct access add = DECODED("\x48\x01\x07");		/* add %rax,(%rdi) */
	struct access locked = DECODED("\xf0\x48\x0f\xb1\x0f"); /* lock cmpxchg %rcx,(%rdi) */
	struct access shift = DECODED("\x48\xd1\x27");		/* shlq (%rdi) */
	struct access lea = DECODED("\x48\x8d\x07");		/* lea (%rdi),%rax */
	struct access copy = DECODED("\xf3\x48\xa5");		/* rep movsq */
	struct access doubles = DECODED("\xf2\x0f\x11\x07");	/* movsd %xmm0,(%rdi) */
	CU_ASSERT_TRUE(load.known && load.reads && !load.writes && load.size == 3);
	CU_ASSERT_TRUE(store.known && !store.reads && store.writes);
	CU_ASSERT_TRUE(add.reads && add.writes && add.adds);
	CU_ASSERT_TRUE(locked.reads && locked.writes && !locked.adds);
	CU_ASSERT_TRUE(shift.reads && shift.writes && !shift.adds);
	CU_ASSERT_FALSE(lea.memory);
	CU_ASSERT_TRUE(copy.memory && !copy.known && copy.repeated);
	CU_ASSERT_TRUE(doubles.known && !doubles.reads && doubles.writes);
	CU_ASSERT_EQUAL(DECODED("\x06").size, 0);
}

static bool is_sum(const char *code, size_t bytes, uint64_t store)
{
	struct accesses *a = accesses_open();
	bool sum =
	    access_accumulates(a, (const unsigned char *)code, bytes, 0x400000, 0x400000 + store);
	accesses_close(a);
	return sum;
}
#define IS_SUM(code, store) is_sum(code, sizeof(code) - 1, store)

#define LOAD "\x48\x8b\x07"			   /* mov (%rdi),%rax */
#define STORE "\x48\x89\x07"			   /* mov %rax,(%rdi) */
#define ADD "\x48\x01\xd0"			   /* add %rdx,%rax */
#define SUB "\x48\x29\xd0"			   /* sub %rdx,%rax */
#define MULTIPLY "\x48\x0f\xaf\xc2"		   /* imul %rdx,%rax */
#define OTHER "\x48\xff\xc1"			   /* inc %rcx */
#define COPY "\x48\x89\xc1"			   /* mov %rax,%rcx */
#define JUMP "\x74\x00"				   /* je */
#define ADD_THEM "\x48\x03\x07"			   /* add (%rdi),%rax */
#define SUB_THEM "\x48\x2b\x07"			   /* sub (%rdi),%rax */
#define DOUBLES "\xf2\x0f\x58\x07\xf2\x0f\x11\x07" /* addsd (%rdi),%xmm0; movsd %xmm0,(%rdi) */

TEST(pieces, a_load_and_a_store_that_are_one_sum_are_known)
{
	CU_ASSERT_TRUE(IS_SUM(LOAD ADD STORE, 6));
	CU_ASSERT_TRUE(IS_SUM(LOAD SUB STORE, 6));
	CU_ASSERT_TRUE(IS_SUM(LOAD MULTIPLY STORE, 7));
	CU_ASSERT_TRUE(IS_SUM(LOAD OTHER ADD OTHER ADD STORE, 15));
	CU_ASSERT_TRUE(IS_SUM(ADD_THEM STORE, 3));
	CU_ASSERT_TRUE(IS_SUM(DOUBLES, 4));
}

TEST(pieces, a_load_and_a_store_that_are_something_else_are_no_sum)
{
	CU_ASSERT_FALSE(IS_SUM(LOAD STORE, 3));
	CU_ASSERT_FALSE(IS_SUM(LOAD ADD MULTIPLY STORE, 10));
	CU_ASSERT_FALSE(IS_SUM(LOAD JUMP ADD STORE, 8));
	CU_ASSERT_FALSE(IS_SUM(SUB_THEM STORE, 3));
	CU_ASSERT_FALSE(IS_SUM(LOAD COPY ADD STORE, 9));
	CU_ASSERT_FALSE(IS_SUM(LOAD "\x48\x01\xc0" STORE, 6));	   /* add %rax,%rax */
	CU_ASSERT_FALSE(IS_SUM(LOAD "\x48\x8d\x04\x02" STORE, 7)); /* lea (%rdx,%rax),%rax */
	CU_ASSERT_FALSE(IS_SUM(LOAD ADD STORE, 5));
	CU_ASSERT_FALSE(IS_SUM(STORE LOAD, 0));
}

TEST(pieces, traps_are_refused_with_a_reason_or_they_stop)
{
	static const enum trap_way ways[] = {TRAP_REGISTER, TRAP_REPLACED};
	for (size_t i = 0; i < 2; i++) {
		const char *why = NULL;
		uint64_t ns = traps_cost_ns(ways[i], &why);
		CU_ASSERT_PTR_NOT_NULL(why);
		CU_ASSERT_TRUE(ns < 100000000);
	}
}

TEST(pieces, set_registers_cost_little_or_that_is_known)
{
	bool slows = armed_slows();
	CU_ASSERT_EQUAL(armed_slows(), slows);
	CU_ASSERT_EQUAL(armed_loss_ns(1000) > 0, slows);
}

#define REPLACES(...)                                                                              \
	trap_can_replace((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

TEST(pieces, code_of_avx_is_not_replaced)
{
	CU_ASSERT(REPLACES(0x55, 0x90));			     /* push %rbp */
	CU_ASSERT(REPLACES(0xf2, 0x0f, 0x10, 0x44, 0x24, 0x18));     /* movsd 0x18(%rsp),%xmm0 */
	CU_ASSERT(REPLACES(0x66, 0x48, 0x0f, 0x7e, 0xc0));	     /* movq %xmm0,%rax */
	CU_ASSERT(REPLACES(0x8f, 0x00));			     /* pop (%rax) */
	CU_ASSERT(!REPLACES(0xc5, 0xfa, 0x7e, 0x15, 1, 0x3c, 1, 0)); /* vmovq 0x13c01(%rip),%xmm2 */
	CU_ASSERT(!REPLACES(0xc4, 0xe2, 0xe1, 0x9d, 0x24, 0xf9));    /* vfnmadd132sd */
	CU_ASSERT(!REPLACES(0x65, 0xc5, 0xe9, 0x55, 0xc9));	     /* of another segment */
	CU_ASSERT(!REPLACES(0x62, 0xf1, 0x7c, 0x48, 0x10, 0x00));    /* vmovups (%rax),%zmm0 */
	CU_ASSERT(!REPLACES(0x8f, 0xe8, 0x78, 0xcc, 0xc1, 0));	     /* vpcomb */
	CU_ASSERT(!REPLACES(0x66));				     /* its end is not known */
}
