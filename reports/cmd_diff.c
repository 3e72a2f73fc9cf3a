/* parprof diff: what changed between recordings, or between sweeps. */
#include "profiler/command.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include "reports/diff/render.h"
#include <string.h>

static bool json, full;
static int64_t top, width;
static int colour;

static const struct option_row options[] = {
    {"full", 'a', OPTION_FLAG, &full, NULL, "all rows"},
    {"top", 'n', OPTION_INT, &top, "N", "locks and causes to show, the largest changes first",
     .otherwise = "5", .minimum = 1, .maximum = 1000000},
    {"json", 0, OPTION_FLAG, &json, NULL, "all of it as JSON"},
    {"color", 0, OPTION_CHOICE, &colour, "auto|always|never", "colours", .otherwise = "auto"},
    {"width", 0, OPTION_INT, &width, "N", "columns of the terminal", .minimum = 40,
     .maximum = 10000},
    {NULL}};

extern const struct command command_diff;

static int print(const struct sides *s)
{
	struct text out = {0};
	struct terminal terminal = terminal_find(colour, (int)width);
	if (json)
		diff_json(&out, s);
	else
		diff_text(&out, s, &terminal, full ? 0 : (size_t)top);
	int result = terminal_write(&terminal, &out, !json);
	text_free(&out);
	return result;
}

/* Words behind a "--": B's, when there are others before it. */
static size_t words_behind(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--"))
			return (size_t)(argc - 1 - i);
	return 0;
}

static int diff(int argc, char **argv)
{
	size_t behind = words_behind(argc, argv); /* the parser takes the mark away */
	int first = options_parse(&command_diff, argc, argv);
	size_t files = (size_t)(argc - first);
	size_t b = behind < files ? behind : 0;
	if (!b && files != 2)
		usage_error(files > 2
				? "which of them are A, which B? parprof diff A1 A2 … -- B1 B2 …"
				: "which files? parprof diff A.db B.db");
	b = b ? b : 1;
	struct sides s = {
	    .path = {argv + first, argv + argc - b},
	    .count = {files - b, b},
	};
	int result = sides_read(&s);
	if (result == 0)
		result = print(&s);
	sides_free(&s);
	return result ? STATUS_FAILED : 0;
}

const struct command command_diff = {
    .name = "diff",
    .summary = "say what changed between two recordings, or two sweeps",
    .usage = "A.db B.db  |  A1.db A2.db … -- B1.db B2.db …",
    .options = options,
    .run = diff,
    .detail =
	"Locks are matched by name and file. With five or more recordings on each side changes\n"
	"have intervals of 95 %, in pairs when there are as many (record A and B in turns); what\n"
	"is within noise is said to be. With one on each side nobody can tell noise from change.",
};
