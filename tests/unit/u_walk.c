/* The target's unwinder against libunwind and libgcc: same frames from the same place. */
#define UNW_LOCAL_ONLY
#include "collectors/preload/walk.h"
#include "tests/unit/unit.h"
#include <execinfo.h>
#include <libunwind.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPTH 64

static struct {
	uint64_t own[DEPTH], oracle[DEPTH];
	int own_count, oracle_count;
} seen;

static void *stack_top;

static __attribute__((noinline)) int own_walk(struct registers r, uint64_t low)
{
	struct bounds b = {low, (uint64_t)stack_top, (uint32_t)getpid()};
	int n = 0;
	while (n < DEPTH && walk_step(&b, &r))
		seen.own[n++] = r.pc;
	return n;
}

static int oracle_walk(void)
{
	unw_context_t context;
	unw_cursor_t cursor;
	unw_word_t pc;
	int n = 0;
	unw_getcontext(&context);
	unw_init_local(&cursor, &context);
	while (n < DEPTH && unw_step(&cursor) > 0) {
		unw_get_reg(&cursor, UNW_REG_IP, &pc);
		if (pc)
			seen.oracle[n++] = pc;
	}
	return n;
}

/* The two start in different functions below here(): compare from here()'s caller on. */
static __attribute__((noinline)) void here(uint64_t low)
{
	seen.own_count = own_walk(REGISTERS_HERE(), low);
	seen.oracle_count = oracle_walk();
	__asm__ volatile("" ::: "memory");
}

static bool same_frames(int least)
{
	int own = seen.own_count, oracle = seen.oracle_count - 1; /* without the line in here() */
	if (own < least || own != oracle)
		return false;
	return memcmp(seen.own, seen.oracle + 1, (size_t)own * sizeof(seen.own[0])) == 0;
}

static __attribute__((noinline)) int recurse(int n, uint64_t low)
{
	volatile char room[64];
	room[0] = (char)n;
	if (n == 0)
		here(low);
	else
		recurse(n - 1, low);
	return room[0];
}

static __attribute__((noinline)) int variable_frame(int n, uint64_t low)
{
	volatile char *room = alloca((size_t)n * 16 + 16);
	room[0] = 1;
	if (n > 1)
		variable_frame(n - 1, low);
	else
		here(low);
	return room[0];
}

static __attribute__((noinline)) int realigned(uint64_t low)
{
	volatile _Alignas(64) char room[64];
	room[0] = 2;
	here(low);
	return room[0] + ((uintptr_t)room % 64 != 0);
}

static int compare(const void *a, const void *b)
{
	(void)a;
	(void)b;
	if (!seen.own_count)
		here((uint64_t)__builtin_frame_address(0) - 65536);
	return 0;
}

static void on_signal(int number)
{
	(void)number;
	here((uint64_t)__builtin_frame_address(0) - 65536);
}

static uint64_t low_here(void)
{
	extern void *__libc_stack_end;
	stack_top = __libc_stack_end;
	memset(&seen, 0, sizeof(seen));
	return (uint64_t)__builtin_frame_address(0) - 1000000;
}

TEST(walk, plain_frames)
{
	uint64_t low = low_here();
	for (int n = 0; n < 20; n++) {
		recurse(n, low);
		CU_ASSERT(same_frames(n + 3));
	}
}

TEST(walk, frames_of_variable_size)
{
	variable_frame(10, low_here());
	CU_ASSERT(same_frames(12));
}

TEST(walk, realigned_stack)
{
	realigned(low_here());
	CU_ASSERT(same_frames(4));
}

TEST(walk, through_the_c_library)
{
	int values[] = {3, 1, 2};
	low_here();
	qsort(values, 3, sizeof(values[0]), compare);
	CU_ASSERT(same_frames(5));
}

TEST(walk, through_a_signal_frame)
{
	low_here();
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	signal(SIGUSR1, SIG_DFL);
	CU_ASSERT(same_frames(5));
}

TEST(walk, unknown_stack_is_read_through_the_kernel)
{
	low_here();
	stack_top = NULL; /* nothing can be read directly */
	recurse(5, 0);
	CU_ASSERT(same_frames(8));
}

TEST(walk, no_unwind_information_ends_it)
{
	struct registers r = {.pc = 0x1000, .sp = (uint64_t)&r, .exact = true};
	low_here();
	CU_ASSERT_EQUAL(own_walk(r, 0), 0);
}
