/* Touches of cache lines: what is near, what is forgotten, and the operands they come from. */
#include "collectors/kernel/operand.h"
#include "collectors/kernel/ring.h"
#include "profiler/line_watch.h"
#include "tests/unit/unit.h"
#include <string.h>

#define MS 1000000

static void touch(struct touches *t, uint32_t tid, uint64_t address, int64_t ns, bool write)
{
	struct touch one = {.pid = 1,
			    .tid = tid,
			    .task = tid,
			    .address = address,
			    .pc = 0x400000 + tid,
			    .ns = ns,
			    .reads = !write,
			    .writes = write};
	touches_add(t, &one);
}

TEST(touches, of_different_words_are_apart_of_one_the_same)
{
	struct touches t;
	touches_init(&t, 64);
	for (int64_t i = 0; i < 10; i++) {
		touch(&t, 10, 0x1000, i * 5 * MS, true);
		touch(&t, 11, 0x1028, i * 5 * MS + MS, true);
		touch(&t, 10, 0x2008, i * 5 * MS, true);
		touch(&t, 11, 0x200c, i * 5 * MS + MS, true); /* of the same 8 bytes */
	}
	CU_ASSERT_EQUAL_FATAL(t.lines, 2);
	CU_ASSERT_EQUAL(touches_line(&t, 1, 0x1000)->apart, 19);
	CU_ASSERT_EQUAL(touches_line(&t, 1, 0x1000)->same, 0);
	CU_ASSERT_EQUAL(touches_line(&t, 1, 0x2000)->apart, 0);
	CU_ASSERT_EQUAL(touches_line(&t, 1, 0x203f)->same, 19);
	CU_ASSERT_EQUAL(touches_line(&t, 1, 0x1000)->threads, 2);
	CU_ASSERT_EQUAL(t.words, 4);
	touches_free(&t);
}

TEST(touches, that_are_long_ago_or_of_one_thread_are_not_near)
{
	struct touches t;
	touches_init(&t, 64);
	for (int64_t i = 0; i < 10; i++)
		touch(&t, 10 + (uint32_t)(i % 2), 0x1000 + 8 * (uint64_t)(i % 2), i * TOUCH_NEAR_NS,
		      true);
	for (int64_t i = 0; i < 10; i++)
		touch(&t, 20, 0x2000 + 8 * (uint64_t)(i % 2), i, true);
	CU_ASSERT_EQUAL(touches_line(&t, 1, 0x1000)->apart, 0);
	CU_ASSERT_EQUAL(touches_line(&t, 1, 0x2000)->apart, 0);
	touches_free(&t);
}

static void add_words(void *sum, const struct touch_word *w)
{
	((uint32_t *)sum)[0]++;
	((uint32_t *)sum)[1] += w->writes;
}

TEST(touches, of_one_thread_make_room_and_shared_lines_stay)
{
	struct touches t;
	uint32_t sum[2] = {0};
	touches_init(&t, 64);
	for (int i = 0; i < 3; i++) {
		touch(&t, 10, 0x1000, i * MS, true);
		touch(&t, 11, 0x1008, i * MS, true);
	}
	for (uint64_t i = 0; i < 3 * TOUCH_LINES; i++)
		touch(&t, 12, 0x100000 + 64 * i, 0, false);
	CU_ASSERT_TRUE(t.lines <= TOUCH_LINES);
	CU_ASSERT_EQUAL(t.dropped, 0);
	CU_ASSERT_EQUAL(touches_line(&t, 1, 0x1000)->apart, 5);
	touches_words(&t, touches_line(&t, 1, 0x1000), add_words, sum);
	CU_ASSERT_EQUAL(sum[0], 2);
	CU_ASSERT_EQUAL(sum[1], 6);
	touches_forget(&t, 1);
	CU_ASSERT_EQUAL(t.lines, 0);
	touches_free(&t);
}

static size_t copy_code(void *from, uint64_t address, unsigned char *to, size_t bytes)
{
	memset(to, 0x90, bytes);
	if (address - 0x1000 < 64)
		memcpy(to, (char *)from + (address - 0x1000), 64 - (address - 0x1000));
	return bytes;
}

/* A loop: mov 0(%r13,%rbx,8),%rax; add $1,%rax; mov %rax,0(%r13,%rbx,8); sub $1,%edx; jne */
static unsigned char loop[64] =
    "\x49\x8b\x44\xdd\x00\x48\x83\xc0\x01\x49\x89\x44\xdd\x00\x83\xea\x01"
    "\x75\xed\xc3";

TEST(touches, operands_are_those_of_the_loop_that_goes_on)
{
	struct operand_decoder *d = operand_decoder_open();
	uint64_t registers[RING_REGISTERS] = {[1] = 3, [RING_R8 + 5] = 0x7000};
	struct operands o;
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_TRUE(operands_decode(d, 0x1005, copy_code, loop, &o)); /* behind the load */
	CU_ASSERT_EQUAL_FATAL(o.count, 2);
	CU_ASSERT_TRUE(o.of[0].writes && !o.of[0].reads && o.of[0].pc == 0x1009);
	CU_ASSERT_TRUE(o.of[1].reads && !o.of[1].writes && o.of[1].pc == 0x1000);
	CU_ASSERT_EQUAL(operand_address(&o.of[0], registers), 0x7018);
	CU_ASSERT_EQUAL(operand_address(&o.of[1], registers), 0x7018);
	operand_decoder_close(d);
}

static struct operands decoded(const char *code)
{
	struct operand_decoder *d = operand_decoder_open();
	unsigned char bytes[64];
	struct operands o;
	memset(bytes, 0xc3, sizeof(bytes)); /* ret */
	memcpy(bytes, code, strlen(code));
	operands_decode(d, 0x1000, copy_code, bytes, &o);
	operand_decoder_close(d);
	return o;
}

TEST(touches, operands_whose_registers_change_or_that_are_stacks_are_left_out)
{
	struct operands o =
	    decoded("\x48\x8b\x3f\x48\x8b\x07"); /* mov (%rdi),%rdi; mov (%rdi),%rax */
	CU_ASSERT_EQUAL(o.count, 1);
	CU_ASSERT_EQUAL(decoded("\x48\x89\x44\x24\x08").count, 0);	   /* mov %rax,8(%rsp) */
	CU_ASSERT_EQUAL(decoded("\x48\x8d\x07").count, 0);		   /* lea (%rdi),%rax */
	CU_ASSERT_EQUAL(decoded("\xe8\x01\x01\x01\x01\x88\x07").count, 0); /* behind a call */
	CU_ASSERT_EQUAL(decoded("\x74\x01\x88\x07").count, 0);		   /* behind a jump ahead */
	o = decoded("\xf0\x0f\xb1\x17"); /* lock cmpxchg %edx,(%rdi) */
	CU_ASSERT_TRUE(o.count == 1 && o.of[0].reads && o.of[0].writes && o.of[0].size == 4);
	o = decoded("\x48\x83\x05\x01\x02\x03\x04\x01"); /* addq $1,0x4030201(%rip) */
	CU_ASSERT_TRUE(o.count == 1 && o.of[0].base == -1 && o.of[0].offset == 0x4030201 + 0x1008);
}

/* The induction variable of a loop goes on before the place is used. */
TEST(touches, operands_move_with_registers_that_are_added_to)
{
	uint64_t registers[RING_REGISTERS] = {[0] = 5, [3] = 0x7000};
	/* add $1,%rax; mov %rax,(%rdx,%rax,8) */
	struct operands o = decoded("\x48\x83\xc0\x01\x48\x89\x04\xc2");
	CU_ASSERT_EQUAL_FATAL(o.count, 1);
	CU_ASSERT_EQUAL(operand_address(&o.of[0], registers), 0x7030);
	/* dec %rax; sub $0x10,%rdx; mov %rax,(%rdx,%rax,8) */
	o = decoded("\x48\xff\xc8\x48\x83\xea\x10\x48\x89\x04\xc2");
	CU_ASSERT_EQUAL_FATAL(o.count, 1);
	CU_ASSERT_EQUAL(operand_address(&o.of[0], registers), 0x7010);
	/* add %rcx,%rdx; add $1,%eax: nobody knows */
	CU_ASSERT_EQUAL(decoded("\x48\x01\xca\x48\x89\x02").count, 0);
	CU_ASSERT_EQUAL(decoded("\x83\xc0\x01\x48\x89\x04\xc2").count, 0);
}

TEST(touches, moments_of_watching_count_words_that_threads_used_together)
{
	struct touches t;
	uint64_t words[4] = {0x1000, 0x1008, 0x1010, 0x1028};
	struct line_moment own[] = {{1, 10, 1u}, {1, 11, 8u}};
	struct line_moment one[] = {{1, 10, 1u}, {1, 11, 9u}};
	struct line_moment alone[] = {{1, 10, 3u}, {1, 11, 0}};
	touches_init(&t, 64);
	line_watch_keep(&t, 1, words, true, own, 2, 0);
	line_watch_keep(&t, 1, words, true, one, 2, 0);
	line_watch_keep(&t, 1, words, false, alone, 2, 0);
	const struct touch_line *l = touches_line(&t, 1, 0x1000);
	CU_ASSERT_EQUAL(l->windows, 3);
	CU_ASSERT_EQUAL(l->windows_apart, 1);
	CU_ASSERT_EQUAL(l->windows_same, 1);
	CU_ASSERT_EQUAL(l->apart + l->same, 0); /* those are for samples */
	CU_ASSERT_EQUAL(t.words, 4);
	touches_free(&t);
}
