/* Numbers and names for people. */
#include "reports/unit.h"
#include "profiler/text.h"
#include "tests/unit/unit.h"
#include <string.h>
#include <stdio.h>

static const struct style utf8 = {.utf8 = true, .brief = true}, ascii = {.brief = true},
			  pipe_style = {0};

/* Compares and empties what a printer wrote. */
static void expect(struct text *t, const char *expected)
{
	CU_ASSERT_STRING_EQUAL(text_string(t), expected);
	if (strcmp(text_string(t), expected) != 0)
		printf("got '%s', expected '%s'\n", text_string(t), expected);
	text_clear(t);
}

TEST(unit, times_have_three_digits_and_the_locales_micro)
{
	struct text t = {0};
	print_ns(&t, 999, &utf8);
	expect(&t, "999 ns");
	print_ns(&t, 1500, &utf8);
	expect(&t, "1.50 µs");
	print_ns(&t, 1500, &ascii);
	expect(&t, "1.50 us");
	print_ns(&t, 61000000000, &utf8);
	expect(&t, "61 s");
	text_free(&t);
}

TEST(unit, a_little_is_not_nothing)
{
	struct text t = {0};
	/* The last two are as near to one as to the other: units.mjs has them too. */
	double shares[] = {0, 0.00001, 0.0004, 0.034, 0.0999, 0.52, 1, 0.225, 0.235};
	const char *words[] = {"0 %",  "<0.01 %", "0.04 %", "3.4 %", "10 %",
			       "52 %", "100 %",	  "22 %",   "24 %"};
	for (int i = 0; i < 9; i++) {
		print_share(&t, shares[i]);
		expect(&t, words[i]);
	}
	text_free(&t);
}

TEST(unit, counts_are_whole_unless_space_is_dear)
{
	struct text t = {0};
	print_count(&t, 999999, &utf8);
	expect(&t, "999999");
	print_count(&t, 14600000, &utf8);
	expect(&t, "14.6M");
	print_count(&t, 14600000, &pipe_style);
	expect(&t, "14600000");
	text_free(&t);
}

TEST(unit, functions_lose_their_parameters)
{
	struct text t = {0};
	const char *names[][2] = {
	    {"main", "main"},
	    {"Cache::evict(unsigned long)", "Cache::evict"},
	    {"Cache::size() const", "Cache::size"},
	    {"work(void (*)(int)) [clone .isra.0]", "work"},
	    {"Pool::operator()(int)", "Pool::operator()"},
	    {"Pool::operator()", "Pool::operator()"},
	    {"(anonymous namespace)::run(int)", "(anonymous namespace)::run"},
	    {"", ""},
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		print_function(&t, names[i][0], &utf8);
		expect(&t, names[i][1]);
	}
	text_free(&t);
}

TEST(unit, long_template_arguments_are_folded)
{
	struct text t = {0};
	const char *name =
	    "Queue<Request, std::allocator<Request> >::push(Request, std::less<int>)";
	print_function(&t, name, &utf8);
	expect(&t, "Queue<…>::push");
	print_function(&t, name, &ascii);
	expect(&t, "Queue<..>::push");
	print_function(&t, name, &pipe_style);
	expect(&t, "Queue<Request, std::allocator<Request> >::push");
	print_function(&t, "std::operator<< <std::char_traits<char>, std::allocator<char> >(int)",
		       &utf8);
	expect(&t, "std::operator<< <…>");
	text_free(&t);
}

TEST(unit, places_lose_their_folder)
{
	struct text t = {0};
	print_place(&t, "/home/me/src/cache.cc:201");
	expect(&t, "cache.cc:201");
	print_place(&t, "cache.cc:201");
	expect(&t, "cache.cc:201");
	text_free(&t);
}

TEST(unit, ends_of_processes_in_words)
{
	struct text t = {0};
	print_status(&t, 0);
	expect(&t, "exit 0");
	print_status(&t, 3 << 8);
	expect(&t, "exit 3");
	print_status(&t, 11);
	expect(&t, "SIGSEGV");
	text_free(&t);
}
