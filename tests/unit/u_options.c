#include "profiler/command.h"
#include "profiler/message.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	bool flag;
	int64_t number;
	double share;
	const char *word;
	int choice;
	struct option_list list;
} got;

static const struct option_row rows[] = {
    {"flag", 'f', OPTION_FLAG, &got.flag, NULL, "a flag"},
    {"number", 'n', OPTION_INT, &got.number, "N", "a number", "5", .minimum = 1, .maximum = 9},
    {"share", 0, OPTION_DOUBLE, &got.share, "X", "a share", "0.5"},
    {"word", 'w', OPTION_TEXT, &got.word, "WORD", "a word"},
    {"color", 0, OPTION_CHOICE, &got.choice, "auto|always|never", "a choice", "always"},
    {"list", 'l', OPTION_LIST, &got.list, "WORD", "words"},
    {.name = NULL},
};
static const struct command plain = {.name = "plain", .options = rows};
static const struct command runner = {.name = "runner", .options = rows, .runs_program = true};

#define PARSE(command, ...)                                                                        \
	parse(command, (char *[]){"command", __VA_ARGS__, NULL},                                   \
	      sizeof((char *[]){"command", __VA_ARGS__}) / sizeof(char *))

static int parse(const struct command *c, char **argv, size_t argc)
{
	memset(&got, 0, sizeof(got));
	message_command(c->name, c->runs_program);
	return options_parse(c, (int)argc, argv);
}

/* The exit status of a parse that must not return; what it says is thrown away. */
static int status_of(const struct command *c, char *first, char *second)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout))
			_exit(99);
		char *argv[] = {"command", first, second, NULL};
		parse(c, argv, second ? 3 : 2);
		_exit(77);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

TEST(options, defaults_come_from_the_table)
{
	unsetenv("PARPROF_OPTIONS");
	int first = PARSE(&plain, "operand");
	CU_ASSERT_EQUAL(first, 1);
	CU_ASSERT_FALSE(got.flag);
	CU_ASSERT_EQUAL(got.number, 5);
	CU_ASSERT_DOUBLE_EQUAL(got.share, 0.5, 0);
	CU_ASSERT_PTR_NULL(got.word);
	CU_ASSERT_EQUAL(got.choice, 1);
}

TEST(options, all_spellings)
{
	PARSE(&plain, "-f", "-n3", "--share=0.25", "--word", "hello", "--color=never");
	CU_ASSERT_TRUE(got.flag);
	CU_ASSERT_EQUAL(got.number, 3);
	CU_ASSERT_DOUBLE_EQUAL(got.share, 0.25, 0);
	CU_ASSERT_STRING_EQUAL(got.word, "hello");
	CU_ASSERT_EQUAL(got.choice, 2);
}

TEST(options, operands_may_come_first)
{
	CU_ASSERT_EQUAL(PARSE(&plain, "a", "-f", "b"), 2);
	CU_ASSERT_TRUE(got.flag);
}

TEST(options, a_program_keeps_its_options)
{
	CU_ASSERT_EQUAL(PARSE(&runner, "-n", "2", "prog", "-f"), 3);
	CU_ASSERT_FALSE(got.flag);
	CU_ASSERT_EQUAL(PARSE(&runner, "--", "-f"), 2);
	CU_ASSERT_FALSE(got.flag);
}

TEST(options, environment_is_between_defaults_and_command_line)
{
	setenv("PARPROF_OPTIONS", "--number=7 -f --color=auto", 1);
	PARSE(&plain, "--color=never");
	CU_ASSERT_EQUAL(got.number, 7);
	CU_ASSERT_TRUE(got.flag);
	CU_ASSERT_EQUAL(got.choice, 2);
	unsetenv("PARPROF_OPTIONS");
}

TEST(options, environment_may_speak_to_other_commands)
{
	setenv("PARPROF_OPTIONS", "--stack-depth=3 --number=7", 1);
	PARSE(&plain, "x");
	CU_ASSERT_EQUAL(got.number, 7);
	setenv("PARPROF_OPTIONS", "--no-such-thing", 1);
	CU_ASSERT_EQUAL(status_of(&plain, "x", NULL), STATUS_USAGE);
	unsetenv("PARPROF_OPTIONS");
}

TEST(options, mistakes_end_in_usage_errors)
{
	static char *const wrong[][2] = {
	    {"-x", NULL},	  {"--nothing", NULL}, {"--number=0", NULL}, {"--number=10", NULL},
	    {"--number=x", NULL}, {"--number=", NULL}, {"--share=y", NULL},  {"--color=red", NULL},
	    {"--color=al", NULL}, {"--word", NULL},    {"--flag=1", NULL},   {"-n", NULL},
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		CU_ASSERT_EQUAL(status_of(&plain, wrong[i][0], wrong[i][1]), STATUS_USAGE);
		CU_ASSERT_EQUAL(status_of(&runner, wrong[i][0], wrong[i][1]), STATUS_TOOL);
	}
	CU_ASSERT_EQUAL(status_of(&plain, "--help", NULL), 0);
	CU_ASSERT_EQUAL(status_of(&plain, "-h", NULL), 0);
}

TEST(options, help_shows_every_row)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	options_help(&plain, file);
	fclose(file);
	for (const struct option_row *r = rows; r->name; r++) {
		CU_ASSERT_PTR_NOT_NULL(strstr(text, r->name));
		CU_ASSERT_PTR_NOT_NULL(strstr(text, r->help));
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "-n, --number=N"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "(default: always)"));
	free(text);
}

TEST(options, commands_are_found_and_suggested)
{
	CU_ASSERT_PTR_NOT_NULL(command_find("record"));
	CU_ASSERT_PTR_NULL(command_find("recor"));
	CU_ASSERT_STRING_EQUAL(command_similar("recrod"), "record");
	CU_ASSERT_PTR_NULL(command_similar("xyzzyxyzzy"));
	for (const struct command *const *c = commands; *c; c++) {
		CU_ASSERT_PTR_NOT_NULL((*c)->summary);
		CU_ASSERT_PTR_NOT_NULL((*c)->run);
	}
}

TEST(options, a_list_keeps_all_in_order)
{
	unsetenv("PARPROF_OPTIONS");
	PARSE(&plain, "--list=a", "-lb", "--word=x", "-l", "c");
	CU_ASSERT_EQUAL_FATAL(got.list.count, 3);
	CU_ASSERT_STRING_EQUAL(got.list.word[0], "a");
	CU_ASSERT_STRING_EQUAL(got.list.word[1], "b");
	CU_ASSERT_STRING_EQUAL(got.list.word[2], "c");
}
