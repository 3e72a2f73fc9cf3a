/* The loops of Python sources: which one a line of a function is in. */
#include "profiler/python_blocks.h"
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>

/* Where a frame is: its code and line. */
struct at {
	int minor; /* of the version of Python 3 */
	const char *function;
	int64_t first_line, line;
};

/* Loops around a place, innermost first, as "3-5 1-7"; "-": none; "?": no such code. */
static const char *loops_at(const char *source, struct at at)
{
	static char said[128];
	struct python_blocks b;
	bool inlined = at.minor >= 12;
	struct python_frame frame = {at.function, at.first_line, inlined};
	size_t length = 0;

	python_blocks_read(&b, source, strlen(source));
	uint32_t own = python_blocks_own(&b, &frame, at.line);
	struct python_span span = {at.line, at.line, -1, -1};
	uint32_t loop = python_blocks_loop(&b, own, &span, inlined);
	strcpy(said, own == PYTHON_BLOCK_NONE ? "?" : "-");
	for (; loop != PYTHON_BLOCK_NONE && length < sizeof(said) - 32;
	     loop = python_blocks_around(&b, own, loop, inlined))
		length += (size_t)sprintf(said + length, "%s%u-%u", length ? " " : "",
					  b.block[loop].line, b.block[loop].last);
	python_blocks_free(&b);
	return said;
}

#define LOOPS(source, expected, ...)                                                               \
	CU_ASSERT_STRING_EQUAL(loops_at(source, (struct at){__VA_ARGS__}), expected)

static const char nested[] = "def work(rows):\n"
			     "    total = 0\n"
			     "    for row in rows:\n"
			     "        total += 1\n"
			     "        while row:\n"
			     "            row -= 1\n"
			     "\n"
			     "        # a comment: for nothing\n"
			     "        total += 2\n"
			     "    return total\n"
			     "for i in range(3):\n"
			     "    work(i)\n";

TEST(python_blocks, loops_in_one_another)
{
	LOOPS(nested, "-", 11, "work", 1, 1);
	LOOPS(nested, "-", 11, "work", 1, 2);
	LOOPS(nested, "3-9", 11, "work", 1, 3);
	LOOPS(nested, "3-9", 11, "work", 1, 4);
	LOOPS(nested, "5-6 3-9", 11, "work", 1, 5);
	LOOPS(nested, "5-6 3-9", 11, "work", 1, 6);
	LOOPS(nested, "3-9", 11, "work", 1, 9);
	LOOPS(nested, "-", 11, "work", 1, 10);
	LOOPS(nested, "11-12", 11, "<module>", 1, 12);
}

TEST(python_blocks, code_that_the_source_does_not_have)
{
	LOOPS(nested, "?", 11, "work", 2, 4);
	LOOPS(nested, "?", 11, "play", 1, 4);
	LOOPS(nested, "?", 11, "work", 1, 11);
	LOOPS(nested, "?", 11, "<lambda>", 1, 1);
	LOOPS("for x in (1:\n    f(x)\n", "?", 11, "<module>", 1, 2);
	LOOPS("for x in 'y:\n    f(x)\n", "?", 11, "<module>", 1, 2);
	LOOPS("for x in y:\n    f('''x)\n", "?", 11, "<module>", 1, 2);
	LOOPS("", "-", 11, "<module>", 1, 1);
}

TEST(python_blocks, what_follows_else_is_behind_the_loop)
{
	static const char source[] = "while more():\n"
				     "    step()\n"
				     "    if x:\n"
				     "        pass\n"
				     "    else:\n"
				     "        y\n"
				     "else:\n"
				     "    for a in b:\n"
				     "        c\n"
				     "    else:\n"
				     "        d\n";
	LOOPS(source, "1-6", 11, "<module>", 1, 6);
	LOOPS(source, "8-9", 11, "<module>", 1, 9);
	LOOPS(source, "-", 11, "<module>", 1, 11);
}

TEST(python_blocks, strings_and_comments_are_no_code)
{
	static const char source[] = "def f(x):\n"
				     "    '''\n"
				     "for x in y:\n"
				     "    it's [x for x in y]\n"
				     "    '''\n"
				     "    a = \"for x in y: \\\" (\"  # for ( \" '''\n"
				     "    for x in 'it''s', r'\\\\', \"\"\"(\n"
				     "for\n"
				     "\"\"\":  # [\n"
				     "        g(x, b'\\'(')\n"
				     "    return rb\"\"\"\"[\"\"\"\n";
	LOOPS(source, "-", 12, "f", 1, 4);
	LOOPS(source, "-", 12, "f", 1, 6);
	LOOPS(source, "7-10", 12, "f", 1, 8);
	LOOPS(source, "7-10", 12, "f", 1, 10);
	LOOPS(source, "-", 12, "f", 1, 11);
}

TEST(python_blocks, lines_that_are_continued)
{
	static const char source[] = "def f(a,\n"
				     "for_=1):\n"
				     "    for x in \\\n"
				     "  a:\n"
				     "        g(x,\n"
				     "for_)\n"
				     "        h = x \\\n"
				     "+ 1\n"
				     "    i(\n"
				     "        x)\n";
	LOOPS(source, "3-8", 11, "f", 1, 4);
	LOOPS(source, "3-8", 11, "f", 1, 6);
	LOOPS(source, "3-8", 11, "f", 1, 8);
	LOOPS(source, "-", 11, "f", 1, 10);
}

TEST(python_blocks, tabs_and_other_ends_of_lines)
{
	LOOPS("\xef\xbb\xbf"
	      "def f():\r\n\tfor x in y:\r\n\t    g\r\n        h\r\n\r\n        i\r\n",
	      "2-3", 11, "f", 1, 3);
	LOOPS("def f():\r\n\tfor x in y:\r\n\t    g\r\n        h\r\n", "-", 11, "f", 1, 4);
	LOOPS("for x in y:\r  f\rg\r", "1-2", 11, "<module>", 1, 2);
	LOOPS("for x in y:\r  f\rg\r", "-", 11, "<module>", 1, 3);
	LOOPS("while 1:\n f\n g", "1-3", 11, "<module>", 1, 3);
}

TEST(python_blocks, one_line)
{
	static const char source[] = "def f(y):\n"
				     "    for x in y: g(x); h(x)\n"
				     "    while y: y = y[1:]\n"
				     "    i()\n";
	LOOPS(source, "2-2", 11, "f", 1, 2);
	LOOPS(source, "3-3", 11, "f", 1, 3);
	LOOPS(source, "-", 11, "f", 1, 4);
}

TEST(python_blocks, functions_in_one_another)
{
	static const char source[] = "for i in range(2):\n"
				     "    @decorate(\n"
				     "        i)\n"
				     "    async def f(y):\n"
				     "        async for x in y:\n"
				     "            def g(z=[a for a in y]):\n"
				     "                return z\n"
				     "            g()\n"
				     "    class C:\n"
				     "        while h():\n"
				     "            def k(self): return 1\n";
	LOOPS(source, "1-11", 11, "<module>", 1, 2);
	LOOPS(source, "1-11", 11, "<module>", 1, 4);
	LOOPS(source, "-", 11, "f", 2, 4);
	LOOPS(source, "5-8", 11, "f", 2, 8);
	LOOPS(source, "5-8", 11, "f", 2, 6);
	LOOPS(source, "6-6 5-8", 12, "f", 2, 6);
	LOOPS(source, "-", 12, "f.<locals>.g", 6, 6);
	LOOPS(source, "-", 12, "f.<locals>.g", 6, 7);
	LOOPS(source, "10-11", 11, "C", 9, 10);
	LOOPS(source, "-", 11, "C.k", 11, 11);
}

TEST(python_blocks, match_and_words_that_are_no_keywords)
{
	static const char source[] = "match = forward = 1\n"
				     "match command:\n"
				     "    case [x, *rest] if x:\n"
				     "        for y in rest:\n"
				     "            whiles = y\n"
				     "    case {'for': 1}:\n"
				     "        defer()\n"
				     "while_ = format.x\n"
				     "classes()\n";
	LOOPS(source, "4-5", 12, "<module>", 1, 5);
	LOOPS(source, "-", 12, "<module>", 1, 6);
	LOOPS(source, "-", 12, "<module>", 1, 7);
	LOOPS(source, "-", 12, "<module>", 1, 9);
}

static const char comprehensions[] = "def f(y):\n"
				     "    for x in [g(a)\n"
				     "              for a in y]:\n"
				     "        z = {k: [v for v in x]\n"
				     "             for k in x}\n"
				     "        s = sum(\n"
				     "            b for b in z)\n"
				     "    return [[c for c in d] for d in z] + [e for e in z]\n";

TEST(python_blocks, comprehensions_that_are_inlined)
{
	LOOPS(comprehensions, "2-3", 12, "f", 1, 2); /* evaluated once */
	LOOPS(comprehensions, "4-5 2-7", 12, "f", 1, 4);
	LOOPS(comprehensions, "4-5 2-7", 12, "f", 1, 5);
	LOOPS(comprehensions, "2-7", 12, "f", 1, 7);
	LOOPS(comprehensions, "8-8", 12, "f", 1, 8);
	LOOPS(comprehensions, "6-7", 12, "f.<locals>.<genexpr>", 6, 7);
}

/* Is what lies between two columns of a line in a comprehension? */
static bool in_comprehension(const char *source, int64_t line, int32_t column, int64_t line_end,
			     int32_t column_end)
{
	struct python_blocks b;
	struct python_span span = {line, line_end, column, column_end};
	python_blocks_read(&b, source, strlen(source));
	bool in = python_blocks_loop(&b, 0, &span, true) != PYTHON_BLOCK_NONE;
	python_blocks_free(&b);
	return in;
}

TEST(python_blocks, columns_tell_what_is_in_a_comprehension)
{
	static const char source[] = "f([g(x) for x in y], h())\n"
				     "i(\"\xc3\xa4\", {x: k\n"
				     " (x) for x in y}, 1)\n";
	CU_ASSERT(in_comprehension(source, 1, 2, 1, 19));   /* all of it */
	CU_ASSERT(in_comprehension(source, 1, 3, 1, 7));    /* g(x) */
	CU_ASSERT(!in_comprehension(source, 1, 0, 1, 25));  /* f(…) */
	CU_ASSERT(!in_comprehension(source, 1, 21, 1, 24)); /* h() */
	CU_ASSERT(!in_comprehension(source, 1, 2, 1, 20));  /* more than that */
	CU_ASSERT(in_comprehension(source, 2, 8, 3, 16));   /* all of it */
	CU_ASSERT(in_comprehension(source, 2, 12, 3, 4));   /* k(x) */
	CU_ASSERT(!in_comprehension(source, 2, 2, 2, 6));   /* the text before */
	CU_ASSERT(!in_comprehension(source, 2, 0, 3, 20));  /* i(…) */
	CU_ASSERT(!in_comprehension(source, 3, 18, 3, 19)); /* 1 */
	CU_ASSERT(in_comprehension(source, 1, -1, 1, -1));  /* by the line alone */
}

TEST(python_blocks, comprehensions_that_are_code_of_their_own)
{
	LOOPS(comprehensions, "2-7", 11, "f", 1, 2);
	LOOPS(comprehensions, "2-7", 11, "f", 1, 4);
	LOOPS(comprehensions, "-", 11, "f", 1, 8);
	LOOPS(comprehensions, "2-3", 11, "<listcomp>", 2, 3);
	LOOPS(comprehensions, "4-4", 11, "<listcomp>", 4, 4);
	LOOPS(comprehensions, "4-5", 11, "<dictcomp>", 4, 5);
	CU_ASSERT(python_is_comprehension("f.<locals>.<setcomp>"));
	CU_ASSERT(python_is_comprehension("<genexpr>"));
	CU_ASSERT(!python_is_comprehension("<lambda>"));
	CU_ASSERT(!python_is_comprehension("f.<locals>.genexpr"));
}

TEST(python_blocks, lambdas_are_code_of_their_own)
{
	static const char source[] = "for x in y:\n"
				     "    h = lambda a, b=lambda: 1: [\n"
				     "        a for a in b]; i = [\n"
				     "        c for c in h]\n"
				     "    j(lambda: 1, [\n"
				     "        d for d in h], lambda: [\n"
				     "        e for e in h])\n"
				     "    k = [lambda:\n"
				     "         m for m in x]\n";
	LOOPS(source, "2-3", 12, "<lambda>", 2, 3);
	LOOPS(source, "-", 11, "<lambda>", 2, 3);
	LOOPS(source, "3-4 1-9", 12, "<module>", 1, 4);
	LOOPS(source, "5-6 1-9", 12, "<module>", 1, 6);
	LOOPS(source, "6-7", 12, "<lambda>", 6, 7);
	LOOPS(source, "1-9", 12, "<module>", 1, 7);
	LOOPS(source, "8-9 1-9", 12, "<module>", 1, 9);
}

TEST(python_blocks, fields_of_strings_are_code)
{
	static const char source[] = "a = f'{x!r:>{w}} {{for [ {d[\"]\"]:%H:%M'\n"
				     "b = f'{x!r:>{w}} {{for [ {d[\"]\"]:%H:%M} it'\n"
				     "c = f\"{x[\"}\"]} {f'{y:\"^{w}}'}\"\n"
				     "for z in rf'''\\{z} {\n"
				     "        [g(a) for a in b]}\n"
				     "        [''':\n"
				     "    h(f'{z}:')\n";
	const char *rest = strchr(source, '\n') + 1;
	LOOPS(source, "?", 12, "<module>", 1, 7);
	LOOPS(rest, "4-4", 12, "<module>", 1, 4);
	LOOPS(rest, "3-6", 12, "<module>", 1, 6);
}

/* Of any text: blocks lie in one another, or there are none. */
TEST(python_blocks, any_text)
{
	static const char *const parts[] = {
	    "for ", "while ", "def f", "class C", "lambda", ":",  ",", "(",    ")",  "[",
	    "]",    "{",      "}",     "'",	  "\"\"\"", "f'", "#", "\\",   "\n", "\n    ",
	    "\n\t", "async ", "@d",    "x",	  "\r\n",   "{{", ";", "else", "\f", "\xc3"};
	uint32_t with = 0;
	srand(1);
	for (int i = 0; i < 20000; i++) {
		char text[256] = "";
		struct python_blocks b;
		for (int n = rand() % 12; n > 0; n--)
			strcat(text, parts[(size_t)rand() % (sizeof(parts) / sizeof(parts[0]))]);
		char *copy = strdup(text); /* its end is an end of memory to the sanitizer */
		python_blocks_read(&b, copy, strlen(copy));
		for (uint32_t k = 1; k < b.count; k++) {
			const struct python_block *x = &b.block[k];
			CU_ASSERT_FATAL(x->parent < k && x->first >= 1 && x->first <= x->line &&
					x->line <= x->last && x->last <= b.block[0].last);
			with += x->kind == PYTHON_LOOP;
			struct python_span span = {x->line, x->last, (int)x->line % 8 - 1, 4};
			uint32_t loop = python_blocks_loop(&b, 0, &span, true), steps = 0;
			for (; loop != PYTHON_BLOCK_NONE; steps++)
				loop = python_blocks_around(&b, 0, loop, true);
			CU_ASSERT_FATAL(steps < b.count);
		}
		python_blocks_free(&b);
		free(copy);
	}
	CU_ASSERT(with > 500);
}
