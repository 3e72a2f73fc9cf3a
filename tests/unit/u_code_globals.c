/* The variables that functions of tests/programs/recursions.c use, and what hand-made code does to
 * one. */
#include "collectors/kernel/code_globals.h"
#include "tests/unit/known_binary.h"
#include "tests/unit/unit.h"
#include <string.h>

/* What a function does to a variable: r, w. */
static const char *use_of(const char *function, const char *variable)
{
	static const char *const words[] = {"", "r", "w", "rw"};
	struct binary *program = known_open("recursions");
	const struct symbol *s = known_symbol(&program->functions, function);
	struct code_loops loops = {0};
	struct code_globals globals = {0};
	size_t count = 0;
	int found = 0;
	CU_ASSERT_FATAL(s != NULL);
	const unsigned char *code = binary_code(program, s->address, &count);
	CU_ASSERT_FATAL(code != NULL && count >= s->size);
	CU_ASSERT_EQUAL(code_loops_find(&loops, code, s->size, s->address), 0);
	CU_ASSERT_EQUAL(code_globals_find(&globals, &loops, code, s->size), 0);
	for (size_t i = 0; i < globals.count; i++) {
		const struct symbol *object = binary_object(program, globals.global[i].address);
		if (object && !strcmp(object->name, variable))
			found |= globals.global[i].reads | globals.global[i].writes << 1;
	}
	code_globals_free(&globals);
	code_loops_free(&loops);
	binary_close(program);
	return words[found];
}

/* One variable at 0x2000, as in code at 0x1000. */
static struct code_global in(const char *code, size_t count)
{
	struct code_loops loops = {0};
	struct code_globals globals = {0};
	const unsigned char *bytes = (const unsigned char *)code;
	CU_ASSERT_EQUAL(code_loops_find(&loops, bytes, count, 0x1000), 0);
	CU_ASSERT_EQUAL(code_globals_find(&globals, &loops, bytes, count), 0);
	CU_ASSERT_EQUAL_FATAL(globals.count, 1);
	struct code_global one = globals.global[0];
	CU_ASSERT_EQUAL(one.address, 0x2000);
	code_globals_free(&globals);
	code_loops_free(&loops);
	return one;
}

TEST(code_globals, of_calls_that_share_them)
{
	CU_ASSERT_STRING_EQUAL(use_of("search", "best"), "rw");
	CU_ASSERT_STRING_EQUAL(use_of("parse", "at"), "rw");
	CU_ASSERT_STRING_EQUAL(use_of("remembered", "memo"), "r");
	CU_ASSERT_STRING_EQUAL(use_of("sort", "best"), "");
}

/* add %eax, v; then also a load of it; then load, add, store. */
TEST(code_globals, sums_are_not_read)
{
	static const char sum[] = "\x01\x05\xfa\x0f\x00\x00\xc3";
	static const char used[] = "\x01\x05\xfa\x0f\x00\x00\x8b\x05\xf4\x0f\x00\x00\xc3";
	static const char three[] = "\x8b\x0d\xfa\x0f\x00\x00\x01\xc1\x89\x0d\xf2\x0f\x00\x00\xc3";
	struct code_global g = in(sum, sizeof(sum) - 1);
	CU_ASSERT(!g.reads && g.writes);
	g = in(used, sizeof(used) - 1);
	CU_ASSERT(g.reads && g.writes);
	g = in(three, sizeof(three) - 1);
	CU_ASSERT(!g.reads && g.writes);
}
